"""Child processes that end with their parent, even when the parent is killed outright."""

import ctypes
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
"""``prctl`` option of Linux: the signal a process gets when its parent dies."""


def ending_with_parent(by: signal.Signals) -> Callable[[], None] | None:
    """A ``preexec_fn`` that lets the kernel send ``by`` when the parent is gone; None where only Linux can."""
    if not sys.platform.startswith("linux"):
        return None
    # Looked up before the fork: after it, the child should do as little as possible.
    prctl = ctypes.CDLL(None).prctl

    def ask_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, int(by))

    return ask_kernel
