"""``katsaus pull happy-or-not``: the mapping file, pulls with progress, and what waits."""
