"""What each chapter says of the figures: phrases, in the order they stand in the review."""
