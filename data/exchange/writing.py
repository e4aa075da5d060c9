"""Carrying a plan out: bulk inserts and updates, then projections and alerts once for all that it touched."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from core.terms import Outcome
from data.commands.alerts import sweep
from data.commands.api_tokens import end_tokens
from data.commands.command import Tx
from data.commands.projections import project_customers, project_opportunities
from data.commands.promise_sweep import sweep_promises
from data.exchange.collecting import uncollected
from data.exchange.plan import Plan, Update, fetch
from data.jsontext import to_json
from data.schema import (
    Action,
    Base,
    Customer,
    CustomerTag,
    Demand,
    Feature,
    ImportBatch,
    ImportChange,
    Opportunity,
    Person,
    PlannedDate,
    Promise,
    PromisedDate,
    UserSession,
)

_PROMISED = {Promise, PromisedDate, Feature, PlannedDate, Demand}  # what moves a promise or its plan
_FEW = 20_000  # more touched records than this: recompute all projections at once


@uncollected()
def write(tx: Tx, plan: Plan, batch: ImportBatch) -> None:
    """Write everything that is planned, marked with the batch."""
    _insert(tx, plan, batch.id)
    changes = [_as_change(u, batch.id) for u in plan.updates]
    if changes:
        tx.session.execute(insert(ImportChange), changes)
    apply(tx, plan.updates)
    refresh(tx, plan.opportunities, plan.customers)
    look(tx, plan.heard, plan.opportunities)
    if _PROMISED & (plan.inserts.keys() | {u.table for u in plan.updates}):
        sweep_promises(tx.session, tx.now, tx.policy)


def apply(tx: Tx, updates: Collection[Update]) -> None:
    """Set the changed columns of stored records, and grow their versions."""
    alike: dict[tuple[type[Base], tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
    for change in updates:
        values = {k: v for k, v in change.after.items() if k != "tags"}
        alike[change.table, tuple(sorted(values))].append({"row_id": change.id} | values)
        if "tags" in change.after:
            _set_tags(tx, change.id, change.after["tags"])
    for (table, names), rows in alike.items():
        columns: dict[str, Any] = {n: bindparam(n) for n in names}
        key = table.__table__.c["id"]
        if "version" in table.__table__.c and "version" not in columns:
            columns["version"] = table.__table__.c["version"] + 1
        if columns:
            statement = update(table).where(key == bindparam("row_id")).values(columns)
            tx.session.connection().execute(statement, rows)
    gone = [u.id for u in updates if u.table is Person and u.after.get("active") is False]
    living = (UserSession.person_id.in_(gone), UserSession.revoked_at.is_(None))
    if gone:
        tx.session.execute(update(UserSession).where(*living).values(revoked_at=tx.now))
    for person_id in gone:
        end_tokens(tx.session, person_id, tx.now)


def refresh(tx: Tx, opportunities: Collection[int], customers: Collection[int]) -> None:
    """Recompute what lists and boards show of these records."""
    for ids in _portions(
        tx, Opportunity, opportunities
    ):  # first, as everywhere: both hold what they recompute
        project_opportunities(tx.session, ids)
        sweep(tx.session, tx.now, tx.policy, ids)
    for ids in _portions(tx, Customer, customers):
        project_customers(tx.session, ids)


def look(tx: Tx, heard: Collection[int], seen: Collection[int] = ()) -> None:
    """Hold the alert rules against open opportunities of customers who were heard of, but those `seen`."""
    query = select(Opportunity.id).where(Opportunity.outcome == Outcome.OPEN)
    theirs = {row["id"] for row in fetch(tx.session, query, Opportunity.customer_id, heard)}
    for ids in _portions(tx, Opportunity, theirs - set(seen)):
        sweep(tx.session, tx.now, tx.policy, ids)


def _portions(tx: Tx, of: type[Opportunity] | type[Customer], ids: Collection[int]) -> list[list[int] | None]:
    """Some ids at a time; None for all when they are many, or most of those there are."""
    if len(ids) > _FEW or 2 * len(ids) > (tx.session.scalar(select(func.count(of.id))) or 0):
        return [None]
    ordered = sorted(ids)
    return [ordered[n : n + 2000] for n in range(0, len(ordered), 2000)]


def _insert(tx: Tx, plan: Plan, batch_id: int) -> None:
    for table in Base.metadata.sorted_tables:
        for mapped, rows in plan.inserts.items():
            if mapped.__table__ is table and rows:
                _insert_rows(tx, mapped, rows, batch_id)


def _insert_rows(tx: Tx, table: type[Base], rows: list[dict[str, Any]], batch_id: int) -> None:
    if "batch_id" in table.__table__.c:
        for row in rows:
            row["batch_id"] = batch_id
    if table is Action:
        # An action follows earlier ones: those must stand first.
        rows = sorted(rows, key=lambda r: r.get("ended_at") or datetime.max.replace(tzinfo=tx.now.tzinfo))
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        alike[tuple(row)].append(row)
    for some in alike.values():
        tx.session.connection().execute(insert(table), _told(table, some))


def _told(table: type[Base], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the same columns without those of which none says anything, and which stay empty then."""
    columns = table.__table__.c
    told = [
        name
        for name in rows[0]
        if columns[name].default is not None or any(row[name] is not None for row in rows)
    ]
    return [{name: row[name] for name in told} for row in rows] if len(told) < len(rows[0]) else rows


def _set_tags(tx: Tx, customer_id: int, tags: Collection[int]) -> None:
    carried = delete(CustomerTag).where(CustomerTag.customer_id == customer_id)
    tx.session.execute(carried.where(CustomerTag.tag_id.not_in(tags)))
    query = select(CustomerTag.tag_id).where(CustomerTag.customer_id == customer_id)
    standing = set(tx.session.scalars(query))
    for tag_id in set(tags) - standing:
        tx.session.add(CustomerTag(customer_id=customer_id, tag_id=tag_id, added_at=tx.now))
    tx.session.flush()


def _as_change(change: Update, batch_id: int) -> dict[str, Any]:
    return {
        "batch_id": batch_id,
        "entity": change.table.__tablename__,
        "entity_id": change.id,
        "before": to_json(dict(change.before)),
        "after": to_json(dict(change.after)),
    }
