"""How many were invited to answer: the denominator of a response rate."""
