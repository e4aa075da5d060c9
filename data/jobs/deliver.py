"""The outbox at work: every message through every configured channel, at least once, never lost.

A delivery that was sent and not marked (a kill in between) is sent again under the same key.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Event
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from data.channels import Channel, Letter, Permanent, configured
from data.commands.outbox import post
from data.engine import Store
from data.jobs.runner import to_admins
from data.notices import sentence
from data.queries.policies import setting
from data.schema import Delivery, Message, Person, Setting
from data.settings import settings
from data.text import DEFAULT_LANGUAGE
from data.upsert import insert_new

LEASE = timedelta(minutes=2)
TRIES = 24  # outlasts a mail server that is down for a day
FIRST_RETRY = timedelta(seconds=30)  # then doubled, up to the longest
LONGEST_RETRY = timedelta(hours=2)
FRESH = timedelta(days=14)  # what waited longer for a worker is no news any more; the inbox has it
_SINCE = "channel_since:"
_log = logging.getLogger(__name__)


def deliver(
    store: Store, channels: Mapping[str, Channel] | None = None, limit: int = 200, stop: Event | None = None
) -> int:
    """Send what waits, until `stop`; returns how many letters were tried.

    A channel that is down for the moment is left alone until the next call: its letters must not hold
    up those of the others.

    Args:
        channels: by name; the configured ones when None.
    """
    up = dict(configured(settings()) if channels is None else channels)
    if not up:
        return 0
    _address(store, up)
    for n in range(limit):
        if (stop and stop.is_set()) or not up or not _deliver_next(store, up):
            return n
    return limit


def _address(store: Store, channels: Mapping[str, Channel]) -> None:
    """A delivery for each fresh message and channel; a channel does not carry its own failures."""
    now = store.clock()
    with store.reading(fresh=True) as session:
        since = _since(session, channels)
        if len(since) == len(channels) and not _unaddressed(session, since, now):
            return
    with store.writing() as session:
        for name in set(channels) - set(since):
            _begin(session, name, now)
        if rows := _unaddressed(session, _since(session, channels), now):
            insert_new(session, Delivery, rows, Delivery.message_id, Delivery.channel)


def _since(session: Session, channels: Mapping[str, Channel]) -> dict[str, datetime]:
    """When each known channel was first there: it does not carry what was posted before."""
    found = {name: setting(session, _SINCE + name) for name in channels}
    return {name: datetime.fromisoformat(at) for name, at in found.items() if at}


def _begin(session: Session, channel: str, now: datetime) -> None:
    with suppress(IntegrityError), session.begin_nested():  # another worker may have seen it first
        session.add(Setting(key=_SINCE + channel, value=now.isoformat()))


def _unaddressed(session: Session, since: Mapping[str, datetime], now: datetime) -> list[dict[str, Any]]:
    rows = []
    for name, at in since.items():
        known = select(Delivery.id).where(Delivery.message_id == Message.id, Delivery.channel == name)
        fresh = select(Message).where(Message.posted_at >= max(at, now - FRESH), ~known.exists())
        rows += [
            {"message_id": m.id, "channel": name, "due_at": now, "state": "waiting", "attempts": 0}
            for m in session.scalars(fresh)
            if m.params.get("channel") != name
        ]
    return rows


def _deliver_next(store: Store, up: dict[str, Channel]) -> bool:
    taken = _take(store, up)
    if taken is None:
        return False
    row_id, channel, attempt, letter = taken
    try:
        if letter is None:
            raise Permanent("no longer with the company")
        up[channel].send(letter)
    except Permanent as error:
        _dead(store, row_id, attempt, str(error), told=letter is not None)
    except Exception as error:  # a channel may fail in any way; the letter is tried again
        _log.warning("delivery %d by %s failed, attempt %d: %s", row_id, channel, attempt, error)
        _again(store, row_id, attempt, f"{type(error).__name__}: {error}")
        del up[channel]
    else:
        _mark(store, row_id, attempt, state="sent", sent_at=store.clock(), leased_until=None, error=None)
    return True


def _waiting(now: datetime, channels: Mapping[str, Channel]) -> ColumnElement[bool]:
    free = or_(Delivery.leased_until.is_(None), Delivery.leased_until <= now)
    return and_(Delivery.state == "waiting", Delivery.due_at <= now, free, Delivery.channel.in_(channels))


def _take(store: Store, channels: Mapping[str, Channel]) -> tuple[int, str, int, Letter | None] | None:
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
            letter = _letter(row, message, person) if person.active else None
            taken = row.id, row.channel, attempt, letter
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
    at = f"{message.posted_at.timestamp():.0f}"  # after a restore an id may come again for another message
    key = f"firebreak-{row.channel}-{message.id}-{at}"
    return Letter(key, person.name, person.email, title, body, url)


def _again(store: Store, row_id: int, attempt: int, why: str) -> None:
    if attempt >= TRIES:
        _dead(store, row_id, attempt, why)
        return
    due_at = store.clock() + min(FIRST_RETRY * 2 ** (attempt - 1), LONGEST_RETRY)
    _mark(store, row_id, attempt, due_at=due_at, leased_until=None, error=why)


def _dead(store: Store, row_id: int, attempt: int, why: str, told: bool = True) -> None:
    """Give a delivery up, and tell the administrators: once a day for a channel and its reason."""
    _mark(store, row_id, attempt, state="dead", leased_until=None, error=why)
    if not told:
        return
    now = store.clock()
    with store.writing() as session:
        channel = session.get_one(Delivery, row_id).channel
        key = f"channel_failed:{channel}:{now.date()}:{why}"
        post(session, now, to_admins(session, "channel_failed", key, {"channel": channel, "error": why}))


def _mark(store: Store, row_id: int, attempt: int, **values: object) -> None:
    mine = (Delivery.id == row_id, Delivery.attempts == attempt, Delivery.state == "waiting")
    with store.writing() as session:
        session.execute(update(Delivery).where(*mine).values(values))
