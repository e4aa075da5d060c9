"""Rates between currencies, by the day from which each holds and the instant at which it was entered (P6)."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from babel.core import get_global

from core.messages import Problem

MOST = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency is worth in the company's, from a day on.

    Attributes:
        worth: units of the company's currency, above 0.
        recorded_at: nothing before this instant knows of it.
    """

    currency: str
    from_on: date
    worth: float
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Rates:
    """All rates ever entered, a later one correcting an earlier; `base` is the company's currency."""

    base: str
    known: tuple[Rate, ...] = ()

    def worth(self, currency: str, day: date, at: datetime) -> float | None:
        """Worth of a unit on a day, as was known at an instant; None without a rate."""
        if currency == self.base:
            return 1.0
        found = [r for r in self.known if r.currency == currency and r.from_on <= day and r.recorded_at <= at]
        return max(found, key=lambda r: (r.from_on, r.recorded_at)).worth if found else None

    def between(self, currency: str, into: str, day: date, at: datetime) -> float | None:
        """Units of `into` for one of `currency`; None where either has no rate.

        >>> from datetime import UTC
        >>> then = datetime(2026, 2, 1, tzinfo=UTC)
        >>> known = [Rate(c, date(2026, 1, 1), worth, then) for c, worth in (("USD", 7.0), ("EUR", 8.4))]
        >>> rates, day = Rates("CNY", tuple(known)), date(2026, 2, 1)
        >>> rates.between("EUR", "USD", day, then), rates.between("JPY", "CNY", day, then)
        (1.2, None)
        """
        if currency == into:
            return 1.0
        each, other = self.worth(currency, day, at), self.worth(into, day, at)
        return each / other if each and other else None


@cache
def currencies() -> frozenset[str]:
    """Codes of ISO 4217 that are legal tender somewhere today, as the Unicode CLDR lists them."""
    lands = get_global("territory_currencies").values()
    return frozenset(code for land in lands for code, _, until, tender in land if tender and not until)


def currency_of(land: str) -> str | None:
    """What people pay with in a country; None where it is not known.

    >>> currency_of("DE"), currency_of("CH"), currency_of("ZZ")
    ('EUR', 'CHF', None)
    """
    paid = get_global("territory_currencies").get(land, ())
    return next((code for code, _, until, tender in paid if tender and not until), None)


def is_currency(code: object) -> bool:
    """Whether somebody pays with it.

    >>> is_currency("EUR"), is_currency("ABC"), is_currency("DEM"), is_currency(None)
    (True, False, False, False)
    """
    return isinstance(code, str) and code in currencies()


def check_rate(
    currency: str, from_on: date | None, worth: float | None, base: str, today: date
) -> list[Problem]:
    """What is wrong with a rate.

    >>> check_rate("EUR", date(2026, 1, 1), 7.8, "CNY", date(2026, 2, 1))
    []
    >>> [p.code for p in check_rate("CNY", None, 0.0, "CNY", date(2026, 2, 1))]
    ['own_currency', 'required', 'not_positive']
    """
    problems = []
    if not is_currency(currency):
        problems.append(Problem("currency", "currency_code"))
    elif currency == base:
        problems.append(Problem("currency", "own_currency", {"currency": base}))
    if from_on is None:
        problems.append(Problem("from_on", "required"))
    elif from_on > today:
        problems.append(Problem("from_on", "instant_in_future"))
    if worth is None or worth <= 0:
        problems.append(Problem("worth", "not_positive"))
    elif worth > MOST:
        problems.append(Problem("worth", "number_too_large"))
    return problems
