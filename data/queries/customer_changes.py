"""What was changed about one customer, and by whom last (P3)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from core.access import Who
from data.once import recalled
from data.queries.audit import AuditEntry, entries, read
from data.schema import Action, Audit, Contact, Customer, CustomerDelivery, Opportunity, Person, Room
from data.schema.types import holds

HAND_OVER, BRING_BACK = "person.hand_over", "person.bring_back"
PASSED_ON = (HAND_OVER, BRING_BACK)
RECENT = timedelta(minutes=10)  # how long a change offers its own way back where it was made


@recalled
def latest_change(session: Session, who: Who, customer_id: int, now: datetime) -> AuditEntry | None:
    """What this person changed last about a customer a short while ago, when it can be undone."""
    query = select(Audit).where(
        Audit.actor_id == who.person_id, Audit.at >= now - RECENT, about(customer_id, actions=True)
    )
    rows = read(session, query.order_by(Audit.id.desc()).limit(1))
    found = entries(session, who, rows)
    return found[0] if found and found[0].undoable else None


def last_editor(session: Session, who: Who, entity: str, entity_id: int) -> str | None:
    """Who changed a record last, for the person whose own edit came second."""
    del who  # the caller has read the record within their scope
    query = select(Person.name).join(Audit, Audit.actor_id == Person.id)
    query = query.where(Audit.entity == entity, Audit.entity_id == entity_id)
    return session.scalar(query.order_by(Audit.id.desc()).limit(1))


def about(customer_id: int, *, actions: bool = False) -> Any:
    """Audit rows of a customer, its tags, contacts, opportunities and deliveries; actions when asked for."""
    ids = {
        "contact": select(Contact.id).where(Contact.customer_id == customer_id),
        "opportunity": select(Opportunity.id).where(Opportunity.customer_id == customer_id),
        "delivery": select(CustomerDelivery.id).where(CustomerDelivery.customer_id == customer_id),
    }
    if actions:
        ids["action"] = select(Action.id).where(Action.customer_id == customer_id)
    own = Audit.entity.in_(("customer", "customer_tags")) & (Audit.entity_id == customer_id)
    for entity, found in ids.items():
        own |= (Audit.entity == entity) & Audit.entity_id.in_(found)
    return own


def handed_over(customer_id: int, opportunity_id: int | None = None) -> Any:
    """Audit rows by which a customer or one of its opportunities went over to another, or back."""
    deal = select(Opportunity.id).where(
        Opportunity.customer_id == customer_id, holds(Audit.after, literal("opportunity_ids"), Opportunity.id)
    )
    if opportunity_id is not None:
        return Audit.command.in_(PASSED_ON) & deal.where(Opportunity.id == opportunity_id).exists()
    customer = holds(Audit.after, literal("customer_ids"), literal(customer_id))
    return Audit.command.in_(PASSED_ON) & (customer | deal.exists())


def of_rooms(customer_id: int) -> Any:
    """Audit rows of opening and closing a customer's rooms: what came of them stands in its timeline."""
    ids = select(Room.id).where(Room.customer_id == customer_id)
    whole = Audit.command.in_(("room.open", "room.close"))
    return (Audit.entity == "room") & Audit.entity_id.in_(ids) & whole


def passed_on(audit_id: int) -> Any:
    """Customers that a hand-over gave to another, themselves or in an opportunity."""
    deal = select(Opportunity.customer_id).where(
        holds(Audit.after, literal("opportunity_ids"), Opportunity.id)
    )
    theirs = holds(Audit.after, literal("customer_ids"), Customer.id) | Customer.id.in_(deal.correlate(Audit))
    return select(Audit.id).where(Audit.id == audit_id, Audit.command.in_(PASSED_ON), theirs).exists()
