"""Whether a quarter is ready to be published: what an officer looks at first."""
