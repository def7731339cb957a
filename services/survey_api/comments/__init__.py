"""Comments, and what a person has decided about publishing each."""
