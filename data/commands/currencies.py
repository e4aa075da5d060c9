"""The company's own currency, and what others are worth in it (PRODUCT.md P6)."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access import Permission
from core.messages import Problem, refuse
from core.money import check_rate, is_currency
from data.commands.command import Tx, command
from data.jsontext import to_json
from data.migrate import alone
from data.queries.currencies import any_amounts
from data.queries.policies import company_day, policy_changes
from data.schema import ExchangeRate, Opportunity, PolicyVersion


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


@command("currency.own", needs=Permission.SET_RATES)
def set_own_currency(tx: Tx, currency: str) -> int:
    """Choose the company's own currency, while no amounts are on record; returns the policy's version.

    Opportunities without an amount that stood in the one before stand in the new one.

    Raises:
        Invalid: no such currency, the one that it is, or amounts or rates are on record already.
    """
    alone(tx.session.connection())  # nobody publishes another policy meanwhile
    code, before = currency.strip().upper(), tx.policy.currency
    problems = [] if is_currency(code) else [Problem("currency", "currency_code")]
    if code == before:
        problems.append(Problem("currency", "currency_same", {"currency": code}))
    elif any_amounts(tx.session):
        problems.append(Problem("currency", "currency_in_use", {"currency": before}))
    refuse(problems)
    unpriced = update(Opportunity).where(Opportunity.amount.is_(None), Opportunity.currency == before)
    tx.session.execute(unpriced.values(currency=code, version=Opportunity.version + 1))
    version = publish_currency(tx.session, code, tx.now, tx.who.person_id)
    tx.audit("policy", None, before={"currency": before}, after={"currency": code})
    return version


def publish_currency(session: Session, code: str, at: datetime, by: int | None) -> int:
    """The policy in force with another currency of the company, as its next version."""
    number, changes = policy_changes(session)
    row = PolicyVersion(version=number + 1, changes=changes | {"currency": code})
    row.published_at, row.published_by = at, by
    session.add(row)
    session.flush()
    return row.version


def _known(tx: Tx, currency: str, from_on: date | None) -> float | None:
    """What was said last of this day."""
    return tx.session.scalar(
        select(ExchangeRate.worth)
        .where(ExchangeRate.currency == currency, ExchangeRate.from_on == from_on)
        .order_by(ExchangeRate.recorded_at.desc(), ExchangeRate.id.desc())
        .limit(1)
    )
