"""What a person looks after, and who could take it over (PRODUCT.md P4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Who, reach
from core.messages import NotAllowed
from core.people import heirs
from core.terms import ActionStatus, Outcome
from data.queries.customer_changes import HAND_OVER
from data.queries.duties import DUTIES, duties
from data.schema import Action, Audit, Customer, Opportunity, Person, Team

_RECORDS = ("customers", "opportunities", "steps")
TAKEN_BACK_FOR = timedelta(days=30)  # how long a hand-over offers its way back


@dataclass(frozen=True, slots=True)
class Held:
    """What is in a person's hands.

    Attributes:
        counts: how many by kind: customers, open opportunities, planned steps, then `duties`; none is 0.
        heirs: (id, name, team) of those who can take it over, by name.
    """

    counts: Mapping[str, int]
    heirs: tuple[tuple[int, str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What a person handed over and what may come back.

    Attributes:
        id: of its row in the audit.
        counts: how many of each kind went over then, none is 0.
    """

    id: int
    at: datetime
    heir: str
    counts: Mapping[str, int]


def looked_after(person_id: int) -> ColumnElement[bool]:
    """Customers of this person."""
    return Customer.owner_id == person_id


def open_deals(person_id: int) -> ColumnElement[bool]:
    """Open opportunities of this person."""
    return and_(Opportunity.owner_id == person_id, Opportunity.outcome == Outcome.OPEN)


def planned_steps(person_id: int) -> ColumnElement[bool]:
    """Steps that this person planned and has not done."""
    return and_(
        Action.owner_id == person_id, Action.status == ActionStatus.PLANNED, Action.voided_at.is_(None)
    )


def fit_heir(leaver: Person) -> ColumnElement[bool]:
    """Who can take over from somebody (`core.people.heirs`)."""
    return and_(Person.active, Person.id != leaver.id, Person.role.in_(heirs(leaver.role)))


def held(session: Session, who: Who, person_id: int, now: datetime) -> Held:
    """What a person looks after, and who could take it over.

    Raises:
        NotAllowed: for whoever does not manage people.
    """
    if reach(who, Permission.MANAGE_PEOPLE) is None:
        raise NotAllowed(permission=Permission.MANAGE_PEOPLE)
    counts = {
        "customers": select(func.count(Customer.id)).where(looked_after(person_id)),
        "opportunities": select(func.count(Opportunity.id)).where(open_deals(person_id)),
        "steps": select(func.count(Action.id)).where(planned_steps(person_id)),
    }
    found = {kind: session.scalar(count) or 0 for kind, count in counts.items()}
    found |= duties(session, person_id, now)
    return Held({k: n for k, n in found.items() if n}, _heirs(session, session.get_one(Person, person_id)))


def given_away(session: Session, who: Who, person_id: int, now: datetime) -> tuple[Given, ...]:
    """What went over from a person lately and was not brought back, the latest first.

    Raises:
        NotAllowed: for whoever does not manage people.
    """
    if reach(who, Permission.MANAGE_PEOPLE) is None:
        raise NotAllowed(permission=Permission.MANAGE_PEOPLE)
    back = aliased(Audit)
    query = (
        select(Audit.id, Audit.at, Audit.after)
        .outerjoin(back, back.undoes_id == Audit.id)
        .where(
            Audit.command == HAND_OVER,
            Audit.entity_id == person_id,
            Audit.at > now - TAKEN_BACK_FOR,
            back.id.is_(None),
        )
        .order_by(Audit.id.desc())
    )
    found = []
    for key, at, after in session.execute(query):
        kinds = _RECORDS + (DUTIES if "duty_ids" in after else ())  # an earlier release kept no duties
        counts = {kind: after[kind] for kind in kinds if after[kind]}
        if counts:
            heir = session.get_one(Person, after["owner_id"]).name
            found.append(Given(key, at, heir, counts))
    return tuple(found)


def _heirs(session: Session, leaver: Person) -> tuple[tuple[int, str, str | None], ...]:
    rows = session.execute(
        select(Person.id, Person.name, Team.name)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(fit_heir(leaver))
        .order_by(Person.name, Person.id)
    )
    return tuple((key, name, team) for key, name, team in rows)
