"""The services measured against the floor of their framework and against a stock implementation, in one run."""
