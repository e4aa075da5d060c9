"""Undoing a change: the record goes back to how it was, unless somebody has changed it since.

An undo is a change like any other: it has its audit row, and undoing that row does the thing again.
Only the fields that the change touched go back; what others changed beside them stays.
"""

from typing import Any

from sqlalchemy import delete, select

from core.access import Permission, reach
from core.changes import UNDOABLE
from core.messages import Conflict, NotAllowed, NotFound
from data.commands.actions import open_steps
from data.commands.alerts import sweep
from data.commands.command import Tx, command
from data.commands.customers import reached_customer, tags_of
from data.commands.opportunities import reached_opportunity
from data.commands.projections import project_customers, project_opportunities
from data.commands.undo_actions import not_built_upon, replan, still_open, time_is_free, void_action
from data.commands.undo_steps import TABLES, Step, changed_since, expect, put_back, value_of
from data.queries.scope import owned
from data.schema import Action, Audit, Contact, CustomerTag, Opportunity, Tag


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
        expect(tx, row, step)
    for step in steps:
        put_back(tx, step)
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
        return void_action(tx, row)
    table, before, after = TABLES[row.entity], row.before or {}, row.after or {}
    fields = [
        name
        for name in table.__table__.columns.keys()  # noqa: SIM118 - columns are not a mapping
        if name != "version"
        and value_of(table, name, before.get(name)) != value_of(table, name, after.get(name))
    ]
    assert row.entity_id is not None
    main = Step(
        row.entity, row.entity_id, {f: after.get(f) for f in fields}, {f: before.get(f) for f in fields}
    )
    return [main, *_consequences(tx, row, main)]


def _consequences(tx: Tx, row: Audit, main: Step) -> list[Step]:
    """What closing or assigning an opportunity did to its planned steps."""
    if row.command == "action.cancel":
        still_open(tx, tx.session.get_one(Action, main.id).opportunity_id)
    if row.command == "opportunity.close":
        closed = select(Action).where(
            Action.opportunity_id == main.id, Action.cancelled_at == row.at, Action.cancel_reason == "closed"
        )
        return [replan(action) for action in tx.session.scalars(closed)]
    if row.command == "opportunity.assign":
        planned = open_steps(tx, tx.session.get_one(Opportunity, main.id))
        return [Step("action", a.id, {"owner_id": a.owner_id}, dict(main.wanted)) for a in planned]
    return []


def _again(tx: Tx, row: Audit) -> list[Step]:
    """Undoing an undo: every record that it set goes back to how the undo found it."""
    assert row.entity_id is not None
    before, after = dict(row.before or {}), dict(row.after or {})
    also = zip(before.pop("also", ()), after.pop("also", ()), strict=True)
    if row.entity == "action":
        action = tx.session.get_one(Action, row.entity_id)
        not_built_upon(tx, row, action)
        time_is_free(tx, action)
    main = Step(row.entity, row.entity_id, after, {name: before[name] for name in after})
    return [main] + [Step(a["entity"], a["id"], a["fields"], b["fields"]) for b, a in also]


def _undo_tags(tx: Tx, row: Audit) -> int:
    assert row.entity_id is not None
    before, after = set(row.before or ()), set(row.after or ())
    added, removed = after - before, before - after
    now = tags_of(tx, row.entity_id)
    if not added <= now.keys() or removed & now.keys():
        raise changed_since(tx, row, Step("customer_tags", row.entity_id, {}, {}))
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
