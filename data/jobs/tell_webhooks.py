"""Telling events to webhooks: at least once under the same id, in order while one answers, never lost.

A delivery that was sent and not marked (a kill in between) is sent again under the same id.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from core.notices import Notice
from data.channels import Permanent
from data.commands.outbox import post
from data.engine import Store
from data.hooks import Told, tell
from data.jobs.leases import free
from data.jobs.patience import wait_after
from data.jobs.runner import to_admins
from data.schema import Webhook, WebhookDelivery, WebhookEvent

LEASE = timedelta(minutes=5)
TRIES = 24  # outlasts a receiver that is down for a day
Send = Callable[[str, str, Told, datetime], None]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A delivery, held by this worker."""

    id: int
    webhook_id: int
    name: str
    url: str
    secret: str
    attempt: int
    told: Told


def tell_webhooks(store: Store, limit: int = 200, stop: Event | None = None, send: Send = tell) -> int:
    """Send what waits, until `stop`; returns how many deliveries were tried.

    A webhook that does not answer is left alone until the next call: it must not hold up the others.
    """
    down: set[int] = set()
    for n in range(limit):
        taken = None if stop and stop.is_set() else _take(store, down)
        if taken is None:
            return n
        if not _sent(store, taken, send):
            down.add(taken.webhook_id)
    return limit


def _sent(store: Store, taken: _Taken, send: Send) -> bool:
    """Try one delivery; False when its webhook does not answer just now."""
    try:
        send(taken.url, taken.secret, taken.told, store.clock())
    except Permanent as error:
        _dead(store, taken, str(error))
    except Exception as error:  # a receiver may fail in any way; it is told again
        _log.warning("webhook %d failed, attempt %d: %s", taken.webhook_id, taken.attempt, error)
        _again(store, taken, (str(error) or type(error).__name__)[:500])
        return False
    else:
        with store.writing() as session:
            _mark(session, taken, state="sent", sent_at=store.clock(), leased_until=None, error=None)
    return True


def _waiting(now: datetime, down: set[int]) -> ColumnElement[bool]:
    row = WebhookDelivery
    up = row.webhook_id.not_in(down)
    return and_(row.state == "waiting", row.due_at <= now, free(row.leased_until, now, LEASE), up)


def _take(store: Store, down: set[int]) -> _Taken | None:
    now, row = store.clock(), WebhookDelivery
    while True:
        with store.writing() as session:
            first = session.scalar(
                select(row).where(_waiting(now, down)).order_by(row.due_at, row.id).limit(1)
            )
            if first is None:
                return None
            values = {"attempts": first.attempts + 1, "leased_until": now + LEASE}
            mine = update(row).where(row.id == first.id, row.attempts == first.attempts, _waiting(now, down))
            if session.scalars(mine.values(values).returning(row.id)).all():
                return _taken(session, first.id, first.attempts)


def _taken(session: Session, delivery_id: int, attempt: int) -> _Taken:
    hook, event = session.execute(
        select(Webhook, WebhookEvent)
        .join(WebhookDelivery, WebhookDelivery.webhook_id == Webhook.id)
        .join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id)
        .where(WebhookDelivery.id == delivery_id)
    ).one()
    told = Told(event.key, event.kind, event.happened_at, event.body)
    return _Taken(delivery_id, hook.id, hook.name, hook.url, hook.secret, attempt, told)


def _again(store: Store, taken: _Taken, why: str) -> None:
    if taken.attempt >= TRIES:
        _dead(store, taken, why)
        return
    later = store.clock() + wait_after(taken.attempt)
    with store.writing() as session:
        _mark(session, taken, due_at=later, leased_until=None, error=why)


def _dead(store: Store, taken: _Taken, why: str) -> None:
    """Give a delivery up and tell the administrators, in the same transaction; once a day for one reason."""
    now = store.clock()
    with store.writing() as session:
        _mark(session, taken, state="dead", leased_until=None, error=why)
        key = f"webhook_failed:{taken.webhook_id}:{now.date()}:{why}"
        about = {"webhook": taken.name, "error": why}
        told = to_admins(session, "webhook_failed", key, about)
        post(session, now, [Notice(n.person_id, n.kind, n.key, n.params, "integrations") for n in told])


def _mark(session: Session, taken: _Taken, **values: object) -> None:
    row = WebhookDelivery
    mine = (row.id == taken.id, row.attempts == taken.attempt, row.state == "waiting")
    session.execute(update(row).where(*mine).values(values))
