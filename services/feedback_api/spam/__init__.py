"""Robots: told from people without any third party, kept apart and never dropped."""
