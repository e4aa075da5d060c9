"""Who is around a customer, for the rule that calls people into its room."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.messages import NotFound
from core.process.intervention import TAKES_PART, Around, Candidate, Why, members, offered
from core.terms import Outcome, Role
from data.once import recalled
from data.queries.policies import policy_in_force
from data.queries.scope import customers, room_in_reach
from data.schema import Customer, CustomerTag, Opportunity, Person, Room, RoomMember, Tag


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who would be called in: name, role, and the rule that names them."""

    name: str
    role: str
    why: Why


@dataclass(frozen=True, slots=True)
class Offer:
    """What the customer's page offers: the way into the open room, opening one, or what is missing for it.

    Attributes:
        room_id: of the open room; None without one.
        tags: keys of the high-value tags that speak for it; `least`: how many it takes.
        enough: whether one can be opened.
        turn: how many rooms the customer had; part of the key that makes two clicks one room.
    """

    room_id: int | None
    tags: tuple[str, ...] = ()
    least: int = 0
    enough: bool = False
    invited: tuple[Invited, ...] = ()
    turn: int = 0


@recalled
def room_offer(session: Session, who: Who, customer_id: int) -> Offer | None:
    """What is offered on a customer's page; None for whoever may not open a room there."""
    within = select(Customer.id).where(Customer.id == customer_id, customers(who, Permission.OPEN_ROOMS))
    if session.scalar(within) is None:
        return None
    if room_id := open_room_of(session, customer_id):
        return Offer(room_id)
    tags, policy = high_value_tags(session, customer_id), policy_in_force(session)
    least = policy.high_value_tags
    if not offered(len(tags), policy, room_open=False):
        return Offer(None, tags, least)
    turn = session.scalar(select(func.count()).where(Room.customer_id == customer_id)) or 0
    called = members(around(session, customer_id), who.person_id)
    return Offer(None, tags, least, True, _named(session, called), turn)


def open_room_of(session: Session, customer_id: int) -> int | None:
    """The id of a customer's open room."""
    return session.scalar(select(Room.id).where(Room.customer_id == customer_id, Room.closed_at.is_(None)))


def high_value_tags(session: Session, customer_id: int) -> tuple[str, ...]:
    """Keys of a customer's high-value tags."""
    carried = select(Tag.key).join(CustomerTag, CustomerTag.tag_id == Tag.id)
    return tuple(
        session.scalars(
            carried.where(CustomerTag.customer_id == customer_id, Tag.high_value).order_by(Tag.id)
        )
    )


def around(session: Session, customer_id: int) -> Around:
    """The active people around a customer."""
    owner = session.scalar(
        select(Customer.owner_id)
        .join(Person, Person.id == Customer.owner_id)
        .where(Customer.id == customer_id, Person.active)
    )
    owners = session.scalars(
        select(Opportunity.owner_id)
        .join(Person, Person.id == Opportunity.owner_id)
        .where(Opportunity.customer_id == customer_id, Opportunity.outcome == Outcome.OPEN, Person.active)
        .group_by(Opportunity.owner_id)
        .order_by(func.min(Opportunity.id))
    ).all()
    sellers = tuple(i for i in owners if i is not None)
    lead = owner or next(iter(sellers), None)
    team = session.scalar(select(Person.team_id).where(Person.id == lead))
    return Around(
        owner,
        sellers,
        _candidates(session, Role.MANAGER, team) if team else (),
        _candidates(session, Role.PRODUCT),
        _candidates(session, Role.DELIVERY),
    )


def addable(session: Session, who: Who, room_id: int) -> tuple[tuple[int, str, str], ...]:
    """(id, name, role) of those who could be called into a room and are not in it.

    Raises:
        NotFound: no such room within reach.
    """
    if session.scalar(select(Room.id).where(Room.id == room_id, room_in_reach(who))) is None:
        raise NotFound(entity="room")
    present = select(RoomMember.person_id).where(RoomMember.room_id == room_id, RoomMember.left_at.is_(None))
    query = select(Person.id, Person.name, Person.role).where(
        Person.active, Person.role.in_(TAKES_PART), Person.id.not_in(present)
    )
    return tuple((r.id, r.name, r.role) for r in session.execute(query.order_by(Person.name, Person.id)))


def _candidates(session: Session, role: Role, team: int | None = None) -> tuple[Candidate, ...]:
    busy = (
        select(RoomMember.person_id, func.count().label("rooms"))
        .join(Room, Room.id == RoomMember.room_id)
        .where(Room.closed_at.is_(None), RoomMember.left_at.is_(None))
        .group_by(RoomMember.person_id)
        .subquery()
    )
    query = (
        select(Person.id, func.coalesce(busy.c.rooms, 0))
        .outerjoin(busy, busy.c.person_id == Person.id)
        .where(Person.role == role, Person.active)
    )
    if team is not None:
        query = query.where(Person.team_id == team)
    return tuple(Candidate(*row) for row in session.execute(query))


def _named(session: Session, called: Sequence[tuple[int, Why]]) -> tuple[Invited, ...]:
    query = select(Person.id, Person.name, Person.role).where(Person.id.in_([i for i, _ in called]))
    found = {row.id: row for row in session.execute(query)}
    return tuple(Invited(found[i].name, found[i].role, why) for i, why in called if i in found)
