"""The outbox of groups: rooms get theirs in the company's chat tool, all asked for once (PRODUCT.md A4).

What a group lacks is read from the room itself, so nothing is lost while the chat tool or the worker is away.
What was sent and not marked (a kill in between) is sent again where the chat tool knows it by its key, and
given up where a second try could do it twice.
"""

import logging
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from core.groups import LEAST, Step, What
from data.commands.channels import SINCE
from data.commands.outbox import post
from data.engine import Store
from data.group_words import name_of, tool_name, words_of
from data.groups import Platform, chosen, platforms
from data.groups.base import Misconfigured, Permanent, Refused, Unanswered
from data.jobs.patience import LONGEST_RETRY, wait_after
from data.jobs.runner import to_admins
from data.queries.policies import setting
from data.queries.room_groups import groupless, lacking, users_in
from data.schema import Customer, GroupStep, Room, RoomGroup, Setting
from data.settings import settings
from data.upsert import insert_new

LEASE = timedelta(minutes=2)
TRIES = 24  # outlasts a chat tool that is down for a day
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A step, held by this worker."""

    id: int
    what: What
    kind: str
    key: str
    chat_id: str
    user: str
    users: tuple[str, ...]
    words: str
    name: str
    attempt: int
    at: datetime
    unsure_since: datetime | None


def ask_groups(
    store: Store, up: Mapping[str, Platform] | None = None, limit: int = 100, stop: Event | None = None
) -> int:
    """Ask the chat tools for what rooms lack, until `stop`; returns how many requests were tried.

    A chat tool that does not answer is left alone until the next call.

    Args:
        up: applications by chat tool; the configured ones when None.
    """
    apps = dict(platforms(settings()) if up is None else up)
    if not apps:
        return 0
    _plan(store, chosen(settings()) if up is None else next(iter(apps)), list(apps))
    for n in range(limit):
        taken = None if (stop and stop.is_set()) or not apps else _take(store, apps)
        if taken is None:
            return n
        if not _done(store, apps[taken.kind], taken):
            del apps[taken.kind]
    return limit


def _plan(store: Store, kind: str | None, kinds: list[str]) -> None:
    """Groups for rooms that were opened since the chat tool was chosen, and the steps that groups lack."""
    with store.reading(fresh=True) as session:
        since = _since(session, kind) if kind else None
        if not (kind and (since is None or groupless(session, since))) and not lacking(session, kinds):
            return
    with store.writing() as session:
        if kind:
            _found(session, kind, store.clock())
        rows = [_row(group, step, store.clock()) for group, step in lacking(session, kinds)]
        if rows:
            insert_new(session, GroupStep, rows, GroupStep.group_id, GroupStep.key)


def _since(session: Session, kind: str) -> datetime | None:
    at = setting(session, f"{SINCE}groups:{kind}")
    return datetime.fromisoformat(at) if at else None


def _found(session: Session, kind: str, now: datetime) -> None:
    if _since(session, kind) is None:
        with suppress(IntegrityError), session.begin_nested():  # another worker may have seen it first
            session.add(Setting(key=f"{SINCE}groups:{kind}", value=now.isoformat()))
    rows = [
        {"room_id": room, "kind": kind, "name": "", "key": secrets.token_hex(16), "users": {}}
        for room in groupless(session, _since(session, kind) or now)
    ]
    if rows:
        insert_new(session, RoomGroup, rows, RoomGroup.room_id)
        session.flush()


def _row(group_id: int, step: Step, now: datetime) -> dict[str, Any]:
    about = {"person_id": step.person_id or None, "user": step.user}
    row = {"group_id": group_id, "what": step.what.value, "key": step.key, "due_at": now}
    return row | about | {"state": "waiting", "attempts": 0}


def _waiting(now: datetime, kinds: Mapping[str, Platform]) -> ColumnElement[bool]:
    """Due, free, and after everything that its group was to be asked for before."""
    before = aliased(GroupStep)
    held_up = select(before.id).where(
        before.group_id == GroupStep.group_id,
        before.id < GroupStep.id,
        before.state == "waiting",
        before.what != What.FIND_LINK.value,
    )
    free = or_(GroupStep.leased_until.is_(None), GroupStep.leased_until <= now)
    served = select(RoomGroup.id).where(RoomGroup.kind.in_(list(kinds)))
    due = and_(GroupStep.state == "waiting", GroupStep.due_at <= now, free)
    return and_(due, GroupStep.group_id.in_(served), ~held_up.exists())


def _take(store: Store, kinds: Mapping[str, Platform]) -> _Taken | None:
    now, row = store.clock(), GroupStep
    while True:
        with store.writing() as session:
            first = session.scalar(
                select(row).where(_waiting(now, kinds)).order_by(row.due_at, row.id).limit(1)
            )
            if first is None:
                return None
            unsure = first.unsure_since
            if first.leased_until:  # a worker ended while it asked
                unsure = unsure or first.leased_until - LEASE
            held = {"attempts": first.attempts + 1, "leased_until": now + LEASE, "unsure_since": unsure}
            free = (row.state == "waiting", or_(row.leased_until.is_(None), row.leased_until <= now))
            mine = update(row).where(row.id == first.id, row.attempts == first.attempts, *free)
            if not session.scalars(mine.values(held).returning(row.id)).all():
                continue
            session.refresh(first)
            if ready := _taken(session, first, now):
                return ready


def _taken(session: Session, step: GroupStep, now: datetime) -> _Taken | None:
    """The step with all that it takes; None where it has become pointless, or waits for members."""
    group, room, customer = session.execute(
        select(RoomGroup, Room, Customer.name)
        .join(Room, Room.id == RoomGroup.room_id)
        .join(Customer, Customer.id == Room.customer_id)
        .where(RoomGroup.id == step.group_id)
        .with_for_update(of=RoomGroup)
    ).one()
    what = What(step.what)
    if what is not What.SAY_CLOSED and room.closed_at is not None:
        step.state, step.leased_until = "off", None
        return None
    if what is What.MAKE and not group.users:
        present = users_in(session, group.kind, [room.id])[room.id]
        if len(present) < LEAST:
            step.due_at, step.leased_until = now + LONGEST_RETRY, None
            return None
        group.users = {str(person): user for person, user in present.items()}
        group.name = name_of(session, room, customer)
    return _Taken(
        step.id, what, group.kind, f"{group.key}{'' if what is What.MAKE else step.id}", group.chat_id or "",
        step.user, tuple(group.users.values()), words_of(session, what, room, customer),
        group.name, step.attempts, now, step.unsure_since,
    )  # fmt: skip


def _done(store: Store, app: Platform, taken: _Taken) -> bool:
    """Try one step; False when the chat tool does not answer just now."""
    known_for = app.drops_a_second(taken.what)
    if taken.unsure_since and taken.at - taken.unsure_since >= known_for:
        _dead(store, taken, "sent without an answer; it may have arrived")
        return True
    try:
        made = _carry_out(app, taken)
    except Permanent as error:
        _dead(store, taken, str(error))
    except Exception as error:  # a chat tool may fail in any way; it is asked again
        _log.warning("%s: %s of step %d failed: %s", taken.kind, taken.what, taken.id, error)
        _again(store, taken, error)
        return isinstance(error, Refused)
    else:
        with store.writing() as session:
            _mark(session, taken, state="sent", sent_at=store.clock(), leased_until=None, error=None)
            if made:
                of = select(GroupStep.group_id).where(GroupStep.id == taken.id).scalar_subquery()
                session.execute(update(RoomGroup).where(RoomGroup.id == of).values(made))
    return True


def _carry_out(app: Platform, taken: _Taken) -> dict[str, str | None]:
    """Ask for one step; returns what is known of the group from then on."""
    match taken.what:
        case What.MAKE:
            chat_id, alias = app.make(taken.key, taken.name, taken.users)
            return {"chat_id": chat_id, "alias": alias}
        case What.FIND_LINK:
            return {"link": app.link(taken.chat_id)}
        case What.ADD:
            app.add(taken.chat_id, taken.user)
        case What.TAKE_OUT:
            app.take_out(taken.chat_id, taken.user)
        case _:
            app.say(taken.chat_id, taken.key, taken.words)
    return {}


def _again(store: Store, taken: _Taken, error: Exception) -> None:
    """Later; whoever can mend the application is told at once, and once a day."""
    why = (str(error) or type(error).__name__)[:500]
    if taken.attempt >= TRIES:
        _dead(store, taken, why)
        return
    now = store.clock()
    later = now + wait_after(taken.attempt)
    unsure = taken.unsure_since or (taken.at if isinstance(error, Unanswered) else None)
    with store.writing() as session:
        _mark(session, taken, due_at=later, leased_until=None, error=why, unsure_since=unsure)
        if isinstance(error, Misconfigured):
            key = f"group_app:{taken.kind}:{now.date()}:{why}"
            about = {"tool": tool_name(taken.kind), "error": why}
            post(session, now, to_admins(session, "group_app_failed", key, about))


def _dead(store: Store, taken: _Taken, why: str) -> None:
    """Give a step up and tell the administrators, in the same transaction."""
    now = store.clock()
    with store.writing() as session:
        _mark(session, taken, state="dead", leased_until=None, error=why)
        about = {"group": taken.name, "tool": tool_name(taken.kind), "error": why}
        post(session, now, to_admins(session, "group_failed", f"group_failed:{taken.id}:{why}", about))


def _mark(session: Session, taken: _Taken, **values: object) -> None:
    row = GroupStep
    mine = (row.id == taken.id, row.attempts == taken.attempt, row.state == "waiting")
    session.execute(update(row).where(*mine).values(values))
