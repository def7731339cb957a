"""Reading a customer's own data from HappyOrNot: read, kept until mapped, and counted like any other answers."""
