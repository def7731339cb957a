"""Katsaus: residents' feedback in, figures that can be trusted out."""
