"""What makes a person of the company valid: the same for page, import and API."""

import re
from dataclasses import dataclass
from math import ceil
from zoneinfo import ZoneInfo

from core.access import GRANTS, Permission
from core.groups import check_user
from core.mail import mail_address
from core.messages import Problem
from core.terms import Role

USERNAME = re.compile(r"[\w.@+-]{2,64}")
MAX_NAME, MAX_EMAIL = 200, 254  # characters
MIN_PASSWORD = 10
MAX_PASSWORD_BYTES = 72  # bcrypt reads no further
FREE_TRIES = 5  # of one user name since its last success
FREE_TRIES_FROM_ADDRESS = 30  # an office shares one address
FIRST_WAIT_SECONDS = 5
LONGEST_WAIT_SECONDS = 900
CHAT_IDS = ("wecom_id", "dingtalk_id", "feishu_id")
TEAM_KINDS = ("sales", "store", "office")
TEAM_ROLES = (Role.REP, Role.MANAGER, Role.STORE_MANAGER)
LOOK_AFTER = tuple(role for role, may in GRANTS.items() if Permission.RECORD_ACTIONS in may)

LEADS = (Role.MANAGER, Role.DIRECTOR)


def heirs(role: str) -> tuple[Role, ...]:
    """The roles to which somebody who leaves hands over: who looks after customers as they did.

    Product, delivery and directors look after none: theirs goes to their own role, or to who leads.

    >>> [str(heir) for heir in heirs("delivery")], [str(heir) for heir in heirs("rep")]
    (['delivery', 'manager', 'director'], ['rep', 'manager'])
    """
    if role in (Role.PRODUCT, Role.DELIVERY, Role.DIRECTOR):
        return tuple(dict.fromkeys((Role(role), *LEADS)))
    return LOOK_AFTER


@dataclass(frozen=True, slots=True)
class PersonInput:
    """What is said about a person.

    Attributes:
        team_id: required for reps, managers and store managers, whose sight is their team's.
        wecom_id, dingtalk_id, feishu_id: who they are in these chat tools.
    """

    username: str
    name: str
    role: str
    team_id: int | None = None
    email: str | None = None
    language: str | None = None
    wecom_id: str | None = None
    dingtalk_id: str | None = None
    feishu_id: str | None = None


def check_person(person: PersonInput) -> tuple[Problem, ...]:
    """All problems of a person, each at its field."""
    problems = []
    if not USERNAME.fullmatch(person.username.strip()):
        problems.append(Problem("username", "bad_username"))
    if not person.name.strip():
        problems.append(Problem("name", "required"))
    elif len(person.name.strip()) > MAX_NAME:
        problems.append(Problem("name", "too_long", {"limit": MAX_NAME}))
    if person.role not in tuple(Role):
        problems.append(Problem("role", "unknown_choice", {"value": person.role}))
    elif person.role in TEAM_ROLES and person.team_id is None:
        problems.append(Problem("team", "required"))
    if person.email and (len(person.email) > MAX_EMAIL or not mail_address(person.email.strip())):
        problems.append(Problem("email", "bad_email"))
    for field in CHAT_IDS:
        problems += check_user(field, getattr(person, field))
    return tuple(problems)


def check_team(name: str, kind: str, timezone: str) -> tuple[Problem, ...]:
    """All problems of a team, a store or an office, each at its field.

    >>> [(p.field, p.code) for p in check_team(" ", "shop", "Mars/Olympus")]
    [('name', 'required'), ('kind', 'unknown_choice'), ('timezone', 'unknown_choice')]
    """
    problems = []
    if not name.strip():
        problems.append(Problem("name", "required"))
    elif len(name.strip()) > MAX_NAME:
        problems.append(Problem("name", "too_long", {"limit": MAX_NAME}))
    if kind not in TEAM_KINDS:
        problems.append(Problem("kind", "unknown_choice", {"value": kind}))
    if not is_zone(timezone):
        problems.append(Problem("timezone", "unknown_choice", {"value": timezone}))
    return tuple(problems)


def is_zone(name: str) -> bool:
    """Whether there is a time zone of that IANA name.

    >>> is_zone("Asia/Shanghai"), is_zone("Mars/Olympus"), is_zone("")
    (True, False, False)
    """
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def check_password(password: str) -> tuple[Problem, ...]:
    """What is wrong with a new password.

    >>> [p.code for p in check_password("short")]
    ['password_too_short']
    """
    if password != password.strip():
        return (Problem("password", "password_spaces"),)
    if len(password) < MIN_PASSWORD:
        return (Problem("password", "password_too_short", {"least": MIN_PASSWORD}),)
    if len(password.encode()) > MAX_PASSWORD_BYTES:
        return (Problem("password", "password_too_long", {"most": MAX_PASSWORD_BYTES}),)
    return ()


def wait_seconds(failures: int, free: int, since_latest_seconds: float) -> int:
    """Seconds until the next try to sign in; 0 when now. Each failure beyond the free ones doubles the wait.

    Args:
        failures: failed tries that count, not negative.
        free: failures without any wait.
        since_latest_seconds: elapsed since the latest of them.

    >>> [wait_seconds(n, 5, 0) for n in (0, 4, 5, 6, 7, 100)]
    [0, 0, 5, 10, 20, 900]
    >>> wait_seconds(6, 5, since_latest_seconds=7.5), wait_seconds(6, 5, since_latest_seconds=10)
    (3, 0)
    """
    if failures < free:
        return 0
    wait = min(FIRST_WAIT_SECONDS * (1 << min(failures - free, 20)), LONGEST_WAIT_SECONDS)
    return max(0, ceil(wait - since_latest_seconds))
