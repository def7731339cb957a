"""How many answers of each value were given in a period: what every figure of a survey is computed from."""
