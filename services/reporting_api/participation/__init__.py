"""What panels, councils and residents did in a quarter, in their own words: for the review's chapters."""
