"""Undoing a change: the record goes back to how it was, unless somebody has changed it since.

An undo is a change like any other: it has its audit row, and undoing that row does the thing again.
Only the fields that the change touched go back; what others changed beside them stays.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, delete, select

from core.access import Permission, reach
from core.changes import UNDOABLE
from core.messages import Conflict, NotAllowed, NotFound, refuse
from core.terms import ActionStatus, Outcome
from data.commands.actions import open_steps
from data.commands.alerts import sweep
from data.commands.command import Tx, command
from data.commands.customers import check_owner, reached_customer, tags_of
from data.commands.opportunities import EVENT_FIELDS, change, reached_opportunity
from data.commands.projections import project_customers, project_opportunities
from data.commands.turns import take_turn
from data.jsontext import to_json
from data.queries.scope import owned
from data.schema import (
    Action,
    Audit,
    Base,
    Contact,
    Customer,
    CustomerTag,
    Opportunity,
    Person,
    StageEvent,
    Tag,
)
from data.schema.types import Amount, Instant

TABLES: dict[str, type[Base]] = {
    "customer": Customer,
    "contact": Contact,
    "opportunity": Opportunity,
    "action": Action,
    "stage_event": StageEvent,
}
_CALLED_OFF = ("status", "cancelled_at", "cancel_reason")


@dataclass(frozen=True, slots=True)
class Step:
    """Fields of one record, as they are expected to stand and as they shall stand; values as JSON."""

    entity: str
    id: int
    expected: dict[str, Any]
    wanted: dict[str, Any]


@command("undo", needs=Permission.EDIT_CUSTOMERS)
def undo(tx: Tx, audit_id: int) -> int:
    """Take a change back; returns the id of the undo's own audit row, which can be undone too.

    Raises:
        NotFound: no such change within reach.
        NotAllowed: the role may not make such a change.
        Conflict: it was undone before, cannot be undone, or somebody changed the record since.
    """
    row = _undoable(tx, audit_id)
    if row.entity == "customer_tags":
        return _undo_tags(tx, row)
    steps = _steps(tx, row)
    for step in steps:
        _expect(tx, row, step)
    for step in steps:
        _set(tx, step)
    _refresh(tx, steps)
    main, *also = steps
    return _leave(tx, row, _kept(main.expected, also, "expected"), _kept(main.wanted, also, "wanted"))


def _undoable(tx: Tx, audit_id: int) -> Audit:
    """The audit row, within reach and not undone yet."""
    row = tx.session.get(Audit, audit_id)
    if row is None or row.entity_id is None:
        raise NotFound(entity="audit")
    if row.command not in UNDOABLE and row.command != "undo":
        raise Conflict("cannot_undo")
    _reach(tx, row.entity, row.entity_id)
    needs = UNDOABLE.get(row.command)
    if needs and reach(tx.who, needs) is None:
        raise NotAllowed(permission=needs)
    if tx.session.scalar(select(Audit.id).where(Audit.undoes_id == row.id)) is not None:
        raise Conflict("undone_already")
    return row


def _reach(tx: Tx, entity: str, entity_id: int) -> None:
    """Refuse records out of reach in the words for missing ones."""
    match entity:
        case "customer" | "customer_tags":
            reached_customer(tx, entity_id)
        case "contact":
            contact = tx.session.get(Contact, entity_id)
            reached_customer(tx, contact.customer_id if contact else 0)
        case "opportunity":
            reached_opportunity(tx, entity_id)
        case "action":
            mine = owned(tx.who, Permission.RECORD_ACTIONS, Opportunity.owner_id)
            query = select(Action.id).join(Opportunity).where(Action.id == entity_id, mine).with_for_update()
            if tx.session.scalar(query) is None:
                raise NotFound(entity=entity)
        case _:
            raise NotFound(entity=entity)


def _steps(tx: Tx, row: Audit) -> list[Step]:
    """What has to be set, the record itself first."""
    if row.command == "undo":
        return _again(tx, row)
    if row.command == "action.record":
        return _void(tx, row)
    table, before, after = TABLES[row.entity], row.before or {}, row.after or {}
    fields = [
        name
        for name in table.__table__.columns.keys()  # noqa: SIM118 - columns are not a mapping
        if name != "version" and _value(table, name, before.get(name)) != _value(table, name, after.get(name))
    ]
    assert row.entity_id is not None
    main = Step(
        row.entity, row.entity_id, {f: after.get(f) for f in fields}, {f: before.get(f) for f in fields}
    )
    return [main, *_consequences(tx, row, main)]


def _consequences(tx: Tx, row: Audit, main: Step) -> list[Step]:
    """What closing or assigning an opportunity did to its planned steps."""
    if row.command == "action.cancel":
        _still_open(tx, tx.session.get_one(Action, main.id).opportunity_id)
    if row.command == "opportunity.close":
        closed = select(Action).where(
            Action.opportunity_id == main.id, Action.cancelled_at == row.at, Action.cancel_reason == "closed"
        )
        return [_replan(action) for action in tx.session.scalars(closed)]
    if row.command == "opportunity.assign":
        planned = open_steps(tx, tx.session.get_one(Opportunity, main.id))
        return [Step("action", a.id, {"owner_id": a.owner_id}, dict(main.wanted)) for a in planned]
    return []


def _replan(action: Action) -> Step:
    expected = to_json({name: getattr(action, name) for name in _CALLED_OFF})
    return Step("action", action.id, expected, dict(zip(_CALLED_OFF, ("planned", None, None), strict=True)))


def _void(tx: Tx, row: Audit) -> list[Step]:
    """Undoing a recorded action: it is marked void, never erased, and what it had moved goes back."""
    action = tx.session.get_one(Action, row.entity_id)
    after: dict[str, Any] = row.after or {}
    _in_time(tx, row)
    _not_built_upon(tx, row, action)
    void = {"voided_at": tx.now.isoformat()}
    steps = [Step("action", action.id, {"voided_at": None, "status": after["status"]}, void)]
    events = select(StageEvent.id).where(StageEvent.action_id == action.id, StageEvent.voided_at.is_(None))
    steps += [Step("stage_event", i, {"voided_at": None}, void) for i in tx.session.scalars(events)]
    planned = tx.session.get(Action, after["next_step"]) if after.get("next_step") else None
    if planned is not None and planned.status == ActionStatus.PLANNED:
        steps.append(Step("action", planned.id, {"voided_at": None}, void))
    for step_id in after.get("called_off", ()):
        steps.append(_replan(tx.session.get_one(Action, step_id)))
    if row.before:
        steps.append(_plan_anew(tx, row.before))
    if "opportunity" in after:
        was, became = after["opportunity"]
        moved = [name for name in became if was[name] != became[name] or name == "outcome"]
        steps.append(
            Step(
                "opportunity",
                action.opportunity_id,
                {name: became[name] for name in moved},
                {name: was[name] for name in moved},
            )
        )
    return steps


def _in_time(tx: Tx, row: Audit) -> None:
    if tx.now - row.at > timedelta(minutes=tx.policy.undo_minutes):
        raise Conflict("undo_too_late", minutes=tx.policy.undo_minutes)


def _not_built_upon(tx: Tx, row: Audit, action: Action) -> None:
    """Refuse when a later record follows the action, or came to its opportunity since."""
    living = (Action.status == ActionStatus.COMPLETED, Action.voided_at.is_(None), Action.id != action.id)
    follower = select(Person.name).join(Action, Action.owner_id == Person.id)
    name = tx.session.scalar(follower.where(*living, Action.follows_id == action.id).limit(1))
    if name is None:
        since = follower.join(Audit, (Audit.entity_id == Action.id) & (Audit.entity == "action"))
        since = since.where(*living, Action.opportunity_id == action.opportunity_id, Audit.id > row.id)
        name = tx.session.scalar(since.limit(1))
    if name is not None:
        raise Conflict("built_upon", who=name)


def _plan_anew(tx: Tx, was: dict[str, Any]) -> Step:
    """The planned step that the undone action had completed, planned again as a row of its own."""
    row = Action()
    for name, value in was.items():
        if name not in ("id", "ref"):
            setattr(row, name, _value(Action, name, value))
    row.voided_at = tx.now
    tx.session.add(row)
    tx.session.flush()
    return Step("action", row.id, {"voided_at": tx.now.isoformat()}, {"voided_at": None})


def _again(tx: Tx, row: Audit) -> list[Step]:
    """Undoing an undo: every record that it set goes back to how the undo found it."""
    assert row.entity_id is not None
    before, after = dict(row.before or {}), dict(row.after or {})
    also = zip(before.pop("also", ()), after.pop("also", ()), strict=True)
    if row.entity == "action":
        action = tx.session.get_one(Action, row.entity_id)
        _not_built_upon(tx, row, action)
        _time_is_free(tx, action)
    main = Step(row.entity, row.entity_id, after, {name: before[name] for name in after})
    return [main] + [Step(a["entity"], a["id"], a["fields"], b["fields"]) for b, a in also]


def _time_is_free(tx: Tx, action: Action) -> None:
    take_turn(tx.session, action.owner_id)
    busy = select(Action.id).where(
        Action.owner_id == action.owner_id,
        Action.id != action.id,
        Action.voided_at.is_(None),
        Action.started_at < action.ended_at,
        Action.ended_at > action.started_at,
    )
    if action.status == ActionStatus.COMPLETED and tx.session.scalar(busy.limit(1)) is not None:
        raise Conflict("time_taken")


def _still_open(tx: Tx, opportunity_id: int) -> None:
    opportunity = tx.session.get_one(Opportunity, opportunity_id)
    if opportunity.outcome != Outcome.OPEN:
        raise Conflict("opportunity_closed", name=opportunity.name)


def _expect(tx: Tx, row: Audit, step: Step) -> None:
    """Refuse when a field is no longer as the change left it, naming who changed it."""
    table = TABLES[step.entity]
    record = tx.session.get(table, step.id, with_for_update=True, populate_existing=True)
    if record is None:
        raise Conflict("changed_since_unnamed")
    for name, value in step.expected.items():
        if getattr(record, name) != _value(table, name, value):
            raise _changed(tx, row, step)


def _changed(tx: Tx, row: Audit, step: Step) -> Conflict:
    last = (
        select(Person.name)
        .join(Audit, Audit.actor_id == Person.id)
        .where(Audit.entity == step.entity, Audit.entity_id == step.id, Audit.id > row.id)
        .order_by(Audit.id.desc())
    )
    name = tx.session.scalar(last.limit(1))
    return Conflict("changed_since", who=name) if name else Conflict("changed_since_unnamed")


def _set(tx: Tx, step: Step) -> None:
    table = TABLES[step.entity]
    record: Any = tx.session.get_one(table, step.id)
    values = {name: _value(table, name, value) for name, value in step.wanted.items()}
    if "owner_id" in values and step.entity != "action":
        _may_assign(tx, values["owner_id"])
    if step.entity == "opportunity":
        change(tx, record, tx.now, **{k: v for k, v in values.items() if k in EVENT_FIELDS})
    for name, value in values.items():
        setattr(record, name, value)
    if hasattr(record, "version"):
        record.version += 1


def _may_assign(tx: Tx, owner_id: int | None) -> None:
    if reach(tx.who, Permission.ASSIGN) is None:
        raise NotAllowed(permission=Permission.ASSIGN)
    refuse(check_owner(tx, owner_id))


def _undo_tags(tx: Tx, row: Audit) -> int:
    assert row.entity_id is not None
    before, after = set(row.before or ()), set(row.after or ())
    added, removed = after - before, before - after
    now = tags_of(tx, row.entity_id)
    if not added <= now.keys() or removed & now.keys():
        raise _changed(tx, row, Step("customer_tags", row.entity_id, {}, {}))
    gone = [now[key] for key in added]
    tx.session.execute(
        delete(CustomerTag).where(CustomerTag.customer_id == row.entity_id, CustomerTag.tag_id.in_(gone))
    )
    for tag_id in tx.session.scalars(select(Tag.id).where(Tag.key.in_(removed))):
        tx.session.add(CustomerTag(customer_id=row.entity_id, tag_id=tag_id, added_at=tx.now))
    project_customers(tx.session, [row.entity_id])
    return _leave(tx, row, sorted(now), sorted((now.keys() - added) | removed))


def _refresh(tx: Tx, steps: list[Step]) -> None:
    tx.session.flush()
    actions = [s.id for s in steps if s.entity == "action"]
    found = set(tx.session.scalars(select(Action.opportunity_id).where(Action.id.in_(actions))))
    opportunities = sorted(found | {s.id for s in steps if s.entity == "opportunity"})
    of = select(Opportunity.customer_id).where(Opportunity.id.in_(opportunities))
    customers = {c for c in tx.session.scalars(of) if c} | {s.id for s in steps if s.entity == "customer"}
    if opportunities:
        project_opportunities(tx.session, opportunities)
        sweep(tx.session, tx.now, tx.policy, opportunities)
    if customers:
        project_customers(tx.session, sorted(customers))


def _kept(fields: dict[str, Any], also: list[Step], which: str) -> dict[str, Any]:
    others = [{"entity": s.entity, "id": s.id, "fields": getattr(s, which)} for s in also]
    return fields | ({"also": others} if others else {})


def _leave(tx: Tx, row: Audit, before: Any, after: Any) -> int:
    made = tx.audit(row.entity, row.entity_id, before=before, after=after, undoes_id=row.id)
    tx.session.flush()
    return made.id


def _value(table: type[Base], name: str, value: Any) -> Any:
    """A value of the audit's JSON as the column holds it."""
    kind = table.__table__.c[name].type
    if value is None:
        return None
    if isinstance(kind, Instant):
        return datetime.fromisoformat(value)
    if isinstance(kind, Amount):
        return Decimal(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value
