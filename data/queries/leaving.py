"""What a person looks after, and who could take it over (PRODUCT.md P4)."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from core.access import GRANTS, Permission, Who, reach
from core.messages import NotAllowed
from core.terms import ActionStatus, Outcome
from data.schema import Action, Customer, Opportunity, Person, Team

LOOK_AFTER = tuple(role for role, may in GRANTS.items() if Permission.RECORD_ACTIONS in may)


@dataclass(frozen=True, slots=True)
class Held:
    """How much is in a person's hands.

    Attributes:
        opportunities: open ones.
        steps: planned and not yet done.
        heirs: (id, name, team) of those who can take it over, by name.
    """

    customers: int
    opportunities: int
    steps: int
    heirs: tuple[tuple[int, str, str | None], ...]

    @property
    def any(self) -> bool:
        """Whether there is something to hand over."""
        return bool(self.customers or self.opportunities or self.steps)


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


def held(session: Session, who: Who, person_id: int) -> Held:
    """What a person looks after, and who could take it over.

    Raises:
        NotAllowed: for whoever does not manage people.
    """
    if reach(who, Permission.MANAGE_PEOPLE) is None:
        raise NotAllowed(permission=Permission.MANAGE_PEOPLE)
    counts = (
        select(func.count(Customer.id)).where(looked_after(person_id)),
        select(func.count(Opportunity.id)).where(open_deals(person_id)),
        select(func.count(Action.id)).where(planned_steps(person_id)),
    )
    customers, opportunities, steps = (session.scalar(count) or 0 for count in counts)
    return Held(customers, opportunities, steps, _heirs(session, person_id))


def _heirs(session: Session, person_id: int) -> tuple[tuple[int, str, str | None], ...]:
    rows = session.execute(
        select(Person.id, Person.name, Team.name)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(Person.active, Person.role.in_(LOOK_AFTER), Person.id != person_id)
        .order_by(Person.name, Person.id)
    )
    return tuple((key, name, team) for key, name, team in rows)
