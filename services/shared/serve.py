"""``python -m services.shared.serve services.feedback_api.main:app …``: Uvicorn, with its options and our protocol.

While an app loads, nothing of it can be garbage: looking for some takes a tenth of the time. The collector works again
when the app has started (``garbage_collection.py``).
"""

import gc

gc.disable()

import sys  # noqa: E402 (loading what follows is what the collector would look through)

from uvicorn.main import main  # noqa: E402

from services.shared.refusing_protocol import RefusingProtocol  # noqa: E402


def serve(arguments: list[str]) -> None:
    """Run Uvicorn as its own command would; raises :class:`SystemExit`."""
    with main.make_context("serve", arguments) as context:
        context.invoke(main, **context.params | {"http": RefusingProtocol})


if __name__ == "__main__":
    serve(sys.argv[1:])
