"""Holding promises against the plan whenever either side changes; red ones are told (PRODUCT.md C3)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from core.access import OPERATOR
from core.notices import Notice
from core.policies import Policy
from core.promises.consistency import Light
from core.terms import Role
from data.commands.demand_notices import sees
from data.commands.outbox import post
from data.commands.webhook_promises import tell_promises
from data.queries.leads import active, leads
from data.queries.policies import company_zone
from data.queries.promises import PromiseRow, promises
from data.schema import Customer, Demand, Person, Promise


def sweep_promises(
    session: Session,
    now: datetime,
    policy: Policy,
    *narrowed: ColumnElement[bool],
    by: int | None = None,
) -> int:
    """Tell every red promise that still lies ahead to whoever leads the customer's owner, and to product.

    One pair of dates is told once, however often it is swept; a promise that turned green and red again
    is a new one.

    Args:
        by: whose doing it is: who made the promise and who looks after the customer hear of it from others.

    Returns:
        How many people were newly told.
    """
    session.flush()
    today = now.astimezone(ZoneInfo(company_zone(session))).date()
    rows = promises(session, OPERATOR, policy, now, *narrowed)
    red = [row for row in rows if row.state.light is Light.RED and row.ahead(today)]
    tell_promises(session, now, rows, red)
    return post(session, now, _notices(session, red, by)) if red else 0


def promised_with(feature_id: int) -> ColumnElement[bool]:
    """The promises that a feature keeps, by themselves or through their demand."""
    return func.coalesce(Promise.feature_id, Demand.feature_id) == feature_id


def _notices(session: Session, red: list[PromiseRow], by: int | None) -> Iterator[Notice]:
    lead = leads(session, {row.customer_id for row in red})
    product = active(session, Role.PRODUCT)
    theirs = _theirs(session, red, by) if by else {}
    for row in red:
        about = {
            "customer": row.customer,
            "feature": row.feature or row.words,
            "promised_on": row.promised_on,
            "planned_on": row.planned_on,
            "n": row.state.gap_days,
        }
        for person_id in dict.fromkeys([*lead[row.customer_id], *product, *theirs.get(row.id, ())]):
            key = f"promise_red:{row.cause}"
            yield Notice(person_id, f"promise_{row.state.code}", key, about, "promises", {"promise": row.id})


def _theirs(session: Session, red: list[PromiseRow], by: int) -> dict[int, list[int]]:
    """By promise, who made it and who looks after the customer, as far as they see it and did not do this."""
    query = (
        select(Promise.id, Person)
        .join(Customer, Customer.id == Promise.customer_id)
        .join(Person, or_(Person.id == Promise.person_id, Person.id == Customer.owner_id))
        .where(Promise.id.in_([row.id for row in red]), Person.active, Person.id != by)
        .order_by(Promise.id, Person.id)
    )
    customer = {row.id: row.customer_id for row in red}
    found: dict[int, list[int]] = defaultdict(list)
    for promise_id, person in session.execute(query).all():
        if sees(session, person, customer[promise_id]):
            found[promise_id].append(person.id)
    return found
