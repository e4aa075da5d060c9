"""What a change of the studio would have meant for the records of the last months (PRODUCT.md F2)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.definitions import CUSTOMER, OPPORTUNITY, RECORDS, check_own, value_of
from core.fields import Field, is_empty
from core.own_records import about
from core.process.actions import fields_of, own_fields
from core.terms import ActionStatus, Outcome
from data.queries.scope import customers, owned
from data.schema import Action, Customer, Opportunity

DAYS = 90
MOST = 1_000  # newest records that are held against a draft
EXAMPLES = 5
ACTION = "action"


@dataclass(frozen=True, slots=True)
class Example:
    """A record that a definition would have held up.

    Attributes:
        name: an opportunity's; "" of others.
        type: the action's type, or the kind of record.
    """

    id: int
    customer_id: int | None
    customer: str
    name: str
    type: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FieldPreview:
    """What one field's definition would have meant.

    Attributes:
        place: what was held against it: ACTION, or the kind of record.
        records: completed actions of its types in the last `DAYS` days, or all customers, or all open
            opportunities; at most the newest `MOST`.
        filled: of these, how many hold the field.
        missing: how many would have been held up because it must be filled.
        wrong: how many hold something that the definition would not take.
        examples: the newest of those held up.
    """

    key: str
    place: str
    records: int
    filled: int
    missing: int
    wrong: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class _Held:
    """A record as conditions read it."""

    example: Example
    values: Mapping[str, Any]


def fields_preview(
    session: Session, who: Who, own: Sequence[Field], keys: Collection[str], now: datetime
) -> tuple[FieldPreview, ...]:
    """Fields of a draft held against real records, as if they had been asked for all along.

    Args:
        own: the company's own fields as the draft has them.
        keys: of the fields that it changes.
    """
    changed = [f for f in own if f.key in keys and not f.retired]
    types = {type_ for f in changed for type_ in f.types}
    held = _actions(session, who, types - set(RECORDS), own, now) if types - set(RECORDS) else []
    held += _customers(session, who, own) if CUSTOMER in types else []
    held += _opportunities(session, who, own) if OPPORTUNITY in types else []
    return tuple(_preview(replace(f, since=None), held, now) for f in changed)


def _actions(
    session: Session, who: Who, types: Collection[str], own: Sequence[Field], now: datetime
) -> list[_Held]:
    query = (
        select(
            Action.id, Action.type, Action.ended_at, Action.fields, Customer.id.label("customer_id"),
            Customer.name, Opportunity.outcome, Opportunity.closed_at,
        )
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .outerjoin(Customer, Customer.id == Action.customer_id)
        .where(
            Action.status == ActionStatus.COMPLETED,
            Action.voided_at.is_(None),
            Action.type.in_(types),
            Action.ended_at >= now - timedelta(days=DAYS),
            owned(who, Permission.CHANGE_STUDIO, Action.owner_id),
        )
        .order_by(Action.ended_at.desc(), Action.id.desc())
        .limit(MOST)
    )  # fmt: skip
    return [
        _Held(
            Example(row.id, row.customer_id, row.name or "", "", row.type, row.ended_at),
            _typed(row.fields or {}, fields_of(row.type, own)) | _context(row),
        )
        for row in session.execute(query)
    ]


def _customers(session: Session, who: Who, own: Sequence[Field]) -> list[_Held]:
    newest = (
        select(Customer)
        .where(customers(who, Permission.CHANGE_STUDIO))
        .order_by(Customer.created_at.desc(), Customer.id.desc())
        .limit(MOST)
    )
    return [
        _Held(
            Example(row.id, row.id, row.name, "", CUSTOMER, row.created_at),
            about(CUSTOMER, row) | _typed(row.fields, own_fields(CUSTOMER, own)),
        )
        for row in session.scalars(newest)
    ]


def _opportunities(session: Session, who: Who, own: Sequence[Field]) -> list[_Held]:
    newest = (
        select(Opportunity, Customer.name)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(
            Opportunity.outcome == Outcome.OPEN,
            owned(who, Permission.CHANGE_STUDIO, Opportunity.owner_id),
        )
        .order_by(Opportunity.recorded_at.desc(), Opportunity.id.desc())
        .limit(MOST)
    )
    return [
        _Held(
            Example(row.id, row.customer_id, name or "", row.name, OPPORTUNITY, row.recorded_at),
            about(OPPORTUNITY, row) | _typed(row.fields, own_fields(OPPORTUNITY, own)),
        )
        for row, name in session.execute(newest)
    ]


def _context(row: Row[Any]) -> dict[str, Any]:
    outcome = row.outcome if row.closed_at == row.ended_at else Outcome.OPEN
    return {"type": row.type, "outcome": str(outcome)}


def _typed(fields: Mapping[str, Any], defined: Iterable[Field]) -> dict[str, Any]:
    known = {f.key: f for f in defined}
    return {k: value_of(known[k], v) if k in known else v for k, v in fields.items()}


def _preview(field: Field, held: Iterable[_Held], now: datetime) -> FieldPreview:
    mine = [one for one in held if one.example.type in field.types]
    found = [(one, problems) for one in mine if (problems := check_own(field, one.values, now, ""))]
    missing = sum(1 for _, problems in found if problems[0].code == "required")
    filled = sum(1 for one in mine if not is_empty(one.values.get(field.key)))
    place = next((t for t in field.types if t in RECORDS), ACTION)
    examples = tuple(one.example for one, _ in found[:EXAMPLES])
    return FieldPreview(field.key, place, len(mine), filled, missing, len(found) - missing, examples)
