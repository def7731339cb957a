"""Responses: one by one from widgets, in streams from other systems, and listed without content."""
