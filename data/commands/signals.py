"""Signals about customers: recorded, and withdrawn when they prove wrong."""

from datetime import datetime

from sqlalchemy import select

from core.access import Permission
from core.messages import Conflict, Invalid, NotFound, Problem, refuse
from core.signals import SignalInput, check_signal
from data.commands.command import Tx, command
from data.jsontext import to_json
from data.queries.scope import customers
from data.schema import Customer, Opportunity, Signal


@command("signal.record", needs=Permission.RECORD_ACTIONS)
def record_signal(tx: Tx, customer_id: int, signal: SignalInput, *, known_at: datetime | None = None) -> int:
    """Record a signal about a customer; returns its id.

    Args:
        known_at: instant at which it became known, for imported history; now when None.

    Raises:
        NotFound: no such customer within reach.
        Invalid: a value is wrong, or the opportunity is another customer's.
    """
    _reached(tx, customer_id)
    refuse(check_signal(signal, tx.now))
    if signal.opportunity_id is not None:
        owner = select(Opportunity.customer_id).where(Opportunity.id == signal.opportunity_id)
        if tx.session.scalar(owner) != customer_id:
            raise Invalid([Problem("opportunity", "other_customer")])
    said = {name: getattr(signal, name) for name in signal.__slots__}
    row = Signal(customer_id=customer_id, recorded_at=known_at or tx.now, **said)
    tx.session.add(row)
    tx.session.flush()
    tx.audit("signal", row.id, after=to_json(said | {"customer_id": customer_id}))
    return row.id


@command("signal.withdraw", needs=Permission.RECORD_ACTIONS)
def withdraw_signal(tx: Tx, signal_id: int) -> int:
    """Mark a signal as wrong: from now on it counts no more; returns its id.

    Raises:
        NotFound: no such signal within reach.
        Conflict: it was withdrawn before.
    """
    row = tx.session.get(Signal, signal_id, with_for_update=True)
    _reached(tx, row.customer_id if row else 0)
    assert row is not None
    if row.voided_at is not None:
        raise Conflict("withdrawn_already")
    row.voided_at = tx.now
    tx.audit("signal", row.id, before={"voided_at": None}, after=to_json({"voided_at": tx.now}))
    return row.id


def _reached(tx: Tx, customer_id: int) -> None:
    allowed = customers(tx.who, Permission.RECORD_ACTIONS)
    if tx.session.scalar(select(Customer.id).where(Customer.id == customer_id, allowed)) is None:
        raise NotFound(entity="customer")
