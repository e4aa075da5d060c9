"""What a role's layout of Today would mean for its people as they stand (PRODUCT.md F2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.home import Kind
from core.messages import NotAllowed
from data.queries.sessions import who_of
from data.queries.today import today
from data.schema import Person, Team

PEOPLE = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for some people of a role now.

    Attributes:
        names: of these people.
        totals: to-dos of all of them, by kind, whatever is shown.
    """

    names: tuple[str, ...]
    totals: Mapping[Kind, int]


def waiting(session: Session, who: Who, role: str, now: datetime) -> Waiting:
    """The to-dos of the first few people of a role, by name.

    Raises:
        NotAllowed: the person may not change the studio.
    """
    if reach(who, Permission.CHANGE_STUDIO) is None:
        raise NotAllowed(permission=Permission.CHANGE_STUDIO)
    query = (
        select(Person, Team.timezone)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(Person.active, Person.role == role)
        .order_by(Person.name, Person.id)
        .limit(PEOPLE)
    )
    names, totals = [], dict.fromkeys(Kind, 0)
    for person, zone in session.execute(query):
        names.append(person.name)
        for group in today(session, who_of(session, person, zone), now):
            totals[group.kind] += group.total
    return Waiting(tuple(names), {kind: n for kind, n in totals.items() if n})
