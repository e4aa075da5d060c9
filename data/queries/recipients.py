"""Whom rules of notices reach besides those whom an event names; when the unread is followed up (P8)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.notices import Notice
from core.telling import ROLES, Rule, To
from core.terms import Role
from data.queries.calendars import calendar_of
from data.queries.leads import active
from data.schema import Person


def teams_of(session: Session, people: Collection[int]) -> dict[int, int | None]:
    """The team of each person."""
    rows = session.execute(select(Person.id, Person.team_id).where(Person.id.in_(people)))
    return {person_id: team_id for person_id, team_id in rows}


def leaders(session: Session, people: Collection[int]) -> dict[int, list[int]]:
    """By person, the active managers of their team but themselves; the directors where there is none."""
    teams = teams_of(session, people)
    by_team: dict[int, list[int]] = defaultdict(list)
    managers = select(Person.team_id, Person.id).where(
        Person.role == Role.MANAGER, Person.active, Person.team_id.in_({t for t in teams.values() if t})
    )
    for team_id, person_id in session.execute(managers.order_by(Person.id)):
        by_team[team_id or 0].append(person_id)
    directors = active(session, Role.DIRECTOR)
    return {
        person: [p for p in by_team.get(team or 0, ()) if p != person]
        or [d for d in directors if d != person]
        for person, team in teams.items()
    }


def copies(session: Session, told: Sequence[tuple[Notice, Rule]]) -> Iterator[Notice]:
    """What rules give to others than those whom the events name, under the same key: each gets it once."""
    lead = leaders(session, {n.person_id for n, rule in told if To.MANAGER in rule.to})
    people = {to: active(session, ROLES[to]) for to in (To.PRODUCT, To.DIRECTOR)}
    for notice, rule in told:
        for to in rule.copies:
            for person_id in lead[notice.person_id] if to is To.MANAGER else people[to]:
                yield replace(notice, person_id=person_id)


def follow_ups(
    session: Session, now: datetime, people: Iterable[int], hours: Collection[int]
) -> dict[tuple[int, int], datetime]:
    """By person and working hours, the instant at which so many have been worked since now."""
    teams = teams_of(session, set(people))
    calendars = {team: calendar_of(session, team) for team in set(teams.values())}
    return {
        (person, wait): calendars[team].after(now, timedelta(hours=wait))
        for person, team in teams.items()
        for wait in hours
    }
