"""Who changed what, when: audit rows with their ids resolved to names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Who, reach
from core.changes import UNDOABLE, changed
from core.definitions import RECORDS as PLACES
from core.fields import Field
from data.queries.audit_records import Concerned, concerned, picture
from data.queries.own_fields import own_fields_by_version
from data.schema import (
    Audit,
    Contact,
    ForecastDecision,
    ForecastLine,
    ForecastRun,
    Person,
    Pipeline,
    Stage,
    Team,
)

CUSTOMERS = "acceptance.answer"  # the one command that a customer carries out
ANSWERED = "forecast.decide"
_VALUES = ("suggested", "scorecard")  # of an answered suggestion, in the currency of its forecast
HIDDEN = {
    "id", "version", "ref", "batch_id", "created_at", "recorded_at", "policy_version", "pipeline_id",
    "recording", "transcript", "follows_id", "fields", "customer_id", "opportunity_id", "also", "next_step",
    "called_off", "opportunity", "graded_at", "ended", "undone", "opened_by_id", "closed_by_id",
    "customer_ids", "opportunity_ids", "action_ids", "duty_ids", "photo",
}  # fmt: skip
NUMBERED = {"weights", "report"}  # their version is a number that people call them by
NAMED: dict[str, Any] = {
    "owner_id": Person,
    "assigned_to_id": Person,
    "team_id": Team,
    "contact_id": Contact,
    "stage_id": Stage,
    "pipeline_id": Pipeline,
    "person_id": Person,
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after; JSON values, ids already names.

    Attributes:
        own: of the company's own field of a customer or opportunity, how it was defined then.
        currency: of an answered suggestion's values, what they are in; "" where nothing says.
    """

    field: str
    before: Any
    after: Any
    own: Field | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change.

    Attributes:
        actor: None for the operator at the command line.
        name: of the record that was changed, or of the customer whose it is; "" when it has none.
        kind: of an action, its type.
        customer_id: whose page shows the record; None when it is no customer's.
        reason: what the person gave as reason.
        undoes: whether this row undid another one; undone: whether another undid this one.
        undoable: whether the person asking may try to undo it.
    """

    id: int
    at: datetime
    actor: str | None
    command: str
    entity: str
    entity_id: int | None
    name: str
    kind: str
    customer_id: int | None
    reason: str
    changes: tuple[FieldChange, ...]
    undoes: bool
    undone: bool
    undoable: bool


Read = tuple[Audit, str | None, int | None]


def read(session: Session, query: Select[Audit]) -> list[Read]:
    """Audit rows, each with its actor's name and the id of the row that undid it."""
    undoer = aliased(Audit)
    wide = (
        query.add_columns(Person.name, undoer.id)
        .outerjoin(Person, Person.id == Audit.actor_id)
        .outerjoin(undoer, undoer.undoes_id == Audit.id)
    )
    return [(r[0], r[1], r[2]) for r in session.execute(wide)]


def done_last(session: Session, who: Who, command: str, entity_id: int) -> tuple[str | None, datetime] | None:
    """Who carried a command out on a record last, and when; None where nobody did.

    The name is None for the operator at the command line.
    """
    query = (
        select(Person.name, Audit.at)
        .select_from(Audit)
        .outerjoin(Person, Person.id == Audit.actor_id)
        .where(Audit.command == command, Audit.entity_id == entity_id)
        .order_by(Audit.at.desc())
    )
    row = session.execute(query.limit(1)).first()
    return (row[0], row[1]) if row else None


def entries(session: Session, who: Who, rows: Sequence[Read]) -> tuple[AuditEntry, ...]:
    """Audit rows in words: what they concern, and each field before and after."""
    audits = [row for row, _, _ in rows]
    records = concerned(session, audits)
    names = _names(session, _ids(audits))
    own = own_fields_by_version(session, {v for row in audits if (v := _defined_by(row))})
    found = tuple(
        _entry(
            who, row, actor, undone, records[row.id], names,
            own.get(_defined_by(row), ()),
        )
        for row, actor, undone in rows
    )  # fmt: skip
    return _in_currency(session, found)


def _in_currency(session: Session, found: tuple[AuditEntry, ...]) -> tuple[AuditEntry, ...]:
    """Answered suggestions with the currency of the forecast that they answered."""
    answered = {e.entity_id for e in found if e.command == ANSWERED}
    if not answered:
        return found
    d = ForecastDecision
    query = (
        select(d.opportunity_id, d.decided_at, ForecastRun.currency)
        .join(ForecastLine, ForecastLine.id == d.line_id)
        .join(ForecastRun, ForecastRun.id == ForecastLine.run_id)
        .where(d.opportunity_id.in_(answered))
    )
    known = {(key, at): currency for key, at, currency in session.execute(query)}
    return tuple(_with_currency(e, known.get((e.entity_id or 0, e.at), "")) for e in found)


def _with_currency(entry: AuditEntry, currency: str) -> AuditEntry:
    if entry.command != ANSWERED or not currency:
        return entry
    changes = (replace(c, currency=currency) if c.field in _VALUES else c for c in entry.changes)
    return replace(entry, changes=tuple(changes))


def _entry(
    who: Who,
    row: Audit,
    actor: str | None,
    undone: int | None,
    record: Concerned,
    names: dict[tuple[Any, int], str],
    own: Sequence[Field],
) -> AuditEntry:
    before, after = picture(row.before), picture(row.after)
    return AuditEntry(
        id=row.id,
        at=row.at,
        actor=actor,
        command=row.command,
        entity=row.entity,
        entity_id=row.entity_id,
        name=record.name or str(after.get("name") or before.get("name") or ""),
        kind=record.kind,
        customer_id=record.customer_id,
        reason=str(after.get("reason") or ""),
        changes=tuple(
            FieldChange(f, _named(f, before.get(f), names), _named(f, after.get(f), names))
            for f in changed(before, after)
            if _shown(f, row.entity) and (before.get(f) or after.get(f))
        )
        + _own_changes(row, before, after, own),
        undoes=row.undoes_id is not None,
        undone=undone is not None,
        undoable=undone is None and _may_undo(who, row),
    )


def _shown(field: str, entity: str) -> bool:
    return field != "reason" and (field not in HIDDEN or (field == "version" and entity in NUMBERED))


def _own_changes(
    row: Audit, before: dict[str, Any], after: dict[str, Any], own: Sequence[Field]
) -> tuple[FieldChange, ...]:
    """Changes of a customer's or an opportunity's own fields, under the definitions of then."""
    if row.entity not in PLACES:
        return ()
    known = {f.key: f for f in own}
    old, new = (picture.get("fields") or {} for picture in (before, after))
    keys = (key for key in dict.fromkeys((*new, *old)) if old.get(key) != new.get(key))
    return tuple(FieldChange(key, old.get(key), new.get(key), known.get(key)) for key in keys)


def _defined_by(row: Audit) -> int:
    """The policy version under which a customer's or opportunity's own fields were written; 0 for none."""
    if row.entity not in PLACES:
        return 0
    pictures = (picture(row.after), picture(row.before))
    return next((int(p["policy_version"]) for p in pictures if p.get("policy_version")), 0)


def _may_undo(who: Who, row: Audit) -> bool:
    needs = UNDOABLE.get(row.command)
    if row.undoes_id is not None and row.command == "undo":
        needs = Permission.RECORD_ACTIONS if row.entity == "action" else Permission.EDIT_CUSTOMERS
        if "owner_id" in picture(row.after):
            needs = Permission.ASSIGN
    return (
        needs is not None
        and reach(who, needs) is not None
        and reach(who, Permission.EDIT_CUSTOMERS) is not None
    )


def _named(field: str, value: Any, names: dict[tuple[Any, int], str]) -> Any:
    return names.get((NAMED[field], value), "") if field in NAMED and value is not None else value


def _ids(audits: Iterable[Audit]) -> dict[Any, set[int]]:
    found: dict[Any, set[int]] = {}
    for row in audits:
        for kept in (picture(row.before), picture(row.after)):
            for field, table in NAMED.items():
                if isinstance(kept.get(field), int):
                    found.setdefault(table, set()).add(kept[field])
    return found


def _names(session: Session, ids: dict[Any, set[int]]) -> dict[tuple[Any, int], str]:
    names: dict[tuple[Any, int], str] = {}
    for table, wanted in ids.items():
        label = table.key if table is Stage else table.name
        for key, name in session.execute(select(table.id, label).where(table.id.in_(wanted))):
            names[(table, key)] = name
    return names
