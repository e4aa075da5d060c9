"""What makes a person of the company valid: the same for page, import and API."""

import re
from dataclasses import dataclass

from core.messages import Problem
from core.terms import Role

USERNAME = re.compile(r"[\w.@+-]{2,64}")
MIN_PASSWORD = 10
MAX_PASSWORD_BYTES = 72  # bcrypt reads no further
TEAM_ROLES = (Role.REP, Role.MANAGER, Role.STORE_MANAGER)


@dataclass(frozen=True, slots=True)
class PersonInput:
    """What is said about a person.

    Attributes:
        team_id: required for reps, managers and store managers, whose sight is their team's.
    """

    username: str
    name: str
    role: str
    team_id: int | None = None
    email: str | None = None
    language: str | None = None


def check_person(person: PersonInput) -> tuple[Problem, ...]:
    """All problems of a person, each at its field."""
    problems = []
    if not USERNAME.fullmatch(person.username.strip()):
        problems.append(Problem("username", "bad_username"))
    if not person.name.strip():
        problems.append(Problem("name", "required"))
    if person.role not in tuple(Role):
        problems.append(Problem("role", "unknown_choice", {"value": person.role}))
    elif person.role in TEAM_ROLES and person.team_id is None:
        problems.append(Problem("team", "required"))
    if person.email and "@" not in person.email:
        problems.append(Problem("email", "bad_email"))
    return tuple(problems)


def check_password(password: str) -> tuple[Problem, ...]:
    """What is wrong with a new password.

    >>> [p.code for p in check_password("short")]
    ['password_too_short']
    """
    if len(password) < MIN_PASSWORD:
        return (Problem("password", "password_too_short", {"least": MIN_PASSWORD}),)
    if len(password.encode()) > MAX_PASSWORD_BYTES:
        return (Problem("password", "password_too_long", {"most": MAX_PASSWORD_BYTES}),)
    return ()
