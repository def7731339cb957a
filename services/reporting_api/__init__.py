"""Turns the facts and answers that the other services keep into the period's figures."""
