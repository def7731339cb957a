"""Residents' initiatives."""
