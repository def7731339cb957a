"""A person's right to see what is held on them."""
