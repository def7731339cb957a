"""Smiley devices: where they stand in time, whether they are heard of, and whether their clocks are right."""
