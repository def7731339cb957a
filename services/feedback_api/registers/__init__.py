"""What the registers of participation have in common: where a record comes from, lists, corrections."""
