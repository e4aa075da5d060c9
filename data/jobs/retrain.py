"""Every week: a new model for each pipeline, put in use only where it is better (B7).

A model is judged before it is used, on the latest whole month (`core.forecast.registered`); what was found is
kept, also of those that were refused. A run may come twice: a training has its instant, and is kept once.
"""

from dataclasses import asdict
from datetime import datetime, time
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.forecast.drift import reference
from core.forecast.features import NAMES, PRODUCT, SEASON, open_rows
from core.forecast.history import History
from core.forecast.importance import importance, rhythm_by_week
from core.forecast.landmarks import Sample, sample
from core.forecast.registered import JUDGED, Grid, Verdict, judge, model_for, train
from data.engine import Store
from data.forecasting import open_books
from data.jobs.forecast import at, used_pipelines
from data.jobs.registry import Run, job
from data.jobs.times import latest_due, next_due
from data.models import ALL, IN_USE, REFUSED, RETIRED, in_use, packed
from data.queries.forecast_history import days
from data.queries.policies import company_zone
from data.schema import ForecastModel
from data.upsert import insert_new

NAME = "retrain"
AT = time(2, 30)
SUNDAY = {6}


def due(session: Session, now: datetime) -> list[tuple[datetime, str]]:
    """The latest Sunday night, for each pipeline that has any history."""
    zone = company_zone(session)
    return [
        (at_, key) for at_ in latest_due(AT, zone, now, weekdays=SUNDAY) for key in used_pipelines(session)
    ]


def coming(session: Session, now: datetime) -> datetime:
    """The next Sunday night."""
    return next_due(AT, company_zone(session), now, lambda day: day.weekday() in SUNDAY)


@job(NAME, slow=True)
def retrain(store: Store, run: Run) -> None:
    """Train, judge, keep."""
    with store.reading(fresh=True) as session:
        books = open_books(session, run.key)
        standing = in_use(session, books.pipeline_id, run.due_at)
    t = days(run.due_at)
    grid = train(books.history, t)
    run.say("50%")
    found = (
        judge(books.history, t, standing.grid if standing else None) if grid else Verdict(False, "few_wins")
    )
    row = _row(books.history, t, grid, found) | {"pipeline_id": books.pipeline_id, "trained_at": run.due_at}
    with store.writing() as session:
        _keep(session, row | {"recorded_at": store.clock()}, found.better)
    run.say("100%")


def _keep(session: Session, row: dict[str, Any], better: bool) -> None:
    m = ForecastModel
    mine = (m.pipeline_id == row["pipeline_id"], m.layer == ALL)
    version = (session.scalar(select(func.max(m.version)).where(*mine)) or 0) + 1
    made = insert_new(session, m, [row | {"version": version}], m.pipeline_id, m.layer, m.trained_at)
    if not (made and better):
        return
    for old in session.scalars(select(m).where(*mine, m.state == IN_USE, m.id != made[0])):
        old.state, old.retired_at = RETIRED, row["trained_at"]


def _row(history: History, t: float, grid: Grid, found: Verdict) -> dict[str, Any]:
    rows = sample(history, t, JUDGED)
    return {
        "layer": ALL,
        "state": IN_USE if found.better else REFUSED,
        "retired_at": None,
        "data_from": at(float(rows.at.min())) if len(rows.at) else None,
        "data_until": at(t),
        "rows": len(rows.of),
        "wins": rows.wins,
        "metrics": asdict(found) | {"horizons": sorted(grid)} | _reference(history, t, grid, rows),
        "content": packed(grid) if found.better else "",
        "reason": found.reason,
    }


def _reference(history: History, t: float, grid: Grid, rows: Sample) -> dict[str, Any]:
    """What the world is held against until the next training, and what the model looks at."""
    if not grid:
        return {}
    kept = {name: reference(rows.x[:, n]) for n, name in enumerate(NAMES) if name not in (*SEASON, PRODUCT)}
    open_now = open_rows(history, t).x
    chances = model_for(grid, JUDGED)(open_now)
    told = kept | {"chance": reference(np.asarray(chances, np.float64))}
    nearest = grid[min(grid, key=lambda days: abs(days - JUDGED))]
    return {
        "reference": {name: one for name, one in told.items() if one},
        "importance": importance(nearest, open_now),
        "rhythm": rhythm_by_week(nearest),
    }
