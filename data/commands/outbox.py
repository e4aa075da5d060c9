"""Posting notices: in the transaction of the event that causes them, so that neither is without the other.

The company's rules of notices (`core.telling`) are those in force at this moment: a message carries its rule,
so that a later version changes nothing that was posted. Others get a copy only of what is new, so that a
rule never tells again what was told before it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.notices import Notice
from core.telling import Rule, To, carried, carried_document, rule_of
from data.jsontext import to_json
from data.queries.policies import policy_in_force
from data.queries.recipients import copies, follow_ups
from data.schema import Message
from data.upsert import insert_new


def post(session: Session, now: datetime, notices: Iterable[Notice]) -> int:
    """Put notices into their people's inboxes; those posted before under the same key are left out.

    Returns:
        How many of them were new, copies for others not counted.
    """
    wanted = list(notices)
    if not wanted:
        return 0
    rules = policy_in_force(session).notice_rules
    told = [(notice, rule_of(rules, notice.kind)) for notice in wanted]
    follows = _followed(session, told, now)
    rows = [_row(n, rule, now, follows.get((n.person_id, rule.wait_hours))) for n, rule in told]
    ids = _insert(session, rows)
    if any(rule.copies for _, rule in told):
        _copy(session, now, told, ids)
    return len(ids)


def _copy(session: Session, now: datetime, told: Sequence[tuple[Notice, Rule]], ids: Sequence[int]) -> None:
    """Copies of those that are new."""
    fresh = select(Message.person_id, Message.key).where(Message.id.in_(ids))
    new = {(person_id, key) for person_id, key in session.execute(fresh)}
    mine = [(n, rule) for n, rule in told if rule.copies and (n.person_id, n.key) in new]
    rules = {rule.kind: rule for _, rule in mine}
    _insert(session, [_row(n, rules[n.kind], now, copy=True) for n in copies(session, mine)])


def _row(
    notice: Notice, rule: Rule, now: datetime, follows_at: datetime | None = None, *, copy: bool = False
) -> dict[str, Any]:
    carries = carried(rule, copy=copy)
    return {
        "person_id": notice.person_id,
        "kind": notice.kind,
        "key": notice.key,
        "params": to_json(dict(notice.params)),
        "page": notice.page,
        "query": to_json(dict(notice.query)),
        "posted_at": now,
        "read_at": now if carries.quiet else None,
        "carried": carried_document(carries),
        "follows_at": follows_at,
    }


def _followed(
    session: Session, told: Sequence[tuple[Notice, Rule]], now: datetime
) -> dict[tuple[int, int], datetime]:
    """By person and working hours, when their leaders are told of what they have not read."""
    waits = [(n.person_id, rule.wait_hours) for n, rule in told if rule.wait_hours and To.NAMED in rule.to]
    return follow_ups(session, now, {p for p, _ in waits}, {h for _, h in waits}) if waits else {}


def _insert(session: Session, rows: Sequence[dict[str, Any]]) -> list[int]:
    return insert_new(session, Message, rows, Message.person_id, Message.key)
