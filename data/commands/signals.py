"""Signals about customers: recorded, told by other systems, and withdrawn when they prove wrong."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from core.access import Permission
from core.messages import Conflict, Invalid, NotFound, Problem, refuse
from core.signals import SignalInput, check_signal
from core.terms import Outcome
from data.commands.alerts import sweep
from data.commands.command import Tx, command
from data.jsontext import to_json
from data.queries.scope import customers
from data.schema import Customer, Opportunity, Signal

MOST_AT_ONCE = 500  # signals of one report


@dataclass(frozen=True, slots=True)
class Reported:
    """A signal as another system tells it.

    Attributes:
        ref: its id there, with which a second telling is known; None without one.
    """

    customer_id: int
    signal: SignalInput
    ref: str | None = None


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
    _look(tx, {customer_id})
    tx.audit("signal", row.id, after=to_json(said | {"customer_id": customer_id}))
    return row.id


@command("signal.report", needs=Permission.RECORD_ACTIONS)
def report_signals(tx: Tx, told: Sequence[Reported]) -> list[int]:
    """Record what another system tells, all of it or nothing; returns the ids, in order.

    What is known by its `ref` already is not written again. It became known now, whenever it happened.

    Raises:
        Invalid: with every problem, at `signals.<number>.<field>`.
    """
    reached, owners = _customers_of(tx, told), _opportunities_of(tx, told)
    known = _known(tx, told)
    problems, ids, fresh = [], [], []
    for n, said in enumerate(told):
        wrong = _wrong(tx, said, reached, owners)
        row = known.get(said.ref) if said.ref else None
        if row is None:
            row = _row(tx, said)
            fresh.append(row)
            known |= {said.ref: row} if said.ref else {}
        elif not _same(row, said):
            wrong.append(Problem("ref", "taken", {"value": said.ref}))
        problems += [replace(p, field=f"signals.{n}.{p.field}") for p in wrong]
        ids.append(row)
    refuse(problems)
    tx.session.add_all(fresh)
    tx.session.flush()
    _look(tx, {row.customer_id for row in fresh})
    tx.audit("signal", None, after={"signals": [row.id for row in fresh], "told": len(told)})
    return [row.id for row in ids]


def _customers_of(tx: Tx, told: Sequence[Reported]) -> set[int]:
    named = Customer.id.in_({said.customer_id for said in told})
    return set(
        tx.session.scalars(select(Customer.id).where(named, customers(tx.who, Permission.RECORD_ACTIONS)))
    )


def _opportunities_of(tx: Tx, told: Sequence[Reported]) -> dict[int | None, int | None]:
    named = {said.signal.opportunity_id for said in told} - {None}
    query = select(Opportunity.id, Opportunity.customer_id).where(Opportunity.id.in_(named))
    return {i: customer_id for i, customer_id in tx.session.execute(query)}


def _known(tx: Tx, told: Sequence[Reported]) -> dict[str | None, Signal]:
    named = {said.ref for said in told if said.ref}
    return {row.ref: row for row in tx.session.scalars(select(Signal).where(Signal.ref.in_(named)))}


def _wrong(tx: Tx, said: Reported, reached: set[int], owners: dict[int | None, int | None]) -> list[Problem]:
    problems = list(check_signal(said.signal, tx.now))
    if said.customer_id not in reached:
        problems.append(Problem("customer_id", "unknown_customer", {"value": said.customer_id}))
    opportunity = said.signal.opportunity_id
    if opportunity is not None and owners.get(opportunity) != said.customer_id:
        problems.append(Problem("opportunity", "other_customer"))
    return problems


def _row(tx: Tx, said: Reported) -> Signal:
    values = {name: getattr(said.signal, name) for name in said.signal.__slots__}
    return Signal(customer_id=said.customer_id, ref=said.ref, recorded_at=tx.now, **values)


def _same(row: Signal, said: Reported) -> bool:
    """Whether a known signal is the one that is told again."""
    told = said.signal
    return (row.customer_id, row.opportunity_id, row.kind, row.value, row.happened_at) == (
        said.customer_id, told.opportunity_id, told.kind, told.value, told.happened_at
    )  # fmt: skip


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
    tx.session.flush()
    _look(tx, {row.customer_id})
    tx.audit("signal", row.id, before={"voided_at": None}, after=to_json({"voided_at": tx.now}))
    return row.id


def _look(tx: Tx, customer_ids: Collection[int]) -> None:
    """Hold the alert rules against the customers' open opportunities: a signal may be a sign of life."""
    concerned = select(Opportunity.id).where(
        Opportunity.customer_id.in_(customer_ids), Opportunity.outcome == Outcome.OPEN
    )
    sweep(tx.session, tx.now, tx.policy, tx.session.scalars(concerned).all())


def _reached(tx: Tx, customer_id: int) -> None:
    allowed = customers(tx.who, Permission.RECORD_ACTIONS)
    if tx.session.scalar(select(Customer.id).where(Customer.id == customer_id, allowed)) is None:
        raise NotFound(entity="customer")
