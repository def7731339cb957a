"""Retention of comments given to surveys: erased when they have been kept long enough, and no figure with them."""
