"""Named tables of the figures: codes apart from labels, one observation a row, in the formats reporting tools read."""
