"""The child process that reads one file of a stranger's: `python -m …decoder SENT MADE LIMITS`, LIMITS as JSON.

It binds itself before it opens the file: to so much memory, so much processor time, so large an output, few open files
and no core dump. It knows no setting and no secret. What it says, on its output, is one line of JSON: the type of what
it made, or why the file is not taken. Whatever else happens to it, its parent reads as a refusal.
"""

import contextlib
import json
import resource
import sys
from pathlib import Path

from services.feedback_api.attachments.sanitising import Limits, UnacceptableFileError, sanitise

MAX_OPEN_FILES = 32
"""Its own streams, the two files, and libraries' data."""


def _bind(limits: Limits) -> None:
    for kind, wanted in (
        (resource.RLIMIT_AS, limits.max_memory_bytes),
        (resource.RLIMIT_CPU, limits.max_cpu_seconds),
        # One more than is allowed, so that what is over can be told from what is broken.
        (resource.RLIMIT_FSIZE, limits.max_bytes + 1),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(kind)
        bound = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(kind, (bound, bound))


def main(arguments: list[str]) -> None:
    """Make the file anew and say what it is."""
    sent, made, given = arguments
    limits = Limits(**json.loads(given))
    _bind(limits)
    target = Path(made).open("wb")  # noqa: SIM115 (closing fails where the output is over its bound)
    try:
        with Path(sent).open("rb") as source:
            told = {"media_type": sanitise(source, target, limits)}
    except UnacceptableFileError as error:
        told = {"refused": str(error)}
    except MemoryError:
        told = {"refused": "takes too much memory to read; make it smaller or simpler"}
    with contextlib.suppress(OSError):
        target.close()
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1:])
