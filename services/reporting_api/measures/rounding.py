"""The one rounding rule: decimal, half away from zero ("half up"), applied once, where a figure leaves the service."""

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

_GUARD_DIGITS = 60
"""More digits than any exact quotient here can tie at: a tie of d decimals ends within d + 1 digits."""

_CONTEXT = Context(prec=_GUARD_DIGITS, rounding=ROUND_HALF_UP)


def round_half_up(value: Fraction | float, decimals: int) -> int | float:
    """``value`` with ``decimals`` decimals: an int when there are none, else the nearest float.

    Fractions are rounded exactly (1/16 = 6.25 % is 6.3 %); floats by the decimal they are written as.
    """
    exact = _as_decimal(value)
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), context=_CONTEXT)
    if decimals == 0:
        return int(rounded)
    # Adding zero turns -0.0 into 0.0.
    return float(rounded) + 0.0


def _as_decimal(value: Fraction | float) -> Decimal:
    if isinstance(value, Fraction):
        return _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))
    return Decimal(repr(value))
