"""What a leaver looks after goes to a colleague, in one go (PRODUCT.md P4)."""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select

from core.access import Permission
from core.messages import Invalid, Problem, refuse
from core.notices import Notice
from data.commands.alerts import sweep
from data.commands.command import Tx, command
from data.commands.opportunities import change
from data.commands.outbox import post
from data.commands.people import locked_person
from data.commands.projections import project_customers, project_opportunities
from data.queries.leaving import LOOK_AFTER, looked_after, open_deals, planned_steps
from data.schema import Action, Base, Customer, Opportunity, Person

Row = TypeVar("Row", bound=Base)


@command("person.hand_over", needs=Permission.MANAGE_PEOPLE)
def hand_over(tx: Tx, person_id: int, heir_id: int | None) -> int:
    """Give all customers, open opportunities and planned steps of a person to another, who is told.

    What was done and what was closed stays theirs; returns their id. The audit keeps which records went over.

    Raises:
        NotFound: no such person.
        Invalid: nobody was chosen, or somebody who looks after no customers; or there is nothing to give.
    """
    deals = _locked(tx, Opportunity, open_deals(person_id))  # before customers and people, as everywhere
    customers = _locked(tx, Customer, looked_after(person_id))
    steps = _locked(tx, Action, planned_steps(person_id))
    row = locked_person(tx, person_id)
    heir_id = _heir(tx, row, heir_id)
    refuse([] if customers or deals or steps else [Problem("heir", "nothing_to_hand_over")])
    _give(tx, heir_id, customers, deals, steps)
    _refresh(tx, customers, deals, steps)
    kept = _kept(customers, deals, steps)
    tx.audit("person", row.id, after={"owner_id": heir_id} | kept)
    post(tx.session, tx.now, [_told(tx, row, heir_id, kept)])
    return row.id


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


def _heir(tx: Tx, leaver: Person, heir_id: int | None) -> int:
    """Who takes over: active, another, and of a role that looks after customers."""
    if heir_id is None:
        raise Invalid([Problem("heir", "required")])
    heir = tx.session.get(Person, heir_id)
    fit = heir is not None and heir.active and heir.id != leaver.id and heir.role in LOOK_AFTER
    refuse([] if fit else [Problem("heir", "unknown_person")])
    return heir_id


def _told(tx: Tx, leaver: Person, heir_id: int, kept: dict[str, Any]) -> Notice:
    counts = {name: kept[name] for name in ("customers", "opportunities", "steps")}
    key = f"customers_handed_over:{leaver.id}:{tx.now.isoformat()}"
    about = counts | {"by": tx.who.name, "leaver": leaver.name}
    return Notice(heir_id, "customers_handed_over", key, about, "customers", {})


def _locked(tx: Tx, table: type[Row], theirs: ColumnElement[bool]) -> list[Row]:
    found = select(table).where(theirs).order_by(table.__table__.c.id).with_for_update()
    return list(tx.session.scalars(found))


def _refresh(tx: Tx, customers: list[Customer], deals: list[Opportunity], steps: list[Action]) -> None:
    touched = {deal.id for deal in deals} | {step.opportunity_id for step in steps if step.opportunity_id}
    seen = {c.id for c in customers} | {deal.customer_id for deal in deals if deal.customer_id}
    tx.session.flush()
    project_opportunities(tx.session, sorted(touched))
    project_customers(tx.session, sorted(seen))
    sweep(tx.session, tx.now, tx.policy, sorted(touched))
