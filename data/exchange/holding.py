"""An import changes what its preview showed; what others changed since is refused, never overwritten (P1)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.exchange.kinds import Kind
from core.exchange.mapping import FileMapping
from core.exchange.tables import Table
from core.messages import Problem
from core.policies import Policy
from data.exchange.importing import plan_import
from data.exchange.plan import Plan, Read, fetch
from data.schema import Base, Opportunity

_NOTHING = object()


def plan_held(
    session: Session,
    kind: Kind,
    table: Table,
    mapping: FileMapping,
    policy: Policy,
    now: datetime,
    seen: Mapping[Read, Any] | None,
) -> Plan:
    """What an import does, with all that it changes locked.

    Args:
        seen: what stood at the preview where the import would change something; None without a preview:
            then the file is what counts, whoever changed a record before.

    Raises:
        Invalid: the table lacks a needed column.
    """
    moved: dict[int, tuple[Problem, ...]] = {}
    locked: set[tuple[str, int]] = set()
    while True:
        plan = plan_import(session, kind, table, mapping, policy, now, reserve=True, left_out=moved)
        fresh = {} if seen is None else _changed_since(plan, kind, seen)
        if not fresh and _held(plan, locked):
            return plan
        moved |= fresh


def seen_by(plan: Plan) -> Mapping[Read, Any]:
    """What stood where a plan would change something."""
    return {read: value for read, (value, _) in plan.rests_on.items()}


def _changed_since(plan: Plan, kind: Kind, seen: Mapping[Read, Any]) -> dict[int, tuple[Problem, ...]]:
    """Lines that would overwrite what nobody had seen, each with the file's columns that were changed."""
    found: dict[int, set[str]] = defaultdict(set)
    for read, (value, line) in plan.rests_on.items():
        if seen.get(read, _NOTHING) != value:
            name = read[2].removesuffix("_id")
            found[line] |= {name} if kind.column(name) else set()
    return {
        line: tuple(Problem(name, "changed_since_preview") for name in sorted(names) or [""])
        for line, names in found.items()
    }


def _held(plan: Plan, locked: set[tuple[str, int]]) -> bool:
    """Lock what the plan changes; False where it has to be read anew. SQLite has one writer anyway.

    Args:
        locked: rows that were locked before the plan read them; those that are locked now are added.
    """
    fresh = {(name, row_id) for name, row_id, _ in plan.rests_on} - locked
    if plan.session.get_bind().dialect.name == "sqlite" or not fresh:
        return True
    now: dict[Read, Any] = {}
    names = {name for name, _ in fresh}
    for name in sorted(names, key=lambda name: (name != Opportunity.__tablename__, name)):
        columns = Base.metadata.tables[name].c
        query = select(*columns).order_by(columns["id"]).with_for_update()  # in the order of commands' locks
        for row in fetch(plan.session, query, columns["id"], {i for table, i in fresh if table == name}):
            now |= {(name, row["id"], column): value for column, value in row.items()}
    locked |= fresh
    # What is no column of the row itself, as a customer's tags, is read anew in any case.
    asked = {read: value for read, (value, _) in plan.rests_on.items() if read[:2] in fresh}
    return all(read in now and now[read] == value for read, value in asked.items())
