"""Row scope: the one place that turns a person's reach into SQL."""

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from core.access import Permission, Reach, Who, reach
from data.schema import Customer, Opportunity, Person, Room, RoomMember

Owner = InstrumentedAttribute[int] | InstrumentedAttribute[int | None] | ColumnElement[int | None]


def owned(who: Who, needs: Permission, owner: Owner) -> ColumnElement[bool]:
    """Rows whose owner lies within `who`'s reach: themselves, their team, or all."""
    match reach(who, needs):
        case Reach.ALL:
            return true()
        case Reach.TEAM:
            return owner.in_(select(Person.id).where(Person.team_id == who.team_id))
        case Reach.OWN:
            return owner == who.person_id
        case _:
            return false()


def kept(who: Who, needs: Permission, owner: Owner, team: Owner) -> ColumnElement[bool]:
    """Rows kept on a day that lay within `who`'s reach on that day: a team's are those of its people then.

    Args:
        owner, team: as the rows kept them.
    """
    return team == who.team_id if reach(who, needs) is Reach.TEAM else owned(who, needs, owner)


def customers(who: Who, needs: Permission) -> ColumnElement[bool]:
    """Customers that `who` reaches: owned, or with an opportunity that is."""
    if reach(who, needs) is Reach.ALL:
        return true()
    through = select(Opportunity.customer_id).where(owned(who, needs, Opportunity.owner_id))
    return or_(owned(who, needs, Customer.owner_id), Customer.id.in_(through))


def rooms(who: Who) -> ColumnElement[bool]:
    """Rooms that `who` may read: those of customers within reach, and those that they are in.

    Whoever is in a room when it closes may read it afterwards; whoever left it before may not.
    """
    if reach(who, Permission.FOLLOW_UP) is None:
        return false()
    return or_(in_room(who), room_in_reach(who))


def in_room(who: Who) -> ColumnElement[bool]:
    """Rooms that `who` is in: they write there while it is open."""
    present = (RoomMember.person_id == who.person_id) & RoomMember.left_at.is_(None)
    return Room.id.in_(select(RoomMember.room_id).where(present))


def room_in_reach(who: Who) -> ColumnElement[bool]:
    """Rooms of customers within reach: `who` says who is in them, and closes them."""
    return Room.customer_id.in_(select(Customer.id).where(customers(who, Permission.OPEN_ROOMS)))


def room_history(who: Who) -> ColumnElement[bool]:
    """Rooms that show `who` their customer's history: within reach, or open and `who` in them."""
    return or_(room_in_reach(who), in_room(who) & Room.closed_at.is_(None))
