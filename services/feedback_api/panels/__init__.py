"""Client panels, councils and groups of experts by experience."""
