"""Teams and people of the company (PRODUCT.md P4)."""

from typing import Any

import bcrypt
from sqlalchemy import Column, func, select, update
from sqlalchemy.orm import Session

from core.access import Permission
from core.messages import Conflict, Invalid, NotFound, Problem, refuse
from core.people import CHAT_IDS, PersonInput, check_password, check_person, check_team
from core.terms import Role
from data.commands.api_tokens import end_tokens
from data.commands.command import Tx, command
from data.queries.calendars import changes_in_force
from data.schema import Base, Person, Team, UserSession


@command("team.create", needs=Permission.MANAGE_PEOPLE)
def create_team(
    tx: Tx, name: str, *, kind: str = "sales", region: str | None = None, timezone: str = "Asia/Shanghai"
) -> int:
    """Create a team, a store or an office; returns its id.

    Raises:
        Invalid: the name is missing, too long or taken, or no such kind or time zone.
    """
    refuse(check_team(name, kind, timezone))
    _free_name(tx, name)
    row = Team(name=name.strip(), kind=kind, region=region, timezone=timezone)
    tx.session.add(row)
    tx.session.flush()
    tx.audit("team", row.id, after=_team(row))
    return row.id


@command("team.edit", needs=Permission.MANAGE_PEOPLE)
def edit_team(tx: Tx, team_id: int, name: str, *, kind: str, region: str | None, timezone: str) -> int:
    """Change a team, a store or an office; returns its id. Its clock counts from the next job on.

    Raises:
        NotFound: no such team.
        Invalid: the name is missing, too long or taken, or no such kind or time zone.
    """
    row = tx.session.get(Team, team_id, with_for_update=True)
    if row is None:
        raise NotFound(entity="team")
    refuse(check_team(name, kind, timezone))
    _free_name(tx, name, team_id)
    before = _team(row)
    row.name, row.kind, row.region, row.timezone = name.strip(), kind, region, timezone
    tx.audit("team", row.id, before=before, after=_team(row))
    return row.id


@command("team.remove", needs=Permission.MANAGE_PEOPLE)
def remove_team(tx: Tx, team_id: int) -> int:
    """Take away a team, a store or an office that was made by mistake; returns its id.

    Raises:
        NotFound: no such team.
        Conflict: people belong to it, those locked out among them, or records speak of it.
    """
    row = tx.session.get(Team, team_id, with_for_update=True)
    if row is None:
        raise NotFound(entity="team")
    people = tx.session.scalar(select(func.count(Person.id)).where(Person.team_id == team_id)) or 0
    if people:
        raise Conflict("team_has_people", name=row.name, n=people)
    named = any(tx.session.scalar(select(c).where(c == team_id).limit(1)) is not None for c in _teams_named())
    if named or team_id in changes_in_force(tx.session).teams:
        raise Conflict("team_has_history", name=row.name)
    tx.audit("team", row.id, before=_team(row))
    tx.session.delete(row)
    return team_id


def _teams_named() -> list[Column[int]]:
    """Every column of every table that names a team."""
    named = (c for table in Base.metadata.sorted_tables for c in table.c)
    return [c for c in named if any(key.column.table is Team.__table__ for key in c.foreign_keys)]


def _free_name(tx: Tx, name: str, team_id: int | None = None) -> None:
    """Refuse a name that another team has."""
    of = tx.session.scalar(select(Team.id).where(Team.name == name.strip()))
    if of not in (None, team_id):
        raise Invalid([Problem("name", "taken", {"value": name})])


def _team(row: Team) -> dict[str, Any]:
    return {k: getattr(row, k) for k in ("name", "kind", "region", "timezone")}


@command("person.create", needs=Permission.MANAGE_PEOPLE)
def create_person(tx: Tx, person: PersonInput, *, password: str | None = None) -> int:
    """Create a person; without a password they cannot sign in yet. Returns their id.

    Raises:
        Invalid: a value is wrong, the user name is taken, or the password too weak.
    """
    refuse([*check_person(person), *_taken(tx, person), *(check_password(password) if password else ())])
    row = Person(
        username=person.username.strip(),
        name=person.name.strip(),
        email=person.email,
        role=person.role,
        team_id=person.team_id,
        language=person.language,
        **{field: getattr(person, field) for field in CHAT_IDS},
        password_hash=hash_password(password) if password else None,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    tx.audit("person", row.id, after=_picture(row))
    return row.id


@command("person.edit", needs=Permission.MANAGE_PEOPLE)
def edit_person(tx: Tx, person_id: int, person: PersonInput, version: int) -> int:
    """Change a person; returns the new version. A changed role or team counts from the next run on.

    Raises:
        NotFound, Conflict: no such person, or changed since `version`.
        Invalid: a value is wrong, or the last administrator would lose the role.
    """
    row = locked_person(tx, person_id)
    if row.version != version:
        raise Conflict("edited_meanwhile", name=row.name)
    refuse([*check_person(person), *_taken(tx, person, person_id)])
    if row.role == "admin" and person.role != "admin":
        keep_an_admin(tx, row)
    before = _picture(row)
    row.username, row.name, row.role = person.username.strip(), person.name.strip(), person.role
    row.team_id, row.email, row.language = person.team_id, person.email, person.language
    for field in CHAT_IDS:
        setattr(row, field, getattr(person, field))
    row.version += 1
    tx.audit("person", row.id, before=before, after=_picture(row))
    return row.version


@command("person.activate", needs=Permission.MANAGE_PEOPLE)
def activate_person(tx: Tx, person_id: int, active: bool) -> int:
    """Let a person in again, or lock them out at once: their sessions and tokens end. Their records stay.

    Raises:
        NotFound: no such person.
        Invalid: the last administrator cannot be locked out.
    """
    row = locked_person(tx, person_id)
    if row.role == "admin" and not active:
        keep_an_admin(tx, row)
    before = _picture(row)
    row.active = active
    row.version += 1
    if not active:
        _end_sessions(tx, person_id)
        end_tokens(tx.session, person_id, tx.now)
    tx.audit("person", row.id, before=before, after=_picture(row))
    return row.id


@command("person.set_password", needs=Permission.MANAGE_PEOPLE)
def set_password(tx: Tx, person_id: int, password: str) -> int:
    """Give a person a new password; their sessions and tokens end: who knew the old one may have made some.

    Raises:
        NotFound: no such person.
        Invalid: the password is too short or too long.
    """
    row = locked_person(tx, person_id)
    refuse(check_password(password))
    row.password_hash = hash_password(password)
    _end_sessions(tx, person_id)
    end_tokens(tx.session, person_id, tx.now)
    tx.audit("person", row.id, after={"password": "changed"})
    return row.id


def hash_password(password: str, rounds: int = 12) -> str:
    """bcrypt's hash of a password."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds)).decode()


def locked_person(tx: Tx, person_id: int) -> Person:
    """A person, locked together with all who administer: two who lock one another out do so in turn.

    Raises:
        NotFound: there is none.
    """
    administer = (Person.role == Role.ADMIN) & Person.active
    query = select(Person).where((Person.id == person_id) | administer).order_by(Person.id)
    rows = tx.session.scalars(query.with_for_update(key_share=True)).all()
    row = next((row for row in rows if row.id == person_id), None)
    if row is None:
        raise NotFound(entity="person")
    return row


def taken(session: Session, username: str, own_id: int | None = None) -> list[Problem]:
    """Whether somebody else has this user name; capital letters make no other name."""
    same = func.lower(Person.username) == username.strip().lower()
    holder = session.scalar(select(Person.id).where(same))
    free = holder is None or holder == own_id
    return [] if free else [Problem("username", "taken", {"value": username.strip()})]


def _taken(tx: Tx, person: PersonInput, own_id: int | None = None) -> list[Problem]:
    problems = taken(tx.session, person.username, own_id)
    if person.team_id is not None and tx.session.get(Team, person.team_id) is None:
        problems.append(Problem("team", "unknown_team"))
    for field in CHAT_IDS:
        value, column = getattr(person, field), getattr(Person, field)
        others = select(Person.id).where(column == value, Person.id != (own_id or 0))
        if value and tx.session.scalar(others) is not None:
            problems.append(Problem(field, "taken", {"value": value}))
    return problems


def keep_an_admin(tx: Tx, row: Person) -> None:
    """Refuse what would leave nobody who administers the company."""
    others = select(func.count()).where(Person.role == "admin", Person.active, Person.id != row.id)
    if not tx.session.scalar(others):
        raise Invalid([Problem("role", "last_admin")])


def _end_sessions(tx: Tx, person_id: int) -> None:
    living = (UserSession.person_id == person_id, UserSession.revoked_at.is_(None))
    tx.session.execute(update(UserSession).where(*living).values(revoked_at=tx.now))


def _picture(row: Person) -> dict[str, Any]:
    return {
        k: getattr(row, k)
        for k in ("username", "name", "email", "role", "team_id", "language", *CHAT_IDS, "active", "version")
    }
