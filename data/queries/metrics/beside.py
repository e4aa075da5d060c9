"""Beside the rows of a number: the actions behind, the customers' industries, competitor contact (D3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session

from core.access import Who
from core.reports.catalogue import Dimension, Metric
from core.reports.facts import counted
from core.terms import ActionStatus
from data.queries.metrics.ask import GROUPS, Ask
from data.queries.metrics.source import READERS, facts, selected
from data.schema import Action, Customer, Opportunity, Person, Signal

COMPETITOR_DAYS = 90
ACTIONS_SHOWN = 50
Ids = Select[Any] | Sequence[int]


@dataclass(frozen=True, slots=True)
class Customers:
    """Some customers: how many, how many of each industry, and how many met a competitor lately."""

    n: int
    industries: Mapping[str, int]
    competitor: int


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action behind a number."""

    at: datetime | None
    type: str
    rep: str
    opportunity: str
    customer_id: int | None
    summary: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the rows of a number.

    Attributes:
        opportunities: how many the rows are about; demands and promises are about none.
        mine: the customers of the rows.
        rest: those of the number's other rows; for a whole number, those of the period before.
    """

    opportunities: int
    actions: tuple[ActionLine, ...]
    mine: Customers
    rest: Customers


def beside(
    session: Session,
    who: Who,
    ask: Ask,
    metric: Metric,
    dimension: Dimension | None,
    key: str | None,
    opportunities: Sequence[int],
) -> Beside:
    """What helps to read the rows of a number.

    Args:
        opportunities: those of its rows whose actions are wanted, within reach.
    """
    mine = _customers(session, who, ask, metric, dimension, key)
    if dimension is None:
        rest = _customers(session, who, ask.before(), metric, None, None)
    else:
        rest = _customers(session, who, ask, metric, dimension, key, others=True)
    end = ask.span.until
    actions = _actions(session, ask, opportunities)
    return Beside(len(opportunities), actions, _told(session, mine, end), _told(session, rest, end))


def _customers(
    session: Session,
    who: Who,
    ask: Ask,
    metric: Metric,
    dimension: Dimension | None,
    key: str | None,
    *,
    others: bool = False,
) -> Ids:
    """Ids of the customers of a group's rows, or of the other rows."""
    if metric.grain in READERS:
        rows_read = counted(facts(session, who, ask, metric.grain), metric.name, None, None)
        return list(
            {
                f.customer_id
                for f in rows_read
                if f.customer_id and (dimension is None or (f.groups[dimension][0] == key) is not others)
            }
        )
    rows = selected(who, ask, metric.grain).subquery()
    query = select(rows.c.customer_id).where(rows.c[metric.name].is_not(None))
    if dimension is not None:
        group = func.coalesce(cast(rows.c[GROUPS[dimension][0]], String), "")
        query = query.where(group != (key or "") if others else group == (key or ""))
    return query


def _told(session: Session, ids: Ids, end: datetime) -> Customers:
    industry = func.coalesce(Customer.industry, "")
    counted = select(industry, func.count()).where(Customer.id.in_(ids)).group_by(industry)
    industries: dict[str, int] = dict(session.execute(counted).all())
    met = select(func.count(Signal.customer_id.distinct())).where(
        Signal.kind == "competitor_contact",
        Signal.voided_at.is_(None),
        Signal.happened_at >= end - timedelta(days=COMPETITOR_DAYS),
        Signal.happened_at < end,
        Signal.customer_id.in_(ids),
    )
    return Customers(sum(industries.values()), industries, session.scalar(met) or 0)


def _actions(session: Session, ask: Ask, opportunities: Sequence[int]) -> tuple[ActionLine, ...]:
    query = (
        select(
            Action.ended_at,
            Action.type,
            Person.name,
            Opportunity.name,
            Opportunity.customer_id,
            Action.summary,
        )
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .join(Person, Person.id == Action.owner_id)
        .where(
            Action.opportunity_id.in_(opportunities),
            Action.status == ActionStatus.COMPLETED,
            Action.voided_at.is_(None),
            ask.holds(Action.ended_at),
        )
        .order_by(Action.ended_at.desc(), Action.id.desc())
        .limit(ACTIONS_SHOWN)
    )
    return tuple(ActionLine(*row) for row in session.execute(query))
