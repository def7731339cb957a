"""By when an item is to be answered, and why on that day."""
