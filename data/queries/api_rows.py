"""Records for the HTTP API: within reach, by id, a page at a time, and only what changed since (F3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.messages import NotFound
from data.queries.scope import customers, owned
from data.schema import (
    Action,
    Audit,
    Contact,
    Customer,
    CustomerTag,
    Demand,
    ImportBatch,
    ImportChange,
    Opportunity,
    OpportunityChange,
    OpportunityState,
    PlannedDate,
    Promise,
    PromisedDate,
    Signal,
    Stage,
    StageEvent,
    Tag,
)

SEE, SEE_PROMISES = Permission.SEE_CUSTOMERS, Permission.SEE_PROMISES
Row = TypeVar("Row", Customer, Contact, Opportunity, Action, Signal, Demand, Promise)


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is asked for.

    Attributes:
        after: id after which the page begins.
        since: only what was written or changed from this instant on; None for all.
    """

    after: int = 0
    limit: int = 50
    since: datetime | None = None


def page(
    session: Session, who: Who, table: type[Row], window: Window, *narrowed: ColumnElement[bool]
) -> list[Row]:
    """One page of a table's rows within reach, by id; one row more where another page follows."""
    fresh = changed_since(table, window.since) if window.since else true()
    query = select(table).where(within(who, table), table.id > window.after, fresh, *narrowed)
    return list(session.scalars(query.order_by(table.id).limit(window.limit + 1)))


def one(session: Session, who: Who, table: type[Row], row_id: int) -> Row:
    """One row within reach.

    Raises:
        NotFound: there is none.
    """
    row = session.scalar(select(table).where(table.id == row_id, within(who, table)))
    if row is None:
        raise NotFound(entity=table.__tablename__)
    return row


def within(who: Who, table: type[Any]) -> ColumnElement[bool]:
    """Rows of a table that this person may see: those of customers and opportunities within reach."""
    needs = SEE_PROMISES if table in (Demand, Promise) else SEE
    reached = customers(who, needs)
    if table is Customer:
        return reached
    theirs: ColumnElement[bool] = table.customer_id.in_(select(Customer.id).where(reached))
    return or_(owned(who, needs, table.owner_id), theirs) if table in (Opportunity, Action) else theirs


def changed_since(table: type[Any], since: datetime) -> ColumnElement[bool]:
    """Rows that a command or an import wrote or changed from an instant on."""
    batches = select(ImportBatch.id).where(or_(ImportBatch.at >= since, ImportBatch.undone_at >= since))
    names = (table.__tablename__, f"{table.__tablename__}_tags")
    audited = select(Audit.entity_id).where(Audit.entity.in_(names), Audit.at >= since)
    imported = select(ImportChange.entity_id).where(
        ImportChange.entity == table.__tablename__, ImportChange.batch_id.in_(batches)
    )
    return or_(
        table.id.in_(audited), table.batch_id.in_(batches), table.id.in_(imported), *_own(table, since)
    )


def _own(table: type[Any], since: datetime) -> list[ColumnElement[bool]]:
    """What else moves a row: its own instants, and the events that belong to it."""
    instants = ("created_at", "recorded_at", "cancelled_at", "voided_at")
    own = [getattr(table, name) >= since for name in instants if hasattr(table, name)]
    planned = select(PlannedDate.feature_id).where(PlannedDate.recorded_at >= since)
    if table is Opportunity:
        moved = (OpportunityChange.opportunity_id, OpportunityChange.recorded_at >= since)
        staged = or_(StageEvent.recorded_at >= since, StageEvent.voided_at >= since)
        for column, fresh in (moved, (StageEvent.opportunity_id, staged)):
            own.append(Opportunity.id.in_(select(column).where(fresh)))
    if table is Action:
        given = select(Audit.entity_id).where(Audit.command == "opportunity.assign", Audit.at >= since)
        own.append(Action.opportunity_id.in_(given))
    if table in (Demand, Promise):
        own.append(table.feature_id.in_(planned))
    if table is Promise:
        own.append(Promise.demand_id.in_(select(Demand.id).where(Demand.feature_id.in_(planned))))
        told = select(PromisedDate.promise_id).where(PromisedDate.recorded_at >= since)
        own.append(Promise.id.in_(told))
    return own


def tags_of(session: Session, ids: list[int]) -> dict[int, list[str]]:
    """The tags of customers, by customer."""
    query = select(CustomerTag.customer_id, Tag.key).join(Tag, Tag.id == CustomerTag.tag_id)
    found: dict[int, list[str]] = {i: [] for i in ids}
    for customer_id, key in session.execute(query.where(CustomerTag.customer_id.in_(ids)).order_by(Tag.id)):
        found[customer_id].append(key)
    return found


def standings_of(
    session: Session, ids: list[int]
) -> dict[int, tuple[str | None, datetime | None, int | None]]:
    """By opportunity: its stage, since when, and its next step's action."""
    query = (
        select(
            OpportunityState.opportunity_id,
            Stage.key,
            OpportunityState.stage_since,
            OpportunityState.next_step_id,
        )
        .outerjoin(Stage, Stage.id == OpportunityState.stage_id)
        .where(OpportunityState.opportunity_id.in_(ids))
    )
    return {i: (stage, since, step) for i, stage, since, step in session.execute(query)}
