"""Presses counted by the hour by another system: each hour replaced, never added to."""
