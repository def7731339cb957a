"""Retention: content that has been kept long enough is erased, and no figure with it."""
