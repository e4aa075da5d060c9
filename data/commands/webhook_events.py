"""Telling events: written in the transaction of what causes them, once, for every webhook that wants them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.terms import Outcome
from data.jsontext import to_json
from data.schema import (
    Action,
    Alert,
    Opportunity,
    OpportunityState,
    Stage,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
)
from data.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        cause: what tells it from the same happening again to the same record; "" where that cannot be.
        data: ids and the few values that say what happened; all else is read by the API.
    """

    kind: str
    subject_id: int
    data: dict[str, Any]
    cause: str = ""

    @property
    def key(self) -> str:
        """The same event, the same key: receivers drop a second one by it."""
        return f"{self.kind}:{self.subject_id}" + (f":{self.cause}" if self.cause else "")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an opportunity stands, before something moves it."""

    stage: str | None
    outcome: str


def emit(session: Session, now: datetime, events: Iterable[Event]) -> None:
    """Write events and who is to be told; nothing where nobody listens, or where they were written before."""
    told = list(events)
    hooks = _listening(session) if told else []
    if not hooks:
        return
    session.flush()
    rows = [
        {
            "key": event.key,
            "kind": event.kind,
            "subject_id": event.subject_id,
            "body": to_json(event.data),
            "happened_at": now,
        }
        for event in told
    ]
    fresh = insert_new(session, WebhookEvent, rows, WebhookEvent.key)
    for event_id, kind in session.execute(
        select(WebhookEvent.id, WebhookEvent.kind).where(WebhookEvent.id.in_(fresh))
    ):
        wanted = (hook for hook in hooks if kind in hook.kinds)
        session.add_all(WebhookDelivery(webhook_id=h.id, event_id=event_id, due_at=now) for h in wanted)


def _listening(session: Session) -> list[Webhook]:
    return list(session.scalars(select(Webhook).where(Webhook.active, Webhook.removed_at.is_(None))))


def place_of(session: Session, opportunity: Opportunity) -> Place:
    """Where an opportunity stands now."""
    stage = (
        select(Stage.key)
        .join(OpportunityState, OpportunityState.stage_id == Stage.id)
        .where(OpportunityState.opportunity_id == opportunity.id)
    )
    return Place(session.scalar(stage), opportunity.outcome)


def tell_move(session: Session, now: datetime, opportunity: Opportunity, before: Place) -> None:
    """Tell that an opportunity went to another stage, or was won or lost."""
    after, about = place_of(session, opportunity), _about(opportunity)
    events = []
    if after.stage != before.stage:
        moved = about | {"before": before.stage, "after": after.stage}
        events.append(Event("opportunity.stage_changed", opportunity.id, moved, now.isoformat()))
    if after.outcome != before.outcome and after.outcome != Outcome.OPEN:
        closed = about | {
            "amount": opportunity.amount,
            "currency": opportunity.currency,
            "closed_at": opportunity.closed_at,
        }
        events.append(Event(f"opportunity.{after.outcome}", opportunity.id, closed, now.isoformat()))
    emit(session, now, events)


def tell_action(session: Session, now: datetime, row: Action) -> None:
    """Tell that an action was completed."""
    said = {
        name: getattr(row, name) for name in ("type", "opportunity_id", "customer_id", "owner_id", "ended_at")
    }
    emit(session, now, [Event("action.recorded", row.id, {"action_id": row.id} | said)])


def tell_alerts(session: Session, now: datetime, ids: list[int]) -> None:
    """Tell that alerts were raised."""
    if not ids or not _listening(session):
        return
    rows = session.scalars(select(Alert).where(Alert.id.in_(ids)).order_by(Alert.id))
    names = ("rule", "severity", "opportunity_id")
    emit(
        session,
        now,
        [
            Event("alert.raised", row.id, {"alert_id": row.id} | {n: getattr(row, n) for n in names})
            for row in rows
        ],
    )


def _about(row: Opportunity) -> dict[str, Any]:
    return {"opportunity_id": row.id, "customer_id": row.customer_id, "owner_id": row.owner_id}
