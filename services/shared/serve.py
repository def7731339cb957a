"""``python -m services.shared.serve services.feedback_api.main:app …``: Uvicorn, with its options and our protocol.

While an app loads, nothing of it can be garbage: looking for some takes a tenth of the time. The collector works again
when the app has started (``garbage_collection.py``).
"""

import gc

gc.disable()

import os  # noqa: E402 (loading what follows is what the collector would look through)
import sys  # noqa: E402
import tempfile  # noqa: E402

from uvicorn.main import main  # noqa: E402

from services.shared.metrics.instruments import FOLDER  # noqa: E402
from services.shared.refusing_protocol import RefusingProtocol  # noqa: E402


def serve(arguments: list[str]) -> None:
    """Run Uvicorn as its own command would; raises :class:`SystemExit`."""
    with main.make_context("serve", arguments) as context:
        parameters = context.params | {"http": RefusingProtocol}
        if (context.params["workers"] or int(os.environ.get("WEB_CONCURRENCY", "1"))) == 1:
            context.invoke(main, **parameters)
            return
        # Each process counts in a file of its own here, and whichever is asked adds them up.
        with tempfile.TemporaryDirectory(prefix="katsaus-metrics-") as folder:
            os.environ[FOLDER] = folder
            context.invoke(main, **parameters)


if __name__ == "__main__":
    serve(sys.argv[1:])
