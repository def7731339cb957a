"""What each figure means, and the arithmetic that makes it: pure functions, no SQL, no HTTP."""
