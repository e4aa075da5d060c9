"""What a rule of notices would have meant for what was told lately (PRODUCT.md F2, P8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.messages import NotAllowed
from core.notices import Notice
from core.telling import KINDS, Rule, To
from data.queries.calendars import calendar_of
from data.queries.recipients import copies, teams_of
from data.schema import Message, Person

DAYS = 14
MOST = 1_000  # newest messages that are held against a rule
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Example:
    """A message of these days, and to whom the rule would have sent it.

    Attributes:
        named, others: names of those whom the event named, and of those who would get a copy.
    """

    kind: str
    params: Mapping[str, Any]
    at: datetime
    named: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a rule would have meant in the last `DAYS` days.

    Attributes:
        causes: how often the event told somebody.
        named: messages to those whom it named.
        copies: messages more, to others.
        unread: messages to the named that would have been followed up: not read in the working hours given.
        examples: the newest causes.
    """

    causes: int
    named: int
    copies: int
    unread: int
    examples: tuple[Example, ...]


def told_lately(session: Session, who: Who, now: datetime) -> Mapping[str, int]:
    """How many messages of each kind the events themselves caused in these days.

    Raises:
        NotAllowed: the person may not change the studio.
    """
    _may_change(who)
    query = (
        select(Message.kind, func.count())
        .where(Message.kind.in_(KINDS), Message.posted_at >= now - timedelta(days=DAYS), _NAMED)
        .group_by(Message.kind)
    )
    counted = {kind: n for kind, n in session.execute(query)}
    return {kind: counted.get(kind, 0) for kind in KINDS}


def rule_preview(session: Session, who: Who, rule: Rule, now: datetime) -> Told:
    """A rule held against the messages of these days; copies that an earlier rule made are left out.

    Raises:
        NotAllowed: the person may not change the studio.
    """
    _may_change(who)
    messages = _messages(session, rule.kind, now)
    sent = {(m.person_id, m.key) for m in messages}
    notices = [Notice(m.person_id, m.kind, m.key, m.params) for m in messages]
    more = {(n.person_id, n.key) for n in copies(session, [(n, rule) for n in notices])} - sent
    causes = dict.fromkeys(m.key for m in messages)
    unread = _unread(session, messages, rule, now)
    newest = {m.key: m for m in reversed(messages)}
    shown = [newest[key] for key in list(causes)[:EXAMPLES]]
    return Told(len(causes), len(messages), len(more), unread, _examples(session, shown, rule, sent, more))


def _messages(session: Session, kind: str, now: datetime) -> list[Message]:
    query = (
        select(Message)
        .where(Message.kind == kind, Message.posted_at >= now - timedelta(days=DAYS), _NAMED)
        .order_by(Message.posted_at.desc(), Message.id.desc())
        .limit(MOST)
    )
    return list(session.scalars(query))


_NAMED = or_(Message.carried.is_(None), Message.carried["copy"].as_boolean().is_(False))
"""SQL: messages to those whom an event named; copies are none."""


def _unread(session: Session, messages: Sequence[Message], rule: Rule, now: datetime) -> int:
    """How many messages lay unread for the working hours of the rule."""
    if not rule.wait_hours or To.NAMED not in rule.to:
        return 0
    teams = teams_of(session, {m.person_id for m in messages})
    calendars = {team: calendar_of(session, team) for team in set(teams.values())}
    wait = timedelta(hours=rule.wait_hours)
    return sum(calendars[teams[m.person_id]].worked(m.posted_at, m.read_at or now) >= wait for m in messages)


def _examples(
    session: Session,
    shown: Sequence[Message],
    rule: Rule,
    sent: set[tuple[int, str]],
    more: set[tuple[int, str]],
) -> tuple[Example, ...]:
    keys = {m.key for m in shown}
    people = {person for person, key in sent | more if key in keys}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    names = {person_id: name for person_id, name in rows}
    named = sent if To.NAMED in rule.to else set()
    return tuple(
        Example(m.kind, m.params, m.posted_at, _names(named, m.key, names), _names(more, m.key, names))
        for m in shown
    )


def _names(pairs: set[tuple[int, str]], key: str, names: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(sorted(names[person] for person, one in pairs if one == key))


def _may_change(who: Who) -> None:
    if reach(who, Permission.CHANGE_STUDIO) is None:
        raise NotAllowed(permission=Permission.CHANGE_STUDIO)
