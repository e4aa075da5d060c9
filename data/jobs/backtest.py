"""A backtest that somebody asked for: run beside the app, its progress told, its result kept (B7)."""

from core.forecast.backtest import backtest
from core.forecast.periods import Horizon
from data.backtests import shown
from data.engine import Store
from data.jobs.registry import Run, job
from data.queries.calendars import company_country
from data.queries.forecast_history import forecast_history
from data.queries.policies import company_tz
from data.schema import ForecastBacktest, Pipeline

NAME = "backtest"


@job(NAME, slow=True)
def run_backtest(store: Store, run: Run) -> None:
    """The backtest whose id is the run's key; one that has its result is left alone."""
    with store.reading(fresh=True) as session:
        asked = session.get_one(ForecastBacktest, int(run.key))
        if asked.finished_at is not None:
            return
        history = forecast_history(session, session.get_one(Pipeline, asked.pipeline_id).key)
        zone, country = company_tz(session), company_country(session)
        wanted = (Horizon(asked.horizon), asked.first_on, asked.last_on)
        level = asked.level
    done = backtest(
        history, *wanted, level=level, zone=zone, country=country, tick=lambda share: run.say(f"{share:.0%}")
    )
    with store.writing() as session:
        row = session.get_one(ForecastBacktest, int(run.key))
        row.result, row.finished_at = shown(done), store.clock()
