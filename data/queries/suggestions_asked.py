"""Which lines of a forecast ask for an answer: those of the latest run of a period, on what is open (B3)."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from core.terms import Outcome
from data.schema import ForecastDecision, ForecastLine, ForecastRun, Opportunity

PERIODS = ("month", "quarter")
ASKED = "month"  # the period whose suggestions remind; those of others can be answered
MOST = 500


def newest_runs(period: str, day: date) -> Select[tuple[int]]:
    """Ids of each pipeline's latest forecast of the period in which a day lies."""
    newest = func.row_number().over(
        partition_by=ForecastRun.pipeline_id, order_by=(ForecastRun.taken_on.desc(), ForecastRun.id.desc())
    )
    runs = (
        select(ForecastRun.id, newest.label("place"))
        .where(ForecastRun.period == period, ForecastRun.starts_on <= day, ForecastRun.ends_on > day)
        .subquery()
    )
    return select(runs.c.id).where(runs.c.place == 1)


def answered(line: type[ForecastLine] = ForecastLine) -> ColumnElement[bool]:
    """Whether the line's opportunity has an answer in its run's period."""
    d = ForecastDecision
    same = and_(d.period == ForecastRun.period, d.starts_on == ForecastRun.starts_on)
    return select(d.id).where(d.opportunity_id == line.opportunity_id, same).exists()


def asked_lines(period: str, day: date) -> list[ColumnElement[bool]]:
    """Lines of the latest forecasts on opportunities that are open; joined with run and opportunity."""
    return [ForecastLine.run_id.in_(newest_runs(period, day)), Opportunity.outcome == Outcome.OPEN]


def running_period(session: Session, period: str, day: date) -> tuple[date | None, datetime | None]:
    """When the period of a day began, and the instant of its latest forecast; None without one."""
    query = (
        select(ForecastRun.starts_on, ForecastRun.taken_at)
        .where(ForecastRun.id.in_(newest_runs(period, day)))
        .order_by(ForecastRun.taken_at.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    return (row.starts_on, row.taken_at) if row else (None, None)
