"""Rows whose rules the core applies: demands with their clocks, promises, lines of forecasts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from core.access import Who
from core.forecast.calibration import ACCEPTED
from core.promises.acceptance import Fulfilment
from core.promises.consistency import Light
from core.promises.sla import Clock, clock
from core.reports.catalogue import SPLITS, Dimension, Grain
from core.reports.facts import Fact
from core.terms import Outcome
from data.queries.forecast_months import counting_runs, with_outcomes
from data.queries.metrics.ask import ABOUT, GROUPS, Ask, narrowed, paid
from data.queries.policies import company_day, company_zone, working_calendar
from data.queries.promises import PromiseRow, pauses_of
from data.queries.promises import promises as promise_rows
from data.schema import (
    Customer,
    Demand,
    DemandPause,
    ForecastLine,
    Opportunity,
    Person,
    Pipeline,
    Promise,
    Stage,
    Team,
)

_MOMENT = timedelta(microseconds=1)


def groups_of(row: Mapping[str, Any], grain: Grain) -> dict[Dimension, tuple[str, str | None]]:
    """A row's groups, by the columns that `ABOUT` and its grain give it."""
    found = {}
    for dimension in SPLITS[grain]:
        key, name = (row[column] for column in GROUPS[dimension])
        found[dimension] = ("" if key is None else str(key), name)
    return found


def fact(
    row: Mapping[str, Any], grain: Grain, values: dict[str, tuple[float, float]], *, fresh: bool = True
) -> Fact:
    """A row of the store as a fact."""
    return Fact(
        id=row["id"],
        at=row["at"],
        opportunity_id=row["opportunity_id"],
        opportunity=row["opportunity"],
        customer_id=row["customer_id"],
        customer=row["customer"],
        rep=row["rep"],
        groups=groups_of(row, grain),
        values=values,
        fresh=fresh,
    )


def demands(session: Session, who: Who, ask: Ask) -> list[Fact]:
    """One per demand that was answered in the period, or whose time ran out in it without an answer."""
    calendar, end = working_calendar(session), ask.span.until
    query = _about(
        who,
        ask,
        select(Demand.id, Demand.opened_at.label("at"), Demand.urgency, Demand.answered_at, *ABOUT)
        .select_from(Demand)
        .outerjoin(Opportunity, Opportunity.id == Demand.opportunity_id)
        .join(Customer, Customer.id == Demand.customer_id),
    ).where(
        Demand.opened_at < end,
        Demand.recorded_at <= ask.now,
        Demand.taken_back_at.is_(None),
        or_(Demand.answered_at.is_(None), Demand.answered_at >= ask.span.since),
    )
    rows = session.execute(query).mappings().all()
    pauses = pauses_of(session, end, DemandPause.demand_id.in_([row["id"] for row in rows]))
    found = []
    for row in rows:
        answered = row["answered_at"] if row["answered_at"] and row["answered_at"] < end else None
        seen = clock(
            row["urgency"], row["at"], answered, pauses.get(row["id"], []), calendar, ask.policy, end
        )
        if answered or (seen.breached and ask.span.since <= seen.due_at < end):
            at = answered or seen.due_at
            found.append(fact(dict(row, at=at), Grain.DEMAND, _answered(seen, answered)))
    return found


def _answered(seen: Clock, answered: datetime | None) -> dict[str, tuple[float, float]]:
    values = {"answered_in_time_rate": (0.0 if seen.breached else 1.0, 1.0)}
    return values | ({"response_hours": (seen.used_hours, 1.0)} if answered else {})


def promises(session: Session, who: Who, ask: Ask) -> list[Fact]:
    """One per promise for a day of the period, and per one that is red at the period's end."""
    end = min(ask.span.until, ask.now)
    first, last = (company_day(session, at) for at in (ask.span.since, ask.span.until))
    zone = ZoneInfo(company_zone(session))
    rows = _promised(session, who, ask)
    known = promise_rows(session, who, ask.policy, end, Promise.id.in_(list(rows)))
    red_before = {p.id for p in _red(session, who, ask, list(rows), ask.against)}
    stakes = _stakes(session, ask, [p for p in known if _is_red(p, last)])
    found = []
    for promise in known:
        values: dict[str, tuple[float, float]] = {}
        if first <= promise.promised_on < last and promise.fulfilment is not Fulfilment.OPEN:
            values["kept_rate"] = (float(promise.fulfilment is Fulfilment.KEPT), 1.0)
        if promise.id in stakes:
            values["red_promises"] = (stakes[promise.id], 1.0)
        if values:
            at = datetime.combine(promise.promised_on, time(), zone)
            row = dict(rows[promise.id], at=at)
            found.append(fact(row, Grain.PROMISE, values, fresh=promise.id not in red_before))
    return found


def _promised(session: Session, who: Who, ask: Ask) -> dict[int, Mapping[str, Any]]:
    query = _about(
        who,
        ask,
        select(Promise.id, *ABOUT)
        .select_from(Promise)
        .outerjoin(Demand, Demand.id == Promise.demand_id)
        .outerjoin(Opportunity, Opportunity.id == Demand.opportunity_id)
        .join(Customer, Customer.id == Promise.customer_id),
    )
    return {row["id"]: dict(row) for row in session.execute(query).mappings()}


def _red(session: Session, who: Who, ask: Ask, ids: list[int], at: datetime) -> Iterator[PromiseRow]:
    at = min(at, ask.now)
    today = company_day(session, at)
    rows = promise_rows(session, who, ask.policy, at, Promise.id.in_(ids))
    return (row for row in rows if _is_red(row, today))


def _is_red(row: PromiseRow, today: date) -> bool:
    return row.ahead(today) and row.state.light is Light.RED


def _stakes(session: Session, ask: Ask, red: list[PromiseRow]) -> dict[int, float]:
    """By red promise, the open amount that it bears on: its demand's opportunity, else the customer's.

    An opportunity behind several counts with the first, which has the widest gap.
    """
    at, opened = ask.span.until, func.coalesce(Opportunity.opened_at, Opportunity.recorded_at)
    running = (
        select(Opportunity.id, Opportunity.customer_id, paid(ask).label("amount"))
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .where(
            Pipeline.key == ask.pipeline,
            Opportunity.customer_id.in_({row.customer_id for row in red}),
            opened < at,
            or_(Opportunity.outcome == Outcome.OPEN, Opportunity.closed_at >= at),
        )
    )
    amounts: dict[int | None, dict[int, float]] = defaultdict(dict)
    for opportunity, customer, amount in session.execute(running):
        amounts[customer][opportunity] = amount or 0.0
    asked = select(Demand.id, Demand.opportunity_id).where(Demand.id.in_({row.demand_id for row in red}))
    named: dict[int | None, int | None] = {i: opportunity for i, opportunity in session.execute(asked)}
    stakes: dict[int, float] = {}
    counted: set[int] = set()
    for row in red:
        one, all_of = named.get(row.demand_id), amounts[row.customer_id]
        mine = {one} if one is not None and one in all_of else set(all_of)
        stakes[row.id] = sum((all_of[i] for i in mine - counted), 0.0)
        counted |= mine
    return stakes


def _about(who: Who, ask: Ask, rows: Select[*tuple[Any, ...]]) -> Select[Any]:
    """Rows about customers; those without an opportunity are of who looks after the customer."""
    owner = func.coalesce(Opportunity.owner_id, Customer.owner_id)
    return (
        rows.outerjoin(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(Person, Person.id == owner)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(*narrowed(who, ask, owner), or_(Opportunity.id.is_(None), Pipeline.key == ask.pipeline))
    )


def forecast_lines(session: Session, who: Who, ask: Ask) -> list[Fact]:
    """One per line of the forecasts of months that ended in the period: what counted, and what came."""
    zone = ZoneInfo(company_zone(session))
    runs = counting_runs(session, ask.pipeline, ask.now)
    ended = {run.starts_on: datetime.combine(run.ends_on, time(), zone) - _MOMENT for run in runs}
    chosen = [run for run in runs if ask.span.since <= ended[run.starts_on] < ask.span.until]
    months = with_outcomes(session, who, chosen)
    rows = _lines(session, who, ask, [line.id for line in months.lines])
    found = []
    for line in months.lines:
        if line.id not in rows:
            continue
        counted, came = float(line.counted), float(line.actual)
        values = {"forecast_deviation": (came - counted, counted)}
        if line.decision is not None:
            values["adoption_rate"] = (float(line.decision == ACCEPTED), 1.0)
        found.append(fact(dict(rows[line.id], at=ended[line.month]), Grain.FORECAST, values))
    return found


def _lines(session: Session, who: Who, ask: Ask, ids: list[int]) -> dict[int, Mapping[str, Any]]:
    """Lines with whose they were, and at which stage, when the forecast was made."""
    query = (
        select(ForecastLine.id, Stage.key.label("stage"), *ABOUT)
        .join(Opportunity, Opportunity.id == ForecastLine.opportunity_id)
        .outerjoin(Stage, Stage.id == ForecastLine.stage_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .outerjoin(Person, Person.id == ForecastLine.owner_id)
        .outerjoin(Team, Team.id == ForecastLine.team_id)
        .where(ForecastLine.id.in_(ids), *narrowed(who, ask, ForecastLine.owner_id))
    )
    return {row["id"]: dict(row) for row in session.execute(query).mappings()}
