"""``katsaus load smileys``: CSV files of presses or hourly counts, read by a mapping file."""
