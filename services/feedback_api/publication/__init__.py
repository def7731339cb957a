"""Moderation: what of an item's words a person has made public."""
