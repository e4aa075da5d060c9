"""The HTTP API's own rules: what a token may be for, how long it lives, how often it asks (PRODUCT.md F3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.access import Permission, Who, decide
from core.messages import Problem

GROUPS: Mapping[str, Permission] = {  # by group, the permission that its readers need
    **dict.fromkeys(("customers", "opportunities", "actions", "signals"), Permission.SEE_CUSTOMERS),
    **dict.fromkeys(("demands", "promises"), Permission.SEE_PROMISES),
}
CHANGES: Mapping[str, frozenset[Permission]] = {  # by group, of which its writers need at least one
    "customers": frozenset((Permission.EDIT_CUSTOMERS, Permission.ASSIGN)),
    "opportunities": frozenset((Permission.RECORD_ACTIONS, Permission.EDIT_CUSTOMERS, Permission.ASSIGN)),
    "actions": frozenset((Permission.RECORD_ACTIONS,)),
    "signals": frozenset((Permission.RECORD_ACTIONS,)),
    "demands": frozenset((Permission.FILE_DEMANDS, Permission.ANSWER_DEMANDS)),
    "promises": frozenset((Permission.SEE_PROMISES,)),  # whoever sees one may escalate it
}
READ, WRITE = "read", "write"
LIVES = (30, 90, 180, 365)  # days that a token may live
MAX_TOKENS = 20  # living ones of one person
MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class TokenInput:
    """What a person wants of a token.

    Attributes:
        scopes: READ or WRITE by group of records; WRITE includes reading. A group that is missing is closed.
        days: days that it lives, one of `LIVES`.
    """

    name: str
    scopes: Mapping[str, str]
    days: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is left of a token's requests at an instant; it fills up again evenly.

    Attributes:
        left: requests, 0 to those of a minute.
    """

    left: float
    at: datetime


def check_token(token: TokenInput, living: int) -> tuple[Problem, ...]:
    """All problems of a token that is asked for.

    Args:
        living: living tokens that the person has already.

    >>> [p.code for p in check_token(TokenInput("", {"customers": "all"}, 7), 0)]
    ['required', 'unknown_choice', 'unknown_choice']
    """
    problems = []
    if not token.name.strip():
        problems.append(Problem("name", "required"))
    elif len(token.name) > MAX_NAME:
        problems.append(Problem("name", "too_long", {"limit": MAX_NAME}))
    if not token.scopes:
        problems.append(Problem("scopes", "scope_required"))
    wrong = [k for k, v in token.scopes.items() if k not in GROUPS or v not in (READ, WRITE)]
    problems += [Problem("scopes", "unknown_choice", {"value": key}) for key in wrong]
    if token.days not in LIVES:
        problems.append(Problem("days", "unknown_choice", {"value": str(token.days)}))
    if living >= MAX_TOKENS:
        problems.append(Problem("", "too_many_tokens", {"limit": MAX_TOKENS}))
    return tuple(problems)


def groups_of(who: Who, access: str = READ) -> tuple[str, ...]:
    """The groups of records that a person's role can see at all, or in which it can change anything.

    >>> from core.terms import Role
    >>> groups_of(Who(1, Role.DELIVERY, None, "")), groups_of(Who(1, Role.DELIVERY, None, ""), WRITE)
    (('demands', 'promises'), ('promises',))
    """
    seen = (group for group, needs in GROUPS.items() if decide(who, needs).allowed)
    return tuple(g for g in seen if access == READ or any(decide(who, p).allowed for p in CHANGES[g]))


def allows(scopes: Mapping[str, str], group: str, access: str) -> bool:
    """Whether a token's scopes open a group for reading or writing.

    >>> allows({"signals": "write"}, "signals", "read"), allows({"signals": "read"}, "signals", "write")
    (True, False)
    """
    given = scopes.get(group)
    return given == WRITE or (given == READ and access == READ)


def take(bucket: Bucket | None, now: datetime, per_minute: int) -> tuple[Bucket, int]:
    """One request out of a bucket.

    Returns:
        The bucket afterwards, and the whole seconds to wait: 0 when the request is taken.

    >>> at = datetime(2026, 3, 4)
    >>> bucket, wait = take(Bucket(0.5, at), at, per_minute=60)
    >>> bucket.left, wait
    (0.5, 1)
    """
    most = float(per_minute)
    if bucket is None:
        return Bucket(most - 1, now), 0
    refilled = max(now - bucket.at, timedelta()).total_seconds() * most / 60
    left = min(most, bucket.left + refilled)
    if left >= 1:
        return Bucket(left - 1, now), 0
    return Bucket(left, now), max(1, round((1 - left) * 60 / most + 0.5))
