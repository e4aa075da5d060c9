"""Rounding as people do it: a half goes up, away from zero."""

from decimal import ROUND_HALF_UP, Decimal


def half_up(value: float | Decimal, places: int = 0) -> Decimal:
    """The number to so many places.

    >>> half_up(62.5), half_up(-0.145, 2), half_up(0.625, 2), half_up(-0.2)
    (Decimal('63'), Decimal('-0.15'), Decimal('0.63'), Decimal('0'))
    """
    number = Decimal(str(value))  # as it is written: 0.145 lies 6e-18 below it
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + 0
