"""A pipeline's whole history for forecasts, with both times of everything (B7)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zlib import crc32

import numpy as np
from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from core.forecast.history import LOST, OPEN, WON, Events, Floats, History, Track
from core.messages import NotFound
from data.queries.business_events import occasions
from data.queries.forecast_amounts import in_one_currency
from data.queries.forecast_signals import forecast_signals
from data.queries.policies import company_tz
from data.queries.process import pipelines
from data.queries.times import days as days
from data.schema import (
    Customer,
    Interaction,
    Opportunity,
    OpportunityChange,
    Person,
    Pipeline,
    Stage,
    StageEvent,
    Team,
)

_OUTCOMES = {"won": WON, "lost": LOST, "open": OPEN}
_FIELDS = ("amount", "close_on", "closed_at", "outcome", "owner_id", "opened_at", "product", "customer_id")


def forecast_history(session: Session, pipeline: str, only: Collection[int] | None = None) -> History:
    """Every opportunity of a pipeline, its changes, stage events and what happened around it.

    Args:
        only: these opportunities alone. What is learnt from the others (usual stays, whether a kind of
            signal is kept) is unknown then.

    Raises:
        NotFound: there is no such pipeline.
    """
    key = session.scalar(select(Pipeline.id).where(Pipeline.key == pipeline))
    if key is None:
        raise NotFound("unknown_pipeline", value=pipeline, known=", ".join(pipelines(session)))
    chosen = Opportunity.pipeline_id == key
    if only is not None:
        chosen &= Opportunity.id.in_(only)
    rows = session.execute(_opportunities(chosen)).all()
    place = {row.id: n for n, row in enumerate(rows)}
    owners = _Codes(row.owner_id for row in rows)
    products = _Codes(row.product for row in rows)
    industries = _Codes(row.industry for row in rows)
    customers = _Codes(row.customer_id for row in rows)
    codes = {"owner_id": owners, "product": products, "customer_id": customers}
    changes = session.execute(_changes(chosen)).all()
    tracks = _tracks(rows, changes, place, codes)
    amount = in_one_currency(session, key, rows, changes, tracks["amount"])
    stages = session.execute(_stages(key)).all()
    names, teams = _people(session, owners)
    return History(
        ids=np.array([row.id for row in rows], np.int64),
        recorded=np.array([days(row.recorded_at) for row in rows]),
        opened=tracks["opened_at"],
        product=tracks["product"],
        outcome=tracks["outcome"],
        closed=tracks["closed_at"],
        amount=amount,
        close_on=tracks["close_on"],
        owner=tracks["owner_id"],
        events=_events(session.execute(_stage_events(chosen)).all(), place, [stage.id for stage in stages]),
        stages=len(stages),
        product_keys=np.array([crc32(str(name).encode()) for name in products.values], np.float64),
        owners=names,
        teams=teams,
        owner_ids=tuple(owners.values),
        signals=forecast_signals(session, chosen, place),
        benchmarks=np.array([s.benchmark_days or np.nan for s in stages], np.float64),
        industry=np.array([industries(row.industry) for row in rows], np.int64),
        industries=tuple(industries.values),
        customer=tracks["customer_id"],
        touched=_touched(session, customers),
        occasions=occasions(session),
        zone=company_tz(session),
    )


class _Codes:
    """Whole numbers for values, in order of appearance; -1 for none."""

    def __init__(self, values: Iterable[Any]) -> None:
        self.values = list(dict.fromkeys(v for v in values if v is not None))
        self._code = {value: n for n, value in enumerate(self.values)}

    def __call__(self, value: Any) -> float:
        if value is None:
            return -1
        if value not in self._code:
            self._code[value] = len(self.values)
            self.values.append(value)
        return self._code[value]


def _stages(pipeline_id: int) -> Any:
    found = select(Stage.id, Stage.benchmark_days).where(Stage.pipeline_id == pipeline_id)
    return found.order_by(Stage.position)


def _opportunities(chosen: ColumnElement[bool]) -> Any:
    o = Opportunity
    told = (o.id, o.product, o.amount, o.currency, o.opened_at, o.close_on, o.closed_at, o.outcome)
    found = select(*told, o.owner_id, o.customer_id, o.recorded_at, Customer.industry)
    found = found.outerjoin(Customer, Customer.id == o.customer_id)
    return found.where(chosen).order_by(o.id)


def _changes(chosen: ColumnElement[bool]) -> Any:
    c = OpportunityChange
    return (
        select(c.opportunity_id, c.field, c.before, c.after, c.recorded_at)
        .join(Opportunity, Opportunity.id == c.opportunity_id)
        .where(chosen, c.field.in_((*_FIELDS, "currency")))
        .order_by(c.recorded_at, c.id)
    )


def _stage_events(chosen: ColumnElement[bool]) -> Any:
    e = StageEvent
    return (
        select(e.opportunity_id, e.stage_id, e.happened_at, e.recorded_at, e.voided_at)
        .join(Opportunity, Opportunity.id == e.opportunity_id)
        .where(chosen)
        .order_by(e.opportunity_id, e.happened_at, e.id)
    )


def _tracks(
    rows: Sequence[Row[Any]], changes: Sequence[Row[Any]], place: dict[int, int], codes: Mapping[str, _Codes]
) -> dict[str, Track]:
    read: dict[str, Callable[[Any], float]] = {
        "amount": lambda v: np.nan if v is None else float(Decimal(str(v))),
        "close_on": lambda v: days(date.fromisoformat(v) if isinstance(v, str) else v),
        "closed_at": _instant,
        "opened_at": _instant,
        "outcome": lambda v: float(_OUTCOMES[str(v)]),
        **codes,
    }
    found = {}
    for name in _FIELDS:
        value = read[name]
        mine = [c for c in changes if c.field == name]
        start = np.array([value(getattr(row, name)) for row in rows], np.float64)
        for change in reversed(mine):
            start[place[change.opportunity_id]] = value(change.before)
        found[name] = Track(
            start,
            np.array([place[c.opportunity_id] for c in mine], np.int64),
            _array(days(c.recorded_at) for c in mine),
            _array(value(c.after) for c in mine),
        )
    return found


def _instant(value: Any) -> float:
    return days(datetime.fromisoformat(value) if isinstance(value, str) else value)


def _array(values: Iterable[float]) -> Floats:
    return np.array(list(values), np.float64)


def _events(rows: Sequence[Row[Any]], place: dict[int, int], stages: Sequence[int]) -> Events:
    order = {stage_id: n for n, stage_id in enumerate(stages)}
    return Events(
        np.array([place[row.opportunity_id] for row in rows], np.int64),
        np.array([order[row.stage_id] for row in rows], np.int64),
        _array(days(row.happened_at) for row in rows),
        _array(days(row.recorded_at) for row in rows),
        _array(days(row.voided_at) for row in rows),
    )


def _touched(session: Session, customers: _Codes) -> Track:
    """The earliest interaction by customer, and since when it was known to be the earliest."""
    i = Interaction
    earliest = func.min(i.happened_at).over(partition_by=i.customer_id, order_by=(i.recorded_at, i.id))
    steps = select(i.customer_id, i.recorded_at, earliest.label("at")).subquery()
    known = func.min(steps.c.recorded_at)
    query = (
        select(steps.c.customer_id, steps.c.at, known.label("recorded_at"))
        .group_by(steps.c.customer_id, steps.c.at)
        .order_by(known, steps.c.at.desc())
    )
    place = {customer_id: n for n, customer_id in enumerate(customers.values)}
    rows = [row for row in session.execute(query) if row.customer_id in place]
    return Track(
        np.full(len(place), np.nan),
        np.array([place[row.customer_id] for row in rows], np.int64),
        _array(days(row.recorded_at) for row in rows),
        _array(days(row.at) for row in rows),
    )


def _people(session: Session, owners: _Codes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    query = select(Person.id, Person.name, Team.name.label("team")).outerjoin(Team, Team.id == Person.team_id)
    named = {row.id: (row.name, row.team or "") for row in session.execute(query)}
    found = [named.get(person_id, ("", "")) for person_id in owners.values]
    return tuple(name for name, _ in found), tuple(team for _, team in found)
