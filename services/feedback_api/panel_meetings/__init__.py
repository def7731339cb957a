"""Meetings of client panels and councils."""
