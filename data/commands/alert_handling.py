"""What people do with an alert: take it into hand, put it off, settle it.

Whoever leads the owner may; the owner may once it was given into their hands.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import false, or_, select

from core.access import Permission, Reach
from core.messages import Invalid, NotFound, Problem
from core.notices import Notice
from data.commands.command import Tx, command
from data.commands.outbox import post
from data.jsontext import to_json
from data.queries.scope import owned
from data.schema import Alert, Customer, Opportunity, Person


@command("alert.assign", needs=Permission.HANDLE_ALERTS)
def assign_alert(tx: Tx, alert_id: int, person_id: int, due_at: datetime | None = None) -> int:
    """Put an alert into somebody's hands, until an instant; they are told.

    Raises:
        NotFound: no such alert within reach.
        Invalid: the person is out of reach or inactive, or the instant lies in the past.
    """
    alert = _reached(tx, alert_id)
    within = owned(tx.who, Permission.HANDLE_ALERTS, Person.id)
    if tx.session.scalar(select(Person.id).where(Person.id == person_id, Person.active, within)) is None:
        raise Invalid([Problem("person", "unknown_person")])
    if due_at is not None and due_at <= tx.now:
        raise Invalid([Problem("due_at", "not_in_future")])
    before = _handling(alert)
    alert.assigned_to_id, alert.due_at, alert.snoozed_until = person_id, due_at, None
    tx.audit("alert", alert.id, before, _handling(alert))
    if person_id != tx.who.person_id:
        post(tx.session, tx.now, [_handed_over(tx, alert, person_id)])
    return alert.id


@command("alert.snooze", needs=Permission.HANDLE_ALERTS)
def snooze_alert(tx: Tx, alert_id: int, until: datetime) -> int:
    """Put an alert off; it stands again from `until` on unless its cause has gone.

    Raises:
        NotFound: no such alert within reach.
        Invalid: the instant does not lie in the future.
    """
    alert = _reached(tx, alert_id)
    if until <= tx.now:
        raise Invalid([Problem("until", "not_in_future")])
    before = _handling(alert)
    alert.snoozed_until = until
    tx.audit("alert", alert.id, before, _handling(alert))
    return alert.id


@command("alert.resolve", needs=Permission.HANDLE_ALERTS)
def resolve_alert(tx: Tx, alert_id: int, note: str) -> int:
    """Settle an alert for good: it is never raised again for this cause.

    Raises:
        NotFound: no such alert within reach.
        Invalid: no note.
    """
    alert = _reached(tx, alert_id)
    if not note.strip():
        raise Invalid([Problem("note", "reason_required")])
    before = _handling(alert)
    alert.resolved_at, alert.note = tx.now, note.strip()
    tx.audit("alert", alert.id, before, _handling(alert))
    return alert.id


def _reached(tx: Tx, alert_id: int) -> Alert:
    within = (
        false() if tx.reach is Reach.OWN else owned(tx.who, Permission.HANDLE_ALERTS, Opportunity.owner_id)
    )
    query = (
        select(Alert)
        .join(Opportunity, Opportunity.id == Alert.opportunity_id)
        .where(Alert.id == alert_id, Alert.resolved_at.is_(None))
        .where(or_(within, Alert.assigned_to_id == tx.who.person_id))
        .with_for_update(of=Alert)
    )
    alert = tx.session.scalar(query)
    if alert is None:
        raise NotFound(entity="alert")
    return alert


def _handling(alert: Alert) -> dict[str, Any]:
    names = ("assigned_to_id", "due_at", "snoozed_until", "resolved_at", "note")
    return dict(to_json({name: getattr(alert, name) for name in names}))


def _handed_over(tx: Tx, alert: Alert, person_id: int) -> Notice:
    opportunity = tx.session.get_one(Opportunity, alert.opportunity_id)
    customer = tx.session.get(Customer, opportunity.customer_id) if opportunity.customer_id else None
    about = {
        "rule": alert.rule,
        "opportunity": opportunity.name,
        "customer": customer.name if customer else opportunity.name,
        "by": tx.who.name,
    }
    key = f"alert_assigned:{alert.id}:{tx.now.isoformat()}"
    return Notice(person_id, "alert_assigned", key, dict(alert.params) | about, "alerts", {"alert": alert.id})
