"""What a rule of notices would have meant for what was told lately (PRODUCT.md F2, P8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.messages import NotAllowed
from core.notices import Notice
from core.telling import KINDS, Rule, To, read_carried
from data.queries.calendars import calendar_of
from data.queries.recipients import copies
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
    query = select(Message.kind, Message.carried).where(Message.posted_at >= now - timedelta(days=DAYS))
    found = dict.fromkeys(KINDS, 0)
    for kind, carried in session.execute(query.where(Message.kind.in_(KINDS))):
        found[kind] += not read_carried(carried).copy
    return found


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
    unread = sum(_followed(session, m, rule, now) for m in messages) if rule.wait_hours else 0
    newest = {m.key: m for m in reversed(messages)}
    shown = [newest[key] for key in list(causes)[:EXAMPLES]]
    return Told(len(causes), len(messages), len(more), unread, _examples(session, shown, rule, sent, more))


def _messages(session: Session, kind: str, now: datetime) -> list[Message]:
    query = (
        select(Message)
        .where(Message.kind == kind, Message.posted_at >= now - timedelta(days=DAYS))
        .order_by(Message.posted_at.desc(), Message.id.desc())
        .limit(MOST)
    )
    return [m for m in session.scalars(query) if not read_carried(m.carried).copy]


def _followed(session: Session, message: Message, rule: Rule, now: datetime) -> bool:
    """Whether a message lay unread for the working hours of the rule."""
    if To.NAMED not in rule.to:
        return False
    team = session.scalar(select(Person.team_id).where(Person.id == message.person_id))
    wait = timedelta(hours=rule.wait_hours)
    return calendar_of(session, team).worked(message.posted_at, message.read_at or now) >= wait


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
