"""Asking for forecasts: of a past day, and of how good they have been."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from core.access import Permission, Reach
from core.forecast.periods import Horizon
from core.messages import NotAllowed, NotFound, Problem, refuse
from data.commands.command import Tx, command
from data.forecasting import AT
from data.jobs import backtest, forecast
from data.jobs.registry import enqueue
from data.jsontext import to_json
from data.queries.policies import company_tz
from data.schema import ForecastBacktest, Pipeline

LEVELS = ("company", "team", "rep")
HORIZONS = ("month", "quarter", "28d", "7d")
LONGEST_DAYS = 3 * 366  # between the first and the last day of a backtest that is asked for in the page


@command("forecast.replay", needs=Permission.SEE_FORECAST)
def replay_day(tx: Tx, pipeline: str, day: date) -> int:
    """Have the snapshots of a past day computed, with what was known then; returns the pipeline's id.

    Raises:
        NotFound: no such pipeline.
        Invalid: the day has not come yet.
    """
    row = _pipeline(tx, pipeline)
    zone = company_tz(tx.session)
    due = datetime.combine(day, AT, zone).astimezone(UTC)
    refuse([Problem("day", "instant_in_future")] if due > tx.now else [])
    enqueue(tx.session, forecast.NAME, due, pipeline)
    tx.audit("pipeline", row.id, after=to_json({"as_of": day}))
    return row.id


@command("forecast.backtest", needs=Permission.SEE_FORECAST)
def ask_backtest(tx: Tx, pipeline: str, horizon: str, level: str, first: date, last: date) -> int:
    """Have past periods forecast as they would have been; returns the backtest's id.

    Raises:
        NotFound: no such pipeline.
        NotAllowed: teams and people of others are asked for.
        Invalid: a choice that is not offered, days in the wrong order, or one that has not come yet.
    """
    row = _pipeline(tx, pipeline)
    if level != LEVELS[0] and tx.reach is not Reach.ALL:
        raise NotAllowed(permission=Permission.SEE_FORECAST)
    refuse(_problems(horizon, level, first, last, tx.now.astimezone(company_tz(tx.session)).date()))
    asked = ForecastBacktest(
        pipeline_id=row.id,
        horizon=Horizon(horizon).name,
        level=level,
        first_on=first,
        last_on=last,
        asked_by_id=tx.who.person_id,
        asked_at=tx.now,
    )
    tx.session.add(asked)
    tx.session.flush()
    enqueue(tx.session, backtest.NAME, tx.now, str(asked.id))
    values = {"horizon": horizon, "level": level, "from": first, "to": last}
    tx.audit("forecast_backtest", asked.id, after=to_json(values))
    return asked.id


def _pipeline(tx: Tx, key: str) -> Pipeline:
    row = tx.session.scalar(select(Pipeline).where(Pipeline.key == key))
    if row is None:
        raise NotFound(entity="pipeline")
    return row


def _problems(horizon: str, level: str, first: date, last: date, today: date) -> list[Problem]:
    found = [
        Problem(field, "unknown_choice", {"value": value})
        for field, value, known in (("horizon", horizon, HORIZONS), ("level", level, LEVELS))
        if value not in known
    ]
    if last < first:
        found.append(Problem("last", "end_before_start"))
    elif last > today:
        found.append(Problem("last", "day_in_future"))
    elif (last - first).days > LONGEST_DAYS:
        found.append(Problem("last", "span_too_long", {"days": LONGEST_DAYS}))
    return found
