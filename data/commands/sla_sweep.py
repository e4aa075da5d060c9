"""A reminder before a demand's answer is due, and word to who leads when it is late (PRODUCT.md C1, C2)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.access import OPERATOR
from core.notices import Notice
from core.policies import Policy
from core.promises.sla import soon
from core.terms import Role
from data.commands.outbox import post
from data.queries.demands import DemandRow, waiting
from data.queries.leads import active, leads
from data.queries.policies import company_zone


def sweep_clocks(session: Session, now: datetime, policy: Policy) -> int:
    """Look at every demand without an answer; each is told once before its time and once after it.

    Returns:
        How many people were newly told.
    """
    rows = waiting(session, OPERATOR, now)
    return post(session, now, [*_reminders(session, rows, policy), *_breaches(session, rows)])


def _reminders(session: Session, rows: list[DemandRow], policy: Policy) -> Iterator[Notice]:
    """To product, while there is time; who waits for the customer is left in peace."""
    product, zone = active(session, Role.PRODUCT), company_zone(session)
    for row in rows:
        if row.paused_since is None and soon(row.clock, policy):
            for person_id in product:
                yield _notice(person_id, "sla_soon", row, zone)


def _breaches(session: Session, rows: list[DemandRow]) -> Iterator[Notice]:
    """To product and to whoever leads the customer's owner."""
    late = [row for row in rows if row.clock.breached]
    lead, zone = leads(session, {row.customer_id for row in late}), company_zone(session)
    product = active(session, Role.PRODUCT)
    for row in late:
        for person_id in dict.fromkeys([*product, *lead[row.customer_id]]):
            yield _notice(person_id, "sla_breached", row, zone)


def _notice(person_id: int, kind: str, row: DemandRow, zone: str) -> Notice:
    about: dict[str, Any] = {
        "customer": row.customer,
        "urgency": row.urgency,
        "metric": row.metric or row.words[:60],
        "due_at": row.clock.due_at,
        "zone": zone,
    }
    return Notice(person_id, kind, f"{kind}:{row.id}", about, "demands", {"demand": row.id})
