"""Opening, changing and closing opportunities; every change of a forecast's input is an event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.access import Permission
from core.definitions import OPPORTUNITY
from core.messages import Conflict, Invalid, NotFound, Problem, refuse
from core.money import is_currency
from core.opportunities import check_close
from core.process.stages import PIPELINE
from core.terms import ActionStatus, Outcome
from data.commands.alerts import sweep
from data.commands.command import Tx, command
from data.commands.own_values import put, settled
from data.commands.projections import project_customers, project_opportunities
from data.commands.webhook_events import place_of, tell_move
from data.jsontext import to_json
from data.queries.policies import company_day
from data.queries.scope import customers, owned
from data.schema import Action, Customer, Opportunity, OpportunityChange, Person, Pipeline

EVENT_FIELDS = ("amount", "currency", "close_on", "owner_id", "product", "outcome", "closed_at")


@dataclass(frozen=True, slots=True)
class OpportunityEdit:
    """What a person may change on an opportunity.

    Attributes:
        version: the version that the person saw.
        fields: values of the company's own fields, by key; those that are not named stay.
    """

    name: str
    amount: Decimal | None
    currency: str
    close_on: date | None
    product: str | None
    version: int
    fields: Mapping[str, Any] = field(default_factory=dict)


@command("opportunity.open", needs=Permission.RECORD_ACTIONS)
def open_opportunity(
    tx: Tx,
    customer_id: int,
    name: str,
    *,
    owner_id: int | None = None,
    amount: Decimal | None = None,
    currency: str | None = None,
    close_on: date | None = None,
    product: str | None = None,
    fields: Mapping[str, Any] | None = None,
) -> int:
    """Open an opportunity of a customer in Firebreak's own pipeline; returns its id.

    Args:
        fields: values of the company's own fields, by key.

    Raises:
        NotFound: no such customer within reach.
        Invalid: the name is missing, the amount negative, nobody pays in the currency, it would close before
            today, an own field is wrong, or the owner out of reach.
    """
    _reached_customer(tx, customer_id)
    money = currency or tx.policy.currency
    said = OpportunityEdit(name, amount, money, close_on, product, version=1)
    own, wrong = settled(tx, OPPORTUNITY, said, fields or {})
    closing = check_close(close_on, company_day(tx.session, tx.now))
    refuse([*check_opportunity(name, amount, money), *closing, *wrong])
    row = Opportunity(
        pipeline_id=tx.session.scalars(select(Pipeline.id).where(Pipeline.key == PIPELINE)).one(),
        name=name.strip(),
        customer_id=customer_id,
        owner_id=_reached_owner(tx, owner_id),
        product=product,
        amount=amount,
        currency=money,
        opened_at=tx.now,
        close_on=close_on,
        outcome=Outcome.OPEN,
        recorded_at=tx.now,
        fields={},
    )
    put(tx, row, own)
    tx.session.add(row)
    tx.session.flush()
    _refresh(tx, row)
    tx.audit("opportunity", row.id, after=picture(row))
    return row.id


@command("opportunity.edit", needs=Permission.EDIT_CUSTOMERS)
def edit_opportunity(tx: Tx, opportunity_id: int, edit: OpportunityEdit) -> int:
    """Change an open opportunity; returns its new version.

    Raises:
        NotFound: no such opportunity within reach.
        Conflict: somebody changed it since `edit.version`, or it is closed.
        Invalid: the name is missing, the amount negative, nobody pays in the currency, or it would close
            before it was opened.
    """
    row = reached_opportunity(tx, opportunity_id)
    if row.outcome != Outcome.OPEN:
        raise Conflict("opportunity_closed", name=row.name)
    if row.version != edit.version:
        raise Conflict("edited_meanwhile", name=row.name)
    own, wrong = settled(tx, OPPORTUNITY, edit, edit.fields, row)
    opened_on = company_day(tx.session, row.opened_at) if row.opened_at else None
    closing = check_close(edit.close_on, opened_on, row.close_on)
    refuse([*check_opportunity(edit.name, edit.amount, edit.currency), *closing, *wrong])
    before = picture(row)
    row.name = edit.name.strip()
    put(tx, row, own)
    told = {"amount": edit.amount, "currency": edit.currency, "close_on": edit.close_on}
    change(tx, row, tx.now, **told, product=edit.product)
    row.version += 1
    _refresh(tx, row)
    tx.audit("opportunity", row.id, before=before, after=picture(row))
    return row.version


@command("opportunity.close", needs=Permission.EDIT_CUSTOMERS)
def close_opportunity(tx: Tx, opportunity_id: int, outcome: Outcome) -> int:
    """Close an open opportunity as won or lost; its planned steps are called off. Returns its id.

    Raises:
        NotFound: no such opportunity within reach.
        Conflict: it is closed already.
        Invalid: OPEN is no way to close.
    """
    row = reached_opportunity(tx, opportunity_id)
    if outcome is Outcome.OPEN:
        raise Invalid([Problem("outcome", "required")])
    if row.outcome != Outcome.OPEN:
        raise Conflict("opportunity_closed", name=row.name)
    before, stood = picture(row), place_of(tx.session, row)
    close(tx, row, outcome, tx.now)
    row.version += 1
    _refresh(tx, row)
    tell_move(tx.session, tx.now, row, stood)
    tx.audit("opportunity", row.id, before=before, after=picture(row))
    return row.id


@command("opportunity.assign", needs=Permission.ASSIGN)
def assign_opportunity(tx: Tx, opportunity_id: int, owner_id: int) -> int:
    """Give an opportunity and its planned steps to another person within reach; returns its id.

    Raises:
        NotFound: no such opportunity within reach.
        Invalid: the new owner is not within reach.
    """
    row = reached_opportunity(tx, opportunity_id)
    before = picture(row)
    change(tx, row, tx.now, owner_id=_reached_owner(tx, owner_id))
    for step in _open_steps(tx, row):
        step.owner_id = owner_id
    row.version += 1
    _refresh(tx, row)
    tx.audit("opportunity", row.id, before=before, after=picture(row))
    return row.id


def check_opportunity(name: str, amount: Decimal | None, currency: str | None = None) -> list[Problem]:
    """What is wrong with an opportunity's own values; a currency that is not named is the company's."""
    problems = [] if name.strip() else [Problem("name", "required")]
    if amount is not None and amount < 0:
        problems.append(Problem("amount", "negative_amount"))
    if currency is not None and not is_currency(currency):
        problems.append(Problem("currency", "unknown_currency"))
    return problems


def reached_opportunity(tx: Tx, opportunity_id: int) -> Opportunity:
    """An opportunity within reach of the command's permission.

    Raises:
        NotFound: there is none.
    """
    row = tx.session.scalar(
        select(Opportunity)
        .where(
            Opportunity.id == opportunity_id, owned(tx.who, Permission.EDIT_CUSTOMERS, Opportunity.owner_id)
        )
        .with_for_update()
    )
    if row is None:
        raise NotFound(entity="opportunity")
    return row


def change(tx: Tx, row: Opportunity, happened_at: datetime | None, **values: Any) -> None:
    """Set columns of an opportunity, each change with its event."""
    for name, after in values.items():
        before = getattr(row, name)
        if before == after:
            continue
        setattr(row, name, after)
        tx.session.add(
            OpportunityChange(
                opportunity_id=row.id,
                field=name,
                before=to_json(before),
                after=to_json(after),
                happened_at=happened_at or tx.now,
                recorded_at=tx.now,
            )
        )


def close(tx: Tx, row: Opportunity, outcome: Outcome, at: datetime) -> None:
    """Close an opportunity and call its planned steps off."""
    change(tx, row, at, outcome=str(outcome), closed_at=at)
    for step in _open_steps(tx, row):
        step.status, step.cancelled_at, step.cancel_reason = ActionStatus.CANCELLED, tx.now, "closed"


def picture(row: Opportunity) -> dict[str, Any]:
    """An opportunity as the audit keeps it."""
    kept: dict[str, Any] = to_json({c.key: getattr(row, c.key) for c in Opportunity.__table__.columns})
    return kept


def _open_steps(tx: Tx, row: Opportunity) -> list[Action]:
    tx.session.flush()
    planned = select(Action).where(
        Action.opportunity_id == row.id,
        Action.status == ActionStatus.PLANNED,
        Action.voided_at.is_(None),
    )
    return list(tx.session.scalars(planned))


def _reached_customer(tx: Tx, customer_id: int) -> None:
    allowed = customers(tx.who, Permission.RECORD_ACTIONS)
    if tx.session.scalar(select(Customer.id).where(Customer.id == customer_id, allowed)) is None:
        raise NotFound(entity="customer")


def _reached_owner(tx: Tx, owner_id: int | None) -> int:
    wanted = owner_id or tx.who.person_id
    allowed = owned(tx.who, Permission.RECORD_ACTIONS, Person.id)
    found = tx.session.scalar(select(Person.id).where(Person.id == wanted, Person.active, allowed))
    if found is None:
        raise Invalid([Problem("owner", "unknown_person")])
    return found


def _refresh(tx: Tx, row: Opportunity) -> None:
    project_opportunities(tx.session, [row.id])
    if row.customer_id:
        project_customers(tx.session, [row.customer_id])
    sweep(tx.session, tx.now, tx.policy, [row.id])
