"""Erasing comments: those that have been kept long enough, and the copies of feedback that has been erased."""
