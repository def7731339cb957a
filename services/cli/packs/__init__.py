"""Packs: sets of questions as data, to be loaded as surveys."""
