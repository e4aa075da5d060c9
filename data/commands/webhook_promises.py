"""Telling that a promise fell out with the plan, and that it fits again (PRODUCT.md C3, F3)."""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.promises.consistency import Light
from data.commands.webhook_events import Event, emit
from data.queries.promises import PromiseRow
from data.schema import WebhookEvent

RED, RESOLVED = "promise.red", "promise.resolved"


def tell_promises(
    session: Session, now: datetime, rows: Collection[PromiseRow], red: Collection[PromiseRow]
) -> None:
    """Tell each red pair of dates once, and each promise that was told red and is so no more.

    Args:
        rows: every promise that was looked at; red: those of them that are told red.
    """
    emit(session, now, [_event(RED, row) for row in red])
    told_red = select(WebhookEvent.subject_id).where(WebhookEvent.id.in_(standing_red()))
    emit(session, now, _resolved(rows, set(session.scalars(told_red))))


def tell_taken_back(session: Session, now: datetime, row: PromiseRow) -> None:
    """Tell that a promise which was told red is so no more: it was taken back."""
    told_red = select(WebhookEvent.id).where(
        WebhookEvent.id.in_(standing_red()), WebhookEvent.subject_id == row.id
    )
    if session.scalar(told_red) is not None:
        emit(session, now, [_event(RESOLVED, row, "taken_back")])


def _resolved(rows: Collection[PromiseRow], told_red: Collection[int]) -> Iterator[Event]:
    for row in rows:
        if row.id in told_red and row.state.light is not Light.RED:
            yield _event(RESOLVED, row)


def standing_red() -> Select[int]:
    """Ids of events: of each promise the last that was told, where that is that it is red."""
    latest = (
        select(func.max(WebhookEvent.id))
        .where(WebhookEvent.kind.in_((RED, RESOLVED)))
        .group_by(WebhookEvent.subject_id)
    )
    return select(WebhookEvent.id).where(WebhookEvent.id.in_(latest), WebhookEvent.kind == RED)


def _event(kind: str, row: PromiseRow, why: str = "") -> Event:
    names = ("customer_id", "demand_id", "feature_id", "promised_on", "planned_on")
    said = {"promise_id": row.id, "why": why or row.state.code} | {name: getattr(row, name) for name in names}
    return Event(kind, row.id, said, row.cause)
