"""Themes: saved searches that feedback is assigned to."""
