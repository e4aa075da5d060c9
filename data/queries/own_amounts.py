"""Amounts that a forecast took as unknown because their currency had no rate (P6)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from data.queries.currencies import company_rates
from data.queries.policies import company_tz


@dataclass(frozen=True, slots=True)
class OwnAmount:
    """What an opportunity says itself, above 0, in its own currency."""

    amount: Decimal
    currency: str


class Unpriced:
    """Tells amounts that had no rate at an instant.

    Args:
        into: the currency of the forecast; "" where it counts wins, and no amount is missed.
        at: the instant whose rates count.
    """

    def __init__(self, session: Session, into: str, at: datetime) -> None:
        self._into, self._at = into, at
        self._rates, self._zone = company_rates(session), company_tz(session)

    def __call__(
        self, amount: Decimal | None, currency: str, closed_at: datetime | None = None
    ) -> OwnAmount | None:
        """The amount where the day's rate was not known; None where it was, or where there is no amount."""
        if not self._into or not amount:
            return None
        day = (closed_at or self._at).astimezone(self._zone).date()
        known = self._rates.between(currency, self._into, day, self._at) is not None
        return None if known else OwnAmount(amount, currency)
