"""Written feedback: intake, import and handling."""
