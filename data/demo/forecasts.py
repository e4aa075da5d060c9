"""The demo company's mornings: a forecast of each of the last days, kept as the job would have kept it.

What is computed sees only what was recorded by then, so it may be computed when all is written.
"""

from datetime import datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal

from data.clock import Clock
from data.engine import Store
from data.forecasting import AT, PERIODS, forecast_of, open_books
from data.jobs.forecast import Row, as_rows, put

MONTHS, WEEKS, DAYS = 5, 8, 7  # first days of months, then weeks, then days
_SUMS, _PLACES = ("value", "low", "high", "won_so_far", "fresh"), Decimal("0.0001")
_MINUTES = 6  # that a morning's job took


def foresee(store: Store, pipeline: str, now: datetime, times: Decimal) -> None:
    """Keep the forecasts of first days of months, of the last weeks, and the months' of the last days.

    Args:
        times: how large the whole company is beside what is written by now; 1 but where branches are
            to come, whose lines follow (`data.demo.branches`): what was forecast is never changed.
    """
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
                run, lines, wins = as_rows(forecast_of(books, period, day))
                put(store, _raised(run, times), lines, wins)


def _raised(run: Row, times: Decimal) -> Row:
    """A run's totals, so many times over; branches miss together, so its interval grows like its value."""
    if times == 1:
        return run
    sums = {
        name: (run[name] * times).quantize(_PLACES, ROUND_DOWN) for name in _SUMS if run[name] is not None
    }
    parts = {name: part and part * float(times) for name, part in run["parts"].items()}
    return run | sums | {"parts": parts}


def _standing(at: datetime) -> Clock:
    return lambda: at
