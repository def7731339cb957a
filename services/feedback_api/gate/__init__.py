"""What comes as feedback but is none: recognised, kept apart, and its sender told where it belongs."""
