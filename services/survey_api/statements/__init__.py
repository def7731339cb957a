"""Closing statements: an independent recount of a quarter from the answers as given."""
