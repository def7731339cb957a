"""The `katsaus` command: starts, migrates, loads and makes keys."""
