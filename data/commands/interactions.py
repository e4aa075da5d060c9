"""Touches that are not recorded actions: mail, calls, chats, document views, video meetings."""

from datetime import datetime

from sqlalchemy import select

from core.access import Permission
from core.customers import InteractionInput, check_interaction
from core.messages import Invalid, NotFound, Problem, refuse
from core.terms import Outcome
from data.commands.alerts import sweep
from data.commands.command import Tx, command
from data.commands.projections import project_customers
from data.jsontext import to_json
from data.queries.scope import customers
from data.schema import Contact, Customer, Interaction, Opportunity


@command("interaction.record", needs=Permission.RECORD_ACTIONS)
def record_interaction(
    tx: Tx, customer_id: int, touch: InteractionInput, *, known_at: datetime | None = None
) -> int:
    """Record a touch with a customer; returns its id.

    Args:
        known_at: instant at which it became known, for imported history; now when None.

    Raises:
        NotFound: no such customer within reach.
        Invalid: a value is wrong, or the contact or opportunity is another customer's.
    """
    allowed = customers(tx.who, Permission.RECORD_ACTIONS)
    if tx.session.scalar(select(Customer.id).where(Customer.id == customer_id, allowed)) is None:
        raise NotFound(entity="customer")
    refuse(check_interaction(touch, tx.now))
    if not (
        _belongs(tx, Contact, touch.contact_id, customer_id)
        and _belongs(tx, Opportunity, touch.opportunity_id, customer_id)
    ):
        raise Invalid([Problem("contact", "other_customer")])
    row = Interaction(customer_id=customer_id, recorded_at=known_at or tx.now)
    for name in touch.__slots__:
        setattr(row, name, getattr(touch, name))
    tx.session.add(row)
    project_customers(tx.session, [customer_id])
    concerned = select(Opportunity.id).where(
        Opportunity.customer_id == customer_id, Opportunity.outcome == Outcome.OPEN
    )
    sweep(tx.session, tx.now, tx.policy, tx.session.scalars(concerned).all())
    tx.audit("interaction", row.id, after=to_json({n: getattr(touch, n) for n in touch.__slots__}))
    return row.id


def _belongs(tx: Tx, table: type[Contact] | type[Opportunity], row_id: int | None, customer_id: int) -> bool:
    return (
        row_id is None
        or tx.session.scalar(select(table.customer_id).where(table.id == row_id)) == customer_id
    )
