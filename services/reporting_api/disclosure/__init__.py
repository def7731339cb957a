"""What the public may not be shown: one versioned policy, applied in one place."""
