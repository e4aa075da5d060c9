"""How far the world has moved from what a pipeline's model learnt, and the models themselves (B7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import numpy as np
from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from core.access import Who
from core.forecast.drift import Expected, stability
from core.forecast.features import NAMES, open_rows
from core.forecast.registered import JUDGED, model_for
from data.models import in_use
from data.once import recalled
from data.queries.forecast_history import days, forecast_history
from data.queries.policies import company_tz
from data.schema import ForecastLine, ForecastModel, ForecastRun, Opportunity, Pipeline

MONTHS = 6  # whole months back
MODELS = 20  # trainings shown


@dataclass(frozen=True, slots=True)
class Moved:
    """A feature, or `chance`: its population stability index since the training of a version."""

    name: str
    version: int
    index: float


@dataclass(frozen=True, slots=True)
class Month:
    """A whole month: what its first snapshot expected of the opportunities open then, and what came."""

    starts_on: date
    found: Expected


@dataclass(frozen=True, slots=True)
class Model:
    """One training, as the registry keeps it.

    Attributes:
        importance: shares 0–1 of what it looks at, by factor (`core.forecast.importance`).
        rhythm: how often wins come in each week of a quarter, over the usual; empty where no week stands out.
    """

    version: int
    state: str
    reason: str
    trained_at: datetime
    data_from: datetime | None
    data_until: datetime | None
    rows: int
    wins: int
    loss: float | None
    stage_rate_loss: float | None
    in_use_loss: float | None
    importance: Mapping[str, float]
    rhythm: tuple[float, ...]


def moved(session: Session, pipeline: str, at: datetime) -> tuple[Moved, ...]:
    """Features and chances of what is open at an instant against the training of the model in use then."""
    key = session.scalar(select(Pipeline.id).where(Pipeline.key == pipeline))
    model = in_use(session, key or 0, at)
    if model is None:
        return ()
    history = forecast_history(session, pipeline)
    x = open_rows(history, days(at)).x
    values = {name: x[:, n] for n, name in enumerate(NAMES)}
    values["chance"] = np.asarray(model_for(model.grid, JUDGED)(x), np.float64)
    found = [
        (name, stability(kept, values[name]))
        for name, kept in model.metrics.get("reference", {}).items()
        if name in values
    ]
    return tuple(Moved(name, model.version, index) for name, index in found if index is not None)


def whole_months(session: Session, pipeline: str, at: datetime) -> tuple[Month, ...]:
    """Months that have ended, by the snapshot of their first day; the latest first.

    One that was computed only after the month ended was told to nobody and is left out.
    """
    zone = company_tz(session)
    runs = session.scalars(
        select(ForecastRun)
        .join(Pipeline, Pipeline.id == ForecastRun.pipeline_id)
        .where(
            Pipeline.key == pipeline,
            ForecastRun.period == "month",
            ForecastRun.taken_on == ForecastRun.starts_on,
            ForecastRun.ends_on <= at.astimezone(zone).date(),
        )
        .order_by(ForecastRun.starts_on.desc())
    )
    told = [run for run in runs if run.recorded_at.astimezone(zone).date() < run.ends_on]
    return tuple(Month(run.starts_on, _expected(session, run)) for run in told[:MONTHS])


def _expected(session: Session, run: ForecastRun) -> Expected:
    """Wins by the end of the run's period among its lines, as the books say today."""
    end = datetime.combine(run.ends_on, time(), company_tz(session))
    won, chance = and_(Opportunity.outcome == "won", Opportunity.closed_at < end), ForecastLine.chance
    sums = (func.sum(case((won, 1), else_=0)), func.sum(chance), func.sum(chance * (1 - chance)))
    n, *told = session.execute(
        select(func.count(), *sums)
        .join(Opportunity, Opportunity.id == ForecastLine.opportunity_id)
        .where(ForecastLine.run_id == run.id)
    ).one()
    wins, expected, variance = (value or 0 for value in told)
    return Expected(n, int(wins), float(expected), float(variance))


@recalled
def models(session: Session, who: Who, pipeline: str) -> tuple[Model, ...]:
    """The latest trainings of a pipeline."""
    del who  # how good the models are is no secret
    m = ForecastModel
    rows = session.scalars(
        select(m)
        .join(Pipeline, Pipeline.id == m.pipeline_id)
        .where(Pipeline.key == pipeline)
        .order_by(m.version.desc())
        .limit(MODELS)
    )
    return tuple(_model(row) for row in rows)


def _model(row: ForecastModel) -> Model:
    losses: dict[str, Any] = {k: row.metrics.get(k) for k in ("loss", "stage_rate_loss", "in_use_loss")}
    return Model(
        row.version,
        row.state,
        row.reason,
        row.trained_at,
        row.data_from,
        row.data_until,
        row.rows,
        row.wins,
        **losses,
        importance=row.metrics.get("importance", {}),
        rhythm=tuple(row.metrics.get("rhythm", ())),
    )


@recalled
def months(session: Session, who: Who, pipeline: str, at: datetime) -> tuple[Month, ...]:
    """`whole_months` for a page."""
    del who  # sums of the whole company, without amounts
    return whole_months(session, pipeline, at)
