"""Katsaus: residents' feedback in, figures that can be trusted out."""

import gc

# Loading makes objects by the hundred thousand, which all stay: with the default of 700, looking them through again and
# again is a tenth of the start. Nothing here is cyclic enough to need it.
gc.set_threshold(10_000, 10, 10)
