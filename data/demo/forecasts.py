"""The demo company's mornings: a forecast of each of the last days, kept as the job would have kept it.

What is computed sees only what was recorded by then, so it may be computed when all is written.
"""

from datetime import datetime, time, timedelta

from data.clock import Clock
from data.engine import Store
from data.forecasting import AT, PERIODS, forecast_of, open_books
from data.jobs.forecast import keep

MONTHS, WEEKS, DAYS = 5, 8, 7  # first days of months, then weeks, then days
_EARLIER = 4  # periods that the views' skill is learnt from; all that are there would take minutes
_MINUTES = 6  # that a morning's job took


def foresee(store: Store, pipeline: str, now: datetime) -> None:
    """Keep the forecasts of first days of months, of the last weeks, and the months' of the last days."""
    with store.reading() as session:
        books = open_books(session, pipeline)
    today = now.astimezone(books.zone).date()
    firsts = [(today - timedelta(days=30 * n)).replace(day=1) for n in range(MONTHS)]
    weeks = [today - timedelta(days=7 * n) for n in range(WEEKS)]
    days = [today - timedelta(days=n) for n in range(DAYS)]
    for day in sorted({*firsts, *weeks, *days}):
        morning = datetime.combine(day, time(AT.hour, _MINUTES), books.zone)
        if morning <= now:
            store.clock = _standing(morning)
            for period in PERIODS if day in {*firsts, *weeks} else PERIODS[:1]:
                keep(store, forecast_of(books, period, day, earlier=_EARLIER))


def _standing(at: datetime) -> Clock:
    return lambda: at
