"""People and teams, for those who manage them and for whoever chooses an owner."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.messages import NotAllowed
from core.terms import Role
from data.schema import Audit, Person, Team


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as the people page lists them; `can_sign_in` is False without a password."""

    person_id: int
    username: str
    name: str
    email: str | None
    role: str
    team_id: int | None
    team: str | None
    active: bool
    can_sign_in: bool
    language: str | None
    version: int
    wecom_id: str | None = None
    dingtalk_id: str | None = None
    feishu_id: str | None = None


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team, store or office with the number of its active people."""

    team_id: int
    name: str
    kind: str
    region: str | None
    timezone: str
    people: int


def people(
    session: Session, who: Who, *, search: str = "", role: str | None = None, active: bool | None = None
) -> tuple[PersonRow, ...]:
    """People whose name or user name contains `search`, by name.

    Raises:
        NotAllowed: for whoever does not manage people.
    """
    _check(who)
    found = (
        select(
            Person.id, Person.username, Person.name, Person.email, Person.role, Person.team_id, Team.name,
            Person.active, Person.password_hash.is_not(None), Person.language, Person.version,
            Person.wecom_id, Person.dingtalk_id, Person.feishu_id,
        )
        .outerjoin(Team, Team.id == Person.team_id)
        .order_by(Person.active.desc(), Person.name, Person.id)
    )  # fmt: skip
    if words := search.strip():
        columns = (Person.name, Person.username)
        found = found.where(or_(*(column.icontains(words, autoescape=True) for column in columns)))
    if role:
        found = found.where(Person.role == role)
    if active is not None:
        found = found.where(Person.active.is_(active))
    return tuple(PersonRow(*row) for row in session.execute(found))


def teams(session: Session, who: Who) -> tuple[TeamRow, ...]:
    """All teams, stores and offices, by name.

    Raises:
        NotAllowed: for whoever does not manage people.
    """
    _check(who)
    rows = session.execute(
        select(Team, func.count(Person.id))
        .outerjoin(Person, (Person.team_id == Team.id) & Person.active)
        .group_by(Team.id)
        .order_by(Team.kind, Team.name)
    )
    return tuple(TeamRow(t.id, t.name, t.kind, t.region, t.timezone, n) for t, n in rows)


def manned_teams(session: Session) -> list[tuple[int, str]]:
    """Sales teams to which somebody belongs, with their time zones; before, nothing is issued for a team."""
    people = select(Person.team_id).where(Person.active)
    found = select(Team.id, Team.timezone).where(Team.kind == "sales", Team.id.in_(people))
    return [(team, zone) for team, zone in session.execute(found)]


def manned_since(session: Session, teams: Collection[int]) -> dict[int, datetime]:
    """When the first of those who belong to a team came to it, as the audit tells.

    A team is left out where that is not known of somebody: whoever came with an import brought a past along.
    """
    mine = Person.team_id.in_(teams)
    found = session.execute(select(Person.id, Person.team_id).where(mine))
    people = {person: team for person, team in found if team is not None}
    told = select(Audit.entity_id, Audit.at, Audit.before, Audit.after).where(
        Audit.entity == "person", Audit.entity_id.in_(select(Person.id).where(mine))
    )
    came: dict[int, datetime] = {}
    for row in session.execute(told.order_by(Audit.id)):
        before, after = ((picture or {}).get("team_id") for picture in (row.before, row.after))
        if row.entity_id and after == people[row.entity_id] != before:
            came[row.entity_id] = row.at
    unknown = {team for person, team in people.items() if person not in came}
    since: dict[int, datetime] = {}
    for person, at in came.items():
        team = people[person]
        if team not in unknown:
            since[team] = min(at, since.get(team, at))
    return since


def nobody_else(session: Session, who: Who) -> bool:
    """Whether this is an administrator in a company of nobody else yet."""
    if who.role != Role.ADMIN:
        return False
    return session.scalar(select(Person.id).where(Person.id != who.person_id).limit(1)) is None


def _check(who: Who) -> None:
    if reach(who, Permission.MANAGE_PEOPLE) is None:
        raise NotAllowed(permission=Permission.MANAGE_PEOPLE)
