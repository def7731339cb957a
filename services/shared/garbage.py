"""Python's cyclic garbage collector in a process that serves for months: what lives for ever is not walked again.

With the library's defaults the collector walks through all loaded code again and again while requests wait for their
commits: up to a quarter of a busy service's processor time.
"""

import gc

YOUNG_MAX = 10_000
"""New objects between two collections: a few dozen requests' worth, a megabyte or two. Python's 700 is less than one
request makes. Almost nothing here is cyclic, so what waits longer for the collector is little."""


def settle() -> None:
    """Leave everything loaded by now out of later collections. To be called once, when a service has started."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, *gc.get_threshold()[1:])
