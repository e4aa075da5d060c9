"""Holding promises against the plan whenever either side changes; red ones are told (PRODUCT.md C3)."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import Session

from core.access import OPERATOR
from core.notices import Notice
from core.policies import Policy
from core.promises.consistency import Light, ahead
from core.terms import Role
from data.commands.outbox import post
from data.commands.webhook_promises import tell_promises
from data.queries.leads import active, leads
from data.queries.policies import company_zone
from data.queries.promises import PromiseRow, promises
from data.schema import Demand, Promise


def sweep_promises(session: Session, now: datetime, policy: Policy, *narrowed: ColumnElement[bool]) -> int:
    """Tell every red promise that still lies ahead to whoever leads the customer's owner, and to product.

    One pair of dates is told once, however often it is swept; a promise that turned green and red again
    is a new one.

    Returns:
        How many people were newly told.
    """
    session.flush()
    today = now.astimezone(ZoneInfo(company_zone(session))).date()
    rows = promises(session, OPERATOR, policy, now, *narrowed)
    red = [
        row
        for row in rows
        if row.state.light is Light.RED and ahead(row.promised_on, row.planned_on, today, row.delivered)
    ]
    tell_promises(session, now, rows, red)
    return post(session, now, _notices(session, red)) if red else 0


def promised_with(feature_id: int) -> ColumnElement[bool]:
    """The promises that a feature keeps, by themselves or through their demand."""
    return func.coalesce(Promise.feature_id, Demand.feature_id) == feature_id


def _notices(session: Session, red: list[PromiseRow]) -> Iterator[Notice]:
    lead = leads(session, {row.customer_id for row in red})
    product = active(session, Role.PRODUCT)
    for row in red:
        about = {
            "customer": row.customer,
            "feature": row.feature or row.words,
            "promised_on": row.promised_on,
            "planned_on": row.planned_on,
            "n": row.state.gap_days,
        }
        for person_id in dict.fromkeys([*lead[row.customer_id], *product]):
            key = f"promise_red:{row.cause}"
            yield Notice(person_id, f"promise_{row.state.code}", key, about, "promises", {"promise": row.id})
