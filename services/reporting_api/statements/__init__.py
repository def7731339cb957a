"""The other services' closing statements, and whether they agree with the figures."""
