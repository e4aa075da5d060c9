"""Taking an import back: what it created goes, what it updated returns, unless somebody built on it."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, delete, exists, func, or_, select

from core.messages import Conflict
from data.commands.command import Tx
from data.exchange.plan import Update, fetch
from data.exchange.undoing_computed import let_go, made_by_people
from data.exchange.writing import apply, look, refresh
from data.schema import (
    Action,
    Alert,
    Audit,
    Base,
    Customer,
    CustomerState,
    CustomerTag,
    ImportBatch,
    ImportChange,
    Interaction,
    Opportunity,
    OpportunityState,
    Signal,
    StageEvent,
)

# Kept beside the events and computed from them: they go with what they are about.
_DERIVED = {OpportunityState.__table__, CustomerState.__table__}
_TABLES: dict[str, type[Base]] = {m.class_.__tablename__: m.class_ for m in Base.registry.mappers}


def take_back(tx: Tx, batch: ImportBatch) -> None:
    """Undo everything of a batch that is marked as undone.

    Raises:
        Conflict: people changed or built upon records of it since; says how many, and of what tables (`of`).
    """
    changes = list(tx.session.scalars(select(ImportChange).where(ImportChange.batch_id == batch.id)))
    if stuck := _built_upon(tx, batch) + _changed_since(tx, batch, changes):
        raise Conflict("import_built_upon", n=stuck.total(), of=dict(stuck))
    opportunities, customers = _touched(tx, batch, changes)
    heard = _heard(tx, batch, changes)
    restored = [Update(_TABLES[c.entity], c.entity_id, c.after, _typed(c)) for c in changes]
    apply(tx, restored)
    let_go(tx, batch)
    _delete(tx, batch)
    refresh(tx, _living(tx, Opportunity, opportunities), _living(tx, Customer, customers))
    look(tx, heard, opportunities)


def _batched() -> list[Table]:
    return [t for t in Base.metadata.sorted_tables if "batch_id" in t.c and t is not ImportChange.__table__]


def _ours(table: Any, batch: ImportBatch) -> Any:
    return select(table.c.id).where(table.c.batch_id == batch.id)


def _built_upon(tx: Tx, batch: ImportBatch) -> Counter[str]:
    """Records of others that point to records of the batch, by table, but for what was only computed."""
    found: Counter[str] = Counter()
    for table in Base.metadata.sorted_tables:
        if table in _DERIVED:
            continue
        for column in table.c:
            for key in column.foreign_keys:
                target = key.column.table
                if target in _batched():
                    pointing = column.in_(_ours(target, batch)) & _not_of(table, batch)
                    query = select(func.count()).select_from(table).where(pointing)
                    found[table.name] += tx.session.scalar(query) or 0
    return +found


def _not_of(table: Table, batch: ImportBatch) -> ColumnElement[bool]:
    if table is CustomerTag.__table__:
        late: Column[Any] = table.c.added_at
        return late > batch.at
    if "batch_id" not in table.c:
        return made_by_people(table, batch)
    return or_(table.c.batch_id.is_(None), table.c.batch_id != batch.id)


def _changed_since(tx: Tx, batch: ImportBatch, changes: list[ImportChange]) -> Counter[str]:
    """Records of the batch that a later command or import changed, by table."""
    own = tx.session.scalar(
        select(Audit.id).where(Audit.command == "import.run", Audit.entity_id == batch.id)
    )
    later = select(ImportBatch.id).where(ImportBatch.id > batch.id, ImportBatch.undone_at.is_(None))
    found: set[tuple[str, int]] = set()
    for table in (t for t in _batched() if "id" in t.c):
        audited = exists().where(
            Audit.entity.in_((table.name, f"{table.name}_tags")),
            Audit.entity_id == table.c.id,
            Audit.id > own,
        )
        imported = exists().where(
            ImportChange.entity == table.name,
            ImportChange.entity_id == table.c.id,
            ImportChange.batch_id.in_(later),
        )
        query = select(table.c.id).where(or_(audited, imported))
        created = query.where(table.c.batch_id == batch.id)
        found |= {(table.name, i) for i in tx.session.scalars(created)}
        updated = [c.entity_id for c in changes if c.entity == table.name]
        found |= {(table.name, r["id"]) for r in fetch(tx.session, query, table.c.id, updated)}
    return Counter(name for name, _ in found)


def _touched(tx: Tx, batch: ImportBatch, changes: list[ImportChange]) -> tuple[set[int], set[int]]:
    """Opportunities and customers whose present state the undo alters."""
    opportunities, customers = set(), set()
    for table in (StageEvent, Action, Interaction):
        ids = select(table.opportunity_id).where(table.batch_id == batch.id).distinct()
        opportunities |= {i for i in tx.session.scalars(ids) if i}
    for owned in (Opportunity, Action, Interaction):
        ids = select(owned.customer_id).where(owned.batch_id == batch.id).distinct()
        customers |= {i for i in tx.session.scalars(ids) if i}
    opportunities |= {c.entity_id for c in changes if c.entity == "opportunity"}
    moved = [c.entity_id for c in changes if c.entity == "stage_event"]
    events = fetch(tx.session, select(StageEvent.opportunity_id), StageEvent.id, moved)
    opportunities |= {e["opportunity_id"] for e in events}
    customers |= {c.entity_id for c in changes if c.entity == "customer"}
    for change in changes:
        customers |= {i for i in (change.before.get("customer_id"), change.after.get("customer_id")) if i}
    held = select(Opportunity.id, Opportunity.customer_id)
    rows = fetch(tx.session, held, Opportunity.id, opportunities)
    return opportunities, customers | {r["customer_id"] for r in rows if r["customer_id"]}


def _heard(tx: Tx, batch: ImportBatch, changes: list[ImportChange]) -> set[int]:
    """Customers of the batch's interactions and signals."""
    found: set[int] = set()
    for table in (Interaction, Signal):
        ours = select(table.customer_id).where(table.batch_id == batch.id).distinct()
        changed = [c.entity_id for c in changes if c.entity == table.__tablename__]
        rows = fetch(tx.session, select(table.customer_id), table.id, changed)
        found |= {*tx.session.scalars(ours), *(row["customer_id"] for row in rows)}
        found |= {
            c.before["customer_id"] for c in changes if "customer_id" in c.before and c.entity_id in changed
        }
    return found


def _delete(tx: Tx, batch: ImportBatch) -> None:
    for state, key, owner in (
        (OpportunityState, OpportunityState.opportunity_id, Opportunity.__table__),
        (Alert, Alert.opportunity_id, Opportunity.__table__),
        (CustomerState, CustomerState.customer_id, Customer.__table__),
        (CustomerTag, CustomerTag.customer_id, Customer.__table__),
    ):
        tx.session.execute(delete(state).where(key.in_(_ours(owner, batch))))
    for table in reversed(_batched()):
        rows = delete(table).where(table.c.batch_id == batch.id)
        tx.session.connection().execute(rows)


def _living(tx: Tx, table: type[Opportunity] | type[Customer], ids: set[int]) -> set[int]:
    return {row["id"] for row in fetch(tx.session, select(table.id), table.id, ids)}


def _typed(change: ImportChange) -> dict[str, Any]:
    """What a change kept as JSON, in its columns' types again."""
    columns = _TABLES[change.entity].__table__.c
    return {
        k: _value(columns[k].type.python_type if k in columns else list, v) for k, v in change.before.items()
    }


def _value(kind: type, value: Any) -> Any:
    if not isinstance(value, str) or kind is str:
        return value
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value)
    return Decimal(value) if kind is Decimal else value
