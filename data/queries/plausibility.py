"""What is worth a look in the records of the people within reach, with the rows that show it (A6)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Who
from core.policies import Policy
from core.process.plausibility import CHECKS, Entry, Sign
from core.terms import ActionStatus
from data.once import recalled
from data.queries.policies import policy_in_force
from data.queries.scope import Owner, owned
from data.schema import Action, Customer, Opportunity, Person, SignReview, Team

_VISIT = "appointment"
_HOME = "Asia/Shanghai"  # of people without a team
PAGE = 30


@dataclass(frozen=True, slots=True)
class SignRow:
    """One action that shows a sign; `place` is where a visit took place, as written."""

    action_id: int
    type: str
    customer_id: int | None
    customer: str
    started_at: datetime
    ended_at: datetime
    place: str
    recorded_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class PersonSign:
    """A sign, whose it is, and its rows by their time."""

    person_id: int
    person: str
    team: str | None
    sign: Sign
    rows: tuple[SignRow, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody made of a sign."""

    person_id: int
    person: str
    kind: str
    note: str
    reviewed_at: datetime
    reviewed_by: str | None


@dataclass(frozen=True, slots=True)
class Plausibility:
    """What is worth a look now.

    Attributes:
        days: how far back records were held against each other.
        people, actions: how many people's how many records those were.
        signs: the first so many of `total`.
        reviews: what was looked at in the window, newest first.
    """

    days: int
    people: int
    actions: int
    signs: tuple[PersonSign, ...]
    total: int
    reviews: tuple[Review, ...]


def overseen(who: Who, owner: Owner) -> ColumnElement[bool]:
    """Whose records `who` looks at: those in reach of their board, and never their own."""
    return and_(owned(who, Permission.SEE_BOARD, owner), owner.is_distinct_from(who.person_id))


@recalled
def plausibility(session: Session, who: Who, now: datetime, shown: int = PAGE) -> Plausibility:
    """Signs in what people within reach recorded in the window, so many of them; most rows first.

    What was entered before a sign's last review is left out of that sign.
    """
    policy = policy_in_force(session)
    since = now - timedelta(days=policy.plausibility_days)
    rows = _rows(session, overseen(who, Action.owner_id), since, now)
    by_person: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_person[row.owner_id].append(row)
    reviewed = _reviewed(session, list(by_person))
    found = [
        (sign, own)
        for person_id, own in by_person.items()
        for sign in _signs(own, {kind: reviewed.get((person_id, kind)) for kind in CHECKS}, policy)
    ]
    found.sort(key=lambda f: (-len(f[0].actions), f[1][0].owner_id, f[0].kind))
    return Plausibility(
        policy.plausibility_days,
        len(by_person),
        len(rows),
        tuple(_with_rows(sign, own) for sign, own in found[:shown]),
        len(found),
        _reviews(session, who, since),
    )


def entries_of(
    session: Session, owners: Select[Any], since: datetime, until: datetime
) -> dict[int, list[Entry]]:
    """What these people recorded in a window, as the checks read it; by person."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for row in _rows(session, Action.owner_id.in_(owners), since, until):
        found[row.owner_id].append(_entry(row))
    return found


def _rows(session: Session, whose: ColumnElement[bool], since: datetime, now: datetime) -> list[Row[Any]]:
    query = (
        select(
            Action.id,
            Action.owner_id,
            Action.type,
            Action.customer_id,
            func.coalesce(Customer.name, Opportunity.name).label("customer"),
            Action.started_at,
            Action.ended_at,
            Action.recorded_at,
            Action.summary,
            case((Action.type == _VISIT, Action.fields["place"].as_string())).label("place"),
            Action.batch_id,
            Person.name.label("person"),
            Team.name.label("team"),
            Team.timezone,
        )
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .outerjoin(Customer, Customer.id == Action.customer_id)
        .join(Person, Person.id == Action.owner_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(
            Action.status == ActionStatus.COMPLETED,
            Action.voided_at.is_(None),
            Action.started_at > since,
            Action.started_at <= now,
            whose,
        )
        .order_by(Action.owner_id, Action.started_at, Action.id)
    )
    return list(session.execute(query))


def _reviewed(session: Session, people: list[int]) -> dict[tuple[int, str], datetime]:
    latest = func.max(SignReview.reviewed_at)
    query = (
        select(SignReview.person_id, SignReview.kind, latest)
        .where(SignReview.person_id.in_(people))
        .group_by(SignReview.person_id, SignReview.kind)
    )
    return {(person_id, kind): at for person_id, kind, at in session.execute(query)}


def _signs(rows: list[Row[Any]], reviewed: Mapping[str, datetime | None], policy: Policy) -> list[Sign]:
    entries = [_entry(row) for row in rows]
    found = []
    for kind, check in CHECKS.items():
        last = reviewed[kind]
        fresh = [e for e in entries if last is None or e.recorded_at > last]
        if sign := check(fresh, policy):
            found.append(sign)
    return found


def _entry(row: Row[Any]) -> Entry:
    local = row.started_at.astimezone(ZoneInfo(row.timezone or _HOME))
    return Entry(
        row.id,
        row.customer,
        row.started_at,
        row.ended_at,
        row.recorded_at,
        local.minute,
        row.summary,
        row.place or "",
        typed=row.batch_id is None,
    )


def _with_rows(sign: Sign, own: list[Row[Any]]) -> PersonSign:
    by_id = {row.id: row for row in own}
    rows = tuple(
        SignRow(
            r.id, r.type, r.customer_id, r.customer, r.started_at, r.ended_at, r.place or "",
            r.recorded_at, r.summary,
        )
        for r in (by_id[action_id] for action_id in sign.actions)
    )  # fmt: skip
    return PersonSign(own[0].owner_id, own[0].person, own[0].team, sign, rows)


def _reviews(session: Session, who: Who, since: datetime) -> tuple[Review, ...]:
    by = aliased(Person)
    query = (
        select(Person.id, Person.name, SignReview.kind, SignReview.note, SignReview.reviewed_at, by.name)
        .join(Person, Person.id == SignReview.person_id)
        .outerjoin(by, by.id == SignReview.reviewed_by_id)
        .where(
            SignReview.reviewed_at > since,
            overseen(who, SignReview.person_id),
        )
        .order_by(SignReview.reviewed_at.desc(), SignReview.id.desc())
    )
    return tuple(Review(*row) for row in session.execute(query))
