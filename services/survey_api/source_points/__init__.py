"""Points of other systems, and what each is with us as a person has reviewed it."""
