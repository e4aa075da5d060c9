"""Every morning: what each pipeline's running month and quarter will bring, kept as it was said (B7).

A run is of one pipeline and day; it writes one snapshot for the month and one for the quarter, each in a
short transaction of its own. One that is there already stays as it is, so a run may come twice. What is
computed is what the books said when the day began, however late the run comes.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.forecast.valuation import Valuation
from data.engine import Store
from data.forecasting import AT, PERIODS, Books, Forecast, exact, forecast_of, open_books
from data.jobs.registry import Run, job
from data.jobs.times import latest_due, next_due
from data.models import in_use_on
from data.queries.policies import company_day, company_zone
from data.schema import ForecastLine, ForecastRun, ForecastWin, Opportunity, Pipeline
from data.upsert import insert_new

NAME = "forecast"
CATCH_UP = 7  # days that are still worth a snapshot after a stop
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Row = dict[str, Any]


def due(session: Session, now: datetime) -> list[tuple[datetime, str]]:
    """The latest mornings, for each pipeline that has any history."""
    zone, keys = company_zone(session), used_pipelines(session)
    return [(at, key) for at in latest_due(AT, zone, now, catch_up=CATCH_UP) for key in keys]


def coming(session: Session, now: datetime) -> datetime:
    """The next morning."""
    return next_due(AT, company_zone(session), now)


def used_pipelines(session: Session) -> list[str]:
    """Keys of the pipelines that have any opportunity."""
    used = select(Opportunity.id).where(Opportunity.pipeline_id == Pipeline.id).exists()
    return list(session.scalars(select(Pipeline.key).where(used).order_by(Pipeline.key)))


@job(NAME, slow=True)
def forecast(store: Store, run: Run) -> None:
    """The snapshots of the run's pipeline and day."""
    with store.reading(fresh=True) as session:
        day = company_day(session, run.due_at)
        books = open_books(session, run.key)
        model = in_use_on(session, books.pipeline_id, day, books.zone)
    for period in PERIODS:
        if not known(store, books, period, day):
            keep(store, forecast_of(books, period, day, in_use=model, tick=partial(_tell, run, period)))


def _tell(run: Run, period: str, share: float) -> None:
    run.say(f"{period} {share:.0%}")


def known(store: Store, books: Books, period: str, day: date) -> bool:
    """Whether the day's snapshot is there."""
    mine = (ForecastRun.pipeline_id == books.pipeline_id, ForecastRun.period == period)
    with store.reading(fresh=True) as session:
        found = select(ForecastRun.id).where(*mine, ForecastRun.taken_on == day)
        return session.scalar(found) is not None


def keep(store: Store, said: Forecast) -> None:
    """Write a snapshot with its lines, all or nothing; nothing where another hand was first."""
    put(store, *as_rows(said))


def put(store: Store, run: Row, lines: list[Row], wins: list[Row]) -> None:
    """Write the rows of a snapshot."""
    unique = (ForecastRun.pipeline_id, ForecastRun.period, ForecastRun.starts_on, ForecastRun.taken_on)
    with store.writing() as session:
        made = insert_new(session, ForecastRun, [run | {"recorded_at": store.clock()}], *unique)
        for table, rows in ((ForecastLine, lines), (ForecastWin, wins)):
            if made and rows:
                session.execute(insert(table), [row | {"run_id": made[0]} for row in rows])


def as_rows(said: Forecast) -> tuple[Row, list[Row], list[Row]]:
    """The row of a run, those of its lines and of what was won, as they are kept."""
    return _run(said), _lines(said), _wins(said)


def _run(said: Forecast) -> dict[str, Any]:
    whole, company = said.outlook, said.outlook.rest.company
    low, high = whole.interval
    return {
        "pipeline_id": said.books.pipeline_id,
        "period": said.horizon.name,
        "starts_on": whole.starts_on,
        "ends_on": whole.ends_on,
        "taken_on": said.day,
        "taken_at": at(whole.t),
        "currency": said.books.currency,
        "value": exact(whole.value),
        "low": exact(low),
        "high": exact(high),
        "won_so_far": sum((money(a) for a in whole.won_amount), Decimal(0)),
        "fresh": money(whole.rest.pipeline.fresh.value),
        "parts": dict(company.parts),
        "weights": dict(company.weights),
        "models": said.models,
    }


def _lines(said: Forecast) -> list[dict[str, Any]]:
    return [_line(said, line) for line in said.lines]


def _line(said: Forecast, line: Valuation) -> dict[str, Any]:
    books, history = said.books, said.books.history
    stood = history.as_of(said.outlook.t)
    stage, close_on = int(stood.standing.stage[line.of]), float(stood.close_on[line.of])
    owner_id = books.owner(int(stood.owner[line.of]))
    return {
        "opportunity_id": int(history.ids[line.of]),
        "owner_id": owner_id,
        "team_id": books.team(owner_id),
        "stage_id": books.stages[stage] if stage >= 0 else None,
        "layer": line.layer,
        "close_on": at(close_on).date() if close_on == close_on else None,
        "booked": exact(float(stood.amount[line.of])),
        "amount": money(line.amount),
        "chance": line.chance,
        "value": money(line.value),
        "low": money(line.low),
        "high": money(line.high),
        "scorecard_chance": line.scorecard_chance,
        "scorecard_value": money(line.scorecard_value),
        "factors": {name: value for name, value in line.factors.items() if value == value},
        "reasons": [{"factor": r.factor, "value": r.value} for r in line.reasons],
    }


def _wins(said: Forecast) -> list[dict[str, Any]]:
    books, whole = said.books, said.outlook
    stood = books.history.as_of(whole.t)
    owners = [books.owner(int(code)) for code in stood.owner[whole.won_of]]
    return [
        {
            "opportunity_id": int(books.history.ids[of]),
            "owner_id": owner_id,
            "team_id": books.team(owner_id),
            "closed_at": at(float(stood.closed[of])),
            "amount": money(amount),
        }
        for of, owner_id, amount in zip(whole.won_of, owners, whole.won_amount, strict=True)
    ]


def money(value: float) -> Decimal:
    """An amount to four places."""
    found = exact(value)
    assert found is not None, "an amount is a number"
    return found


def at(days: float) -> datetime:
    """The instant so many days after 1970-01-01 UTC, to the microsecond."""
    return _EPOCH + timedelta(days=days)
