"""Backtests that were asked for, with their progress and results (B7)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, and_, cast, select
from sqlalchemy.orm import Session

from core.access import Permission, Reach, Who, reach
from data.once import recalled
from data.schema import ForecastBacktest, JobRun, Pipeline

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """One backtest.

    Attributes:
        state: of its job: waiting, running, done or failed.
        progress: what the job last said of itself.
        result: as `data.backtests.shown`; None until it is done.
    """

    id: int
    horizon: str
    level: str
    first_on: date
    last_on: date
    asked_at: datetime
    state: str
    progress: str | None
    result: dict[str, Any] | None


@recalled
def backtests(session: Session, who: Who, pipeline: str) -> tuple[Asked, ...]:
    """The latest of a pipeline; those by team and person only for who sees all of them."""
    b = ForecastBacktest
    query = (
        select(b, JobRun.state, JobRun.progress)
        .join(Pipeline, Pipeline.id == b.pipeline_id)
        .outerjoin(JobRun, and_(JobRun.job == "backtest", JobRun.key == cast(b.id, String)))
        .where(Pipeline.key == pipeline)
        .order_by(b.id.desc())
        .limit(SHOWN)
    )
    if reach(who, Permission.SEE_FORECAST) is not Reach.ALL:
        query = query.where(b.level == "company")
    return tuple(
        Asked(
            row.id,
            row.horizon,
            row.level,
            row.first_on,
            row.last_on,
            row.asked_at,
            "done" if row.result is not None else state or "waiting",
            progress,
            row.result,
        )
        for row, state, progress in session.execute(query)
    )


def computing(session: Session, who: Who, pipeline: str, due_at: datetime) -> bool:
    """Whether the snapshots of a day are being computed."""
    del who  # that something is computed is no secret
    mine = (JobRun.job == "forecast", JobRun.key == pipeline, JobRun.due_at == due_at)
    return (
        session.scalar(select(JobRun.id).where(*mine, JobRun.state.in_(("waiting", "running")))) is not None
    )
