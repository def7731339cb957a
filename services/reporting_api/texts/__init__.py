"""The officers' texts of the review's chapters."""
