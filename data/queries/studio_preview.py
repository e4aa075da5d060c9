"""What a change of the studio would have meant for the records of the last months (PRODUCT.md F2)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.definitions import check_own, value_of
from core.fields import Field, is_empty
from core.process.actions import fields_of
from core.terms import ActionStatus, Outcome
from data.queries.scope import owned
from data.schema import Action, Customer, Opportunity

DAYS = 90
MOST = 1_000  # newest records that are held against a draft
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Example:
    """A record that a definition would have held up."""

    action_id: int
    customer_id: int | None
    customer: str
    type: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FieldPreview:
    """What one field's definition would have meant.

    Attributes:
        records: completed actions of its types in the last `DAYS` days, at most the newest `MOST`.
        filled: of these, how many hold the field.
        missing: how many would have been held up because it must be filled.
        wrong: how many hold something that the definition would not take.
        examples: the newest of those held up.
    """

    key: str
    records: int
    filled: int
    missing: int
    wrong: int
    examples: tuple[Example, ...]


def fields_preview(
    session: Session, who: Who, own: Sequence[Field], keys: Collection[str], now: datetime
) -> tuple[FieldPreview, ...]:
    """Fields of a draft held against real records, as if they had been asked for all along.

    Args:
        own: the company's own fields as the draft has them.
        keys: of the fields that it changes.
    """
    changed = [f for f in own if f.key in keys and not f.retired]
    rows = _rows(session, who, {type_ for f in changed for type_ in f.types}, now) if changed else []
    records = [(row, _values(row, own)) for row in rows]
    return tuple(_preview(replace(f, since=None), records, now) for f in changed)


def _rows(session: Session, who: Who, types: Collection[str], now: datetime) -> Sequence[Row[Any]]:
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
    return session.execute(query).all()


def _values(row: Row[Any], own: Sequence[Field]) -> dict[str, Any]:
    """A record as conditions read it."""
    known = {f.key: f for f in fields_of(row.type, own)}
    values = {k: value_of(known[k], v) if k in known else v for k, v in (row.fields or {}).items()}
    outcome = row.outcome if row.closed_at == row.ended_at else Outcome.OPEN
    return values | {"type": row.type, "outcome": str(outcome)}


def _preview(
    field: Field, records: Iterable[tuple[Row[Any], Mapping[str, Any]]], now: datetime
) -> FieldPreview:
    mine = [(row, values) for row, values in records if row.type in field.types]
    found = [(row, problems) for row, values in mine if (problems := check_own(field, values, now, ""))]
    missing = sum(1 for _, problems in found if problems[0].code == "required")
    held_up = [
        Example(row.id, row.customer_id, row.name or "", row.type, row.ended_at)
        for row, _ in found[:EXAMPLES]
    ]
    filled = sum(1 for _, values in mine if not is_empty(values.get(field.key)))
    return FieldPreview(field.key, len(mine), filled, missing, len(found) - missing, tuple(held_up))
