"""Everything an installation holds as one file: made while it runs, and brought back into an empty one."""
