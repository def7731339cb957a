"""What a process tells Prometheus: counted as it happens, and looked up in the database when asked."""
