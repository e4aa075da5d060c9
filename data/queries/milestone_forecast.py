"""Day 60's rows: months forecast against what came, and answers to suggestions (PRODUCT.md E, B3, B4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from core.access import OPERATOR
from core.forecast.calibration import ACCEPTED
from core.forecast.health import Figures, company_figures, group_figures
from core.forecast.months import Taken, counting
from core.milestones.criteria import Window
from core.milestones.evidence import Evidence
from core.process.stages import PIPELINE
from data.queries.forecast_months import (
    MONTH,
    Months,
    counting_runs,
    forecast_pipelines,
    monthly,
    with_outcomes,
)
from data.queries.milestone_place import Place
from data.queries.policies import company_tz
from data.schema import ForecastDecision, ForecastLine, ForecastRun, Opportunity, Person


@dataclass(frozen=True, slots=True)
class MonthRows:
    """Months that ended in the days counted, and the chance that all together reach the limit."""

    rows: tuple[Evidence, ...]
    chance: float | None


def month_rows(
    session: Session, place: Place, days: Window, today: date, as_of: datetime, limit: float
) -> MonthRows:
    """Of each month that ended in these days, how near its forecast came.

    Args:
        limit: accuracy 0–1 that they must reach together.
    """
    pipelines = forecast_pipelines(session)
    key = PIPELINE if PIPELINE in pipelines else next(iter(pipelines), None)
    if key is None:
        return MonthRows((), None)
    shown = days.shown(today)
    ended = [r for r in counting_runs(session, key, as_of) if shown.first <= _last(r.ends_on) < shown.due_on]
    coming = _coming(today, days.due_on)
    running = _running(session, key, coming[0]) if len(coming) == 1 else None
    runs = [*ended, *([running] if running else [])]
    found = with_outcomes(session, OPERATOR, runs, team=place.team_id)
    figures = [(run.id, _figures(found, run.id, place)) for run in found.runs]
    told = {run_id: f for run_id, f in figures if f is not None and f.forecast > 0}
    rows = tuple(_row(run, told[run.id]) for run in ended if run.id in told)
    within = [told[run.id] for run in ended if run.id in told and _last(run.ends_on) >= days.first]
    open_month = told.get(running.id) if running else None
    return MonthRows(rows, _chance(within, open_month, len(coming), limit))


def _last(ends_on: date) -> date:
    """A month's last day."""
    return ends_on - timedelta(days=1)


def _coming(today: date, due_on: date) -> list[date]:
    """First days of the months that end today or later, and before the milestone's day."""
    found, start = [], today.replace(day=1)
    while (after := (start + timedelta(days=32)).replace(day=1)) <= due_on:
        found.append(start)
        start = after
    return found


def _running(session: Session, pipeline: str, month: date) -> ForecastRun | None:
    """The run that counts of a month that has not ended; None where it has none."""
    zone = company_tz(session)
    runs = session.scalars(
        select(ForecastRun).where(*monthly(pipeline), ForecastRun.starts_on == month)
    ).all()
    taken = [
        Taken(r.id, r.starts_on, r.ends_on, r.taken_on, r.recorded_at.astimezone(zone).date()) for r in runs
    ]
    chosen = set(counting(taken))
    return next((r for r in runs if r.id in chosen), None)


def _figures(found: Months, run_id: int, place: Place) -> Figures | None:
    run = next(r for r in found.runs if r.id == run_id)
    lines = [x for x in found.lines if x.month == run.month and place.team_id in (None, x.team)]
    wins = [x for x in found.wins if x.month == run.month and place.team_id in (None, x.team)]
    if place.team_id is None:
        return company_figures(run, lines, wins)
    return group_figures(run, lines, wins) if lines else None


def _row(run: ForecastRun, figures: Figures) -> Evidence:
    """Its forecast is the weight: the mean is one less what was missed over what was forecast."""
    missed = float(abs(figures.actual - figures.forecast) / figures.forecast)
    why = "over" if figures.actual > figures.forecast else "short"
    return Evidence(
        run.id,
        _last(run.ends_on),
        "",
        figures.month.isoformat(),
        1 - missed,
        float(figures.forecast),
        why if missed else "",
        currency=run.currency,
    )


def _chance(ended: Sequence[Figures], running: Figures | None, coming: int, limit: float) -> float | None:
    """From the luck of the running month's opportunities, if its chances are right; None for more months."""
    missed = sum(float(abs(f.actual - f.forecast)) for f in ended)
    said = sum(float(f.forecast) for f in ended)
    if coming == 0:
        return float(missed <= (1 - limit) * said) if said else None
    if coming > 1 or running is None or running.luck is None:
        return None
    room = (1 - limit) * (said + float(running.forecast)) - missed
    return 1 - running.luck.beyond(room) if room >= 0 else 0.0


def adoption_rows(session: Session, place: Place, first: date, end: date, as_of: datetime) -> list[Evidence]:
    """Answers in time that were given in these days, of each opportunity and month the latest."""
    d, other = ForecastDecision, aliased(ForecastDecision)
    in_time = [(e.period == MONTH) & ~e.late & (e.decided_at <= as_of) for e in (d, other)]
    later = or_(other.decided_at > d.decided_at, and_(other.decided_at == d.decided_at, other.id > d.id))
    overruled = (
        select(other.id)
        .where(other.opportunity_id == d.opportunity_id, other.starts_on == d.starts_on, in_time[1], later)
        .exists()
    )
    query = (
        select(d.id, d.decided_at, d.decision, d.reason, d.opportunity_id, Opportunity.name, Person.name)
        .join(Opportunity, Opportunity.id == d.opportunity_id)
        .join(ForecastLine, ForecastLine.id == d.line_id)
        .outerjoin(Person, Person.id == ForecastLine.owner_id)
        .where(
            in_time[0],
            ~overruled,
            d.decided_at >= place.midnight(first),
            d.decided_at < place.midnight(end),
            place.owns(ForecastLine.owner_id),
        )
        .order_by(d.decided_at, d.id)
    )
    return [
        Evidence(
            decision,
            place.day(at),
            person or "",
            opportunity,
            float(said == ACCEPTED),
            why="" if said == ACCEPTED else reason,
            link=opportunity_id,
        )
        for decision, at, said, reason, opportunity_id, opportunity, person in session.execute(query)
    ]
