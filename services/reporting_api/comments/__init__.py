"""Comments of surveys that a person has released."""
