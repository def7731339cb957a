"""``python -m services.shared.serve services.feedback_api.main:app …``: Uvicorn, with its options.

While an app loads, nothing of it can be garbage: looking for some takes a tenth of the time. The collector works again
when the app has started (``garbage.py``).
"""

import gc

gc.disable()

from uvicorn.main import main  # noqa: E402 (loading it is what the collector would look through)

if __name__ == "__main__":
    main()
