"""Row scope: the one place that turns a person's reach into SQL."""

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from core.access import Permission, Reach, Who, reach
from data.schema import Customer, Opportunity, Person

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


def customers(who: Who, needs: Permission) -> ColumnElement[bool]:
    """Customers that `who` reaches: owned, or with an opportunity that is."""
    if reach(who, needs) is Reach.ALL:
        return true()
    through = select(Opportunity.customer_id).where(owned(who, needs, Opportunity.owner_id))
    return or_(owned(who, needs, Customer.owner_id), Customer.id.in_(through))
