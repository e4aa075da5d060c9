"""The outbox at work: every message through every configured channel, at least once, never lost.

A delivery that was sent and not marked (a kill in between) is sent again under the same key.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, or_, select, update

from data.channels import Channel, Letter, Permanent, configured
from data.commands.outbox import post
from data.engine import Store
from data.jobs.runner import to_admins
from data.notices import sentence
from data.schema import Delivery, Message, Person
from data.settings import settings
from data.text import DEFAULT_LANGUAGE
from data.upsert import insert_new

LEASE = timedelta(minutes=2)
TRIES = 10
FIRST_RETRY = timedelta(seconds=30)  # then doubled: the tenth try comes after four hours
FRESH = timedelta(days=1)  # a channel configured today does not send last month's messages
_log = logging.getLogger(__name__)


def deliver(store: Store, channels: Mapping[str, Channel] | None = None, limit: int = 200) -> int:
    """Send what waits; returns how many letters were tried.

    Args:
        channels: by name; the configured ones when None.
    """
    channels = configured(settings()) if channels is None else channels
    if not channels:
        return 0
    _address(store, channels)
    for n in range(limit):
        if not _deliver_next(store, channels):
            return n
    return limit


def _address(store: Store, channels: Mapping[str, Channel]) -> None:
    """A delivery for each fresh message and channel; a channel does not carry its own failures."""
    now = store.clock()
    with store.writing() as session:
        for name in channels:
            known = select(Delivery.message_id).where(Delivery.channel == name)
            fresh = select(Message).where(Message.posted_at > now - FRESH, Message.id.not_in(known))
            rows = [
                {"message_id": m.id, "channel": name, "due_at": now, "state": "waiting", "attempts": 0}
                for m in session.scalars(fresh)
                if m.params.get("channel") != name
            ]
            if rows:
                insert_new(session, Delivery, rows, Delivery.message_id, Delivery.channel)


def _deliver_next(store: Store, channels: Mapping[str, Channel]) -> bool:
    taken = _take(store, channels)
    if taken is None:
        return False
    row_id, channel, attempt, letter = taken
    try:
        channels[channel].send(letter)
    except Permanent as error:
        _dead(store, row_id, attempt, str(error))
    except Exception as error:  # a channel may fail in any way; the letter is tried again
        _log.warning("delivery %d by %s failed, attempt %d: %s", row_id, channel, attempt, error)
        _again(store, row_id, attempt, f"{type(error).__name__}: {error}")
    else:
        _mark(store, row_id, attempt, state="sent", sent_at=store.clock(), leased_until=None, error=None)
    return True


def _waiting(now: datetime, channels: Mapping[str, Channel]) -> ColumnElement[bool]:
    free = or_(Delivery.leased_until.is_(None), Delivery.leased_until <= now)
    return and_(Delivery.state == "waiting", Delivery.due_at <= now, free, Delivery.channel.in_(channels))


def _take(store: Store, channels: Mapping[str, Channel]) -> tuple[int, str, int, Letter] | None:
    now = store.clock()
    while True:
        with store.writing() as session:
            found = session.execute(
                select(Delivery, Message, Person)
                .join(Message, Message.id == Delivery.message_id)
                .join(Person, Person.id == Message.person_id)
                .where(_waiting(now, channels))
                .order_by(Delivery.due_at, Delivery.id)
                .limit(1)
            ).first()
            if found is None:
                return None
            row, message, person = found
            attempt = row.attempts + 1
            taken = row.id, row.channel, attempt, _letter(row, message, person)
            mine = (Delivery.id == row.id, Delivery.attempts == row.attempts, _waiting(now, channels))
            values = {"attempts": attempt, "leased_until": now + LEASE}
            done = session.execute(update(Delivery).where(*mine).values(values))
            if done.rowcount == 1:  # type: ignore[attr-defined]  # of an UPDATE
                return taken


def _letter(row: Delivery, message: Message, person: Person) -> Letter:
    title, body = sentence(person.language or DEFAULT_LANGUAGE, message.kind, message.params)
    base = settings().public_url.rstrip("/")
    query = f"?{urlencode(message.query)}" if message.query else ""
    url = f"{base}/{message.page}{query}" if base else ""
    return Letter(f"firebreak-{row.channel}-{message.id}", person.name, person.email, title, body, url)


def _again(store: Store, row_id: int, attempt: int, why: str) -> None:
    if attempt >= TRIES:
        _dead(store, row_id, attempt, why)
        return
    due_at = store.clock() + FIRST_RETRY * 2 ** (attempt - 1)
    _mark(store, row_id, attempt, due_at=due_at, leased_until=None, error=why)


def _dead(store: Store, row_id: int, attempt: int, why: str) -> None:
    """Give a delivery up, and tell the administrators: once a day for a channel and its reason."""
    _mark(store, row_id, attempt, state="dead", leased_until=None, error=why)
    now = store.clock()
    with store.writing() as session:
        channel = session.get_one(Delivery, row_id).channel
        key = f"channel_failed:{channel}:{now.date()}:{why}"
        post(session, now, to_admins(session, "channel_failed", key, {"channel": channel, "error": why}))


def _mark(store: Store, row_id: int, attempt: int, **values: object) -> None:
    mine = (Delivery.id == row_id, Delivery.attempts == attempt, Delivery.state == "waiting")
    with store.writing() as session:
        session.execute(update(Delivery).where(*mine).values(values))
