"""Editions of the quarterly review: numbered, signed off, hashed, and never changed once published."""
