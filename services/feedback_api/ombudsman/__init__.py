"""Contacts to the social and patient ombudsmen."""
