"""Quarters, months, weeks and years with their figures."""
