"""Entering what a currency is worth (PRODUCT.md P6)."""

from datetime import date

from sqlalchemy import select

from core.access import Permission
from core.messages import Problem, refuse
from core.money import check_rate
from data.commands.command import Tx, command
from data.jsontext import to_json
from data.queries.policies import company_day
from data.schema import ExchangeRate


@command("currency.rate", needs=Permission.SET_RATES)
def set_rate(tx: Tx, currency: str, from_on: date | None, worth: float | None) -> int:
    """From a day on a unit of a currency is worth so much of the company's; returns the rate's id.

    Forecasts know it from now on, whatever the day: no past forecast changes.

    Raises:
        Invalid: no such currency or the company's own, no day or one to come, a rate that is not above 0,
            or the one that is known of this day.
    """
    currency = currency.strip().upper()
    today = company_day(tx.session, tx.now)
    refuse(check_rate(currency, from_on, worth, tx.policy.currency, today))
    if _known(tx, currency, from_on) == worth:
        refuse([Problem("worth", "rate_known")])
    row = ExchangeRate(
        currency=currency, from_on=from_on, worth=worth, recorded_at=tx.now, recorded_by_id=tx.who.person_id
    )
    tx.session.add(row)
    tx.session.flush()
    tx.audit(
        "exchange_rate", row.id, None, to_json({"currency": currency, "from_on": from_on, "worth": worth})
    )
    return row.id


def _known(tx: Tx, currency: str, from_on: date | None) -> float | None:
    """What was said last of this day."""
    return tx.session.scalar(
        select(ExchangeRate.worth)
        .where(ExchangeRate.currency == currency, ExchangeRate.from_on == from_on)
        .order_by(ExchangeRate.recorded_at.desc(), ExchangeRate.id.desc())
        .limit(1)
    )
