"""What a leaver looks after goes to a colleague, in one go (PRODUCT.md P4)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select

from core.access import Permission
from core.messages import Conflict, Invalid, NotFound, Problem, refuse
from core.notices import Notice
from core.people import LOOK_AFTER
from data.commands.alerts import sweep
from data.commands.command import Tx, command
from data.commands.duties import give_duties, locked
from data.commands.opportunities import change
from data.commands.outbox import post
from data.commands.people import locked_person
from data.commands.projections import project_customers, project_opportunities
from data.queries.customer_changes import HAND_OVER
from data.queries.leaving import fit_heir, looked_after, open_deals, planned_steps
from data.schema import Action, Audit, Customer, Opportunity, Person
from data.schema.types import Many, among


@command("person.hand_over", needs=Permission.MANAGE_PEOPLE)
def hand_over(tx: Tx, person_id: int, heir_id: int | None) -> int:
    """Give what a person looks after and has in hand to another, who is told.

    All customers, open opportunities and planned steps, and of their duties what the other may take over
    (`give_duties`). What was done and what was closed stays theirs; returns their id. The audit keeps which
    records went over.

    Raises:
        NotFound: no such person.
        Invalid: nobody was chosen, or somebody who could not take it over; or there is nothing to give.
    """
    deals = locked(tx, Opportunity, open_deals(person_id))  # before customers and people, as everywhere
    customers = locked(tx, Customer, looked_after(person_id))
    steps = locked(tx, Action, planned_steps(person_id))
    row = locked_person(tx, person_id)
    heir = _heir(tx, row, heir_id)
    if (customers or deals or steps) and heir.role not in LOOK_AFTER:
        raise Invalid([Problem("heir", "unknown_person")])
    given = give_duties(tx, person_id, heir)
    duties = _counts(given)
    _give(tx, heir.id, customers, deals, steps)
    _refresh(tx, customers, deals, steps)
    kept = _kept(customers, deals, steps)
    refuse([] if any(kept.values()) or any(duties.values()) else [Problem("heir", "nothing_to_hand_over")])
    log = tx.audit("person", row.id, after={"owner_id": heir.id} | kept | duties | {"duty_ids": given})
    tx.session.flush()
    post(tx.session, tx.now, list(_told(tx, row, heir, kept, duties, log.id)))
    return row.id


@command("person.bring_back", needs=Permission.MANAGE_PEOPLE)
def bring_back(tx: Tx, audit_id: int) -> int:
    """Give back what a hand-over gave away and what is still the other's; returns the id of who has it again.

    What went on to a third stays there, and so do duties that they may not have any more. Who has them again
    is told.

    Args:
        audit_id: the hand-over's row in the audit.

    Raises:
        NotFound: no such hand-over.
        Conflict: it was brought back already, nothing of it is still the other's, or who gave it is locked
            out or may not have customers any more.
    """
    past = tx.session.get(Audit, audit_id)
    if past is None or past.command != HAND_OVER or past.entity_id is None:
        raise NotFound(entity="person")
    kept = past.after or {}
    heir_id = int(kept["owner_id"])
    deals = locked(tx, Opportunity, _among(Opportunity.id, kept["opportunity_ids"]) & open_deals(heir_id))
    customers = locked(tx, Customer, _among(Customer.id, kept["customer_ids"]) & looked_after(heir_id))
    steps = locked(tx, Action, _among(Action.id, kept["action_ids"]) & planned_steps(heir_id))
    row = locked_person(tx, past.entity_id)
    if tx.session.scalar(select(Audit.id).where(Audit.undoes_id == audit_id)) is not None:
        raise Conflict("undone_already")
    if not row.active or ((customers or deals or steps) and row.role not in LOOK_AFTER):
        raise Conflict("looks_after_nobody", name=row.name)
    heir = tx.session.get_one(Person, heir_id)
    duties = _counts(give_duties(tx, heir_id, row, only=kept.get("duty_ids", {})))
    if not (customers or deals or steps or any(duties.values())):
        raise Conflict("nothing_to_bring_back", name=heir.name)
    _give(tx, row.id, customers, deals, steps)
    _refresh(tx, customers, deals, steps)
    back = _kept(customers, deals, steps)
    log = tx.audit("person", heir.id, after={"owner_id": row.id} | back | duties, undoes_id=audit_id)
    tx.session.flush()
    post(tx.session, tx.now, list(_told(tx, heir, row, back, duties, log.id)))
    return row.id


def _among(column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """However many: they travel as one value."""
    return among(column, bindparam(None, ids, type_=Many(column.type)))


def _give(
    tx: Tx, heir_id: int, customers: list[Customer], deals: list[Opportunity], steps: list[Action]
) -> None:
    for deal in deals:
        change(tx, deal, tx.now, owner_id=heir_id)
        deal.version += 1
    for customer in customers:
        customer.owner_id = heir_id
        customer.version += 1
    for step in steps:
        step.owner_id = heir_id


def _kept(customers: list[Customer], deals: list[Opportunity], steps: list[Action]) -> dict[str, Any]:
    """How many went over, for people; which, for whoever must know."""
    return {
        "customers": len(customers),
        "opportunities": len(deals),
        "steps": len(steps),
        "customer_ids": [one.id for one in customers],
        "opportunity_ids": [one.id for one in deals],
        "action_ids": [one.id for one in steps],
    }


def _counts(given: Mapping[str, Sequence[int]]) -> dict[str, int]:
    return {kind: len(ids) for kind, ids in given.items() if kind != "entered"}


def _heir(tx: Tx, leaver: Person, heir_id: int | None) -> Person:
    """Who takes over."""
    if heir_id is None:
        raise Invalid([Problem("heir", "required")])
    heir = tx.session.scalar(select(Person).where(Person.id == heir_id, fit_heir(leaver)))
    if heir is None:
        raise Invalid([Problem("heir", "unknown_person")])
    return heir


def _told(
    tx: Tx,
    leaver: Person,
    heir: Person,
    kept: dict[str, Any],
    duties: Mapping[str, int],
    audit_id: int,
) -> Iterator[Notice]:
    by = {"by": tx.who.name, "leaver": leaver.name}
    counts = {name: kept[name] for name in ("customers", "opportunities", "steps")}
    if any(counts.values()):
        these = {"handed": audit_id} if kept["customers"] or kept["opportunities"] else {}
        yield _notice(tx, leaver, heir, "customers", counts | by, ("customers", these))
    if any(duties.values()):
        yield _notice(tx, leaver, heir, "duties", dict(duties) | by, ("today", {}))


def _notice(
    tx: Tx, leaver: Person, heir: Person, what: str, about: dict[str, Any], opens: tuple[str, dict[str, Any]]
) -> Notice:
    kind = f"{what}_handed_over"
    return Notice(heir.id, kind, f"{kind}:{leaver.id}:{tx.now.isoformat()}", about, *opens)


def _refresh(tx: Tx, customers: list[Customer], deals: list[Opportunity], steps: list[Action]) -> None:
    touched = {deal.id for deal in deals} | {step.opportunity_id for step in steps if step.opportunity_id}
    seen = {c.id for c in customers} | {deal.customer_id for deal in deals if deal.customer_id}
    tx.session.flush()
    project_opportunities(tx.session, sorted(touched))
    project_customers(tx.session, sorted(seen))
    sweep(tx.session, tx.now, tx.policy, sorted(touched))
