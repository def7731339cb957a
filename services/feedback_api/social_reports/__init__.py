"""Social reports: staff's notes on why clients seek help and what keeps them from getting it."""
