"""How a command fails: one clear sentence on standard error and exit code 1."""


class CommandError(Exception):
    """What went wrong and what to do about it, in one sentence for the operator."""
