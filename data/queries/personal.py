"""Whose data is asked for: a word, and everybody whom it can mean."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.access import Permission, Who, decide
from core.messages import NotAllowed
from core.privacy import GONE, Kind
from data.privacy.subjects import find


@dataclass(frozen=True, slots=True)
class Match:
    """One person; `belongs` is a contact's customer, or an employee's user name."""

    kind: Kind
    id: int
    name: str
    belongs: str
    erased: bool


def matches(session: Session, who: Who, said: str) -> tuple[Match, ...]:
    """Employees and contacts whose name, user name, mail or mark (`P12`, `C12`) this is or contains.

    Raises:
        NotAllowed: for whoever does not manage people.
    """
    if not decide(who, Permission.MANAGE_PEOPLE).allowed:
        raise NotAllowed(permission=Permission.MANAGE_PEOPLE)
    return tuple(
        Match(kind, number, name, belongs, name.startswith(GONE))
        for kind, number, name, belongs in find(session, said)
    )
