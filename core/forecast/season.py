"""The series of won value alone, with its season: Prophet over days (B2)."""

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from core.calendars import NO_HOLIDAYS
from core.forecast.amounts import paid_amounts
from core.forecast.history import WON, Floats, History
from core.forecast.occasions import Occasion

LEAST_DAYS = 180  # of closings; a quarter must have been seen twice
LEAST_WINS = 30  # a dozen terms of a season learnt from fewer follow single wins
_YEARLY_DAYS = 730
_AHEAD = 100  # days that are continued at once: the longest quarter and a few
_NEAR = 1 / 8  # days by which an instant may lie before the midnight that is meant, where clocks change
_EPOCH = date(1970, 1, 1)


def seasonal(
    history: History, t: float, end: float, country: str = "CN", learnt_at: float | None = None
) -> float | None:
    """Value won from `t` to `end` as Prophet continues the days before; None with too few days or wins.

    Weeks, quarters, and from two years on years; the country's holidays, and the events of the business
    calendar that were recorded by `t`. Days are the company's; all instants are beginnings of days.

    Args:
        learnt_at: the series is learnt up to this instant, not later than `t`; up to `t` when None. Events
            are known up to `t` all the same.
    """
    begin = t if learnt_at is None else learnt_at
    books = history.as_of(begin)
    first = books.first_closing
    if (books.outcome == WON).sum() < LEAST_WINS:
        return None
    here, now, last = (int(_day_number(x + _NEAR, history.zone)) for x in (begin, t, end))
    if here - int(_day_number(first, history.zone)) < LEAST_DAYS:
        return None
    known = tuple(occasion for occasion in history.occasions if occasion.known(t))
    ahead = _ahead(history, begin, last - here, country, known)
    return float(np.maximum(ahead[now - here : last - here], 0).sum())


def _ahead(history: History, t: float, days: int, country: str, known: tuple[Occasion, ...]) -> Floats:
    """Expected value of each coming day; learnt once for an instant and the events that are known."""
    kept = history.seasons.get((t, country, known))
    if kept is None or len(kept) < days:
        model = _model_of(history, t, country, known)
        here = int(_day_number(t + _NEAR, history.zone))
        coming = pd.DataFrame({"ds": [_day(here + n) for n in range(max(days, _AHEAD))]})
        kept = model.predict(coming)["yhat"].to_numpy(np.float64)
        history.seasons[(t, country, known)] = kept
    return kept


def _model_of(history: History, t: float, country: str, known: Sequence[Occasion]) -> Any:
    books, paid = history.as_of(t), paid_amounts(history, t)
    first, last = (int(_day_number(x, history.zone)) for x in (books.first_closing, t + _NEAR))
    won = books.won(books.first_closing - 1, t)
    days = _day_number(books.closed[won], history.zone) - first
    daily = np.bincount(days, paid[won], minlength=last - first)[: last - first]
    model = _model(len(daily), country, known)
    model.fit(pd.DataFrame({"ds": [_day(first + n) for n in range(len(daily))], "y": daily}))
    return model


def _model(days: int, country: str, occasions: Sequence[Occasion]) -> Any:
    from prophet import Prophet

    logging.getLogger("cmdstanpy").disabled = True  # it reports every fit
    model = Prophet(
        weekly_seasonality=True,
        yearly_seasonality=days >= _YEARLY_DAYS,
        daily_seasonality=False,
        uncertainty_samples=0,
        changepoint_prior_scale=0.05,
        holidays=_holidays(occasions),
    )
    model.add_seasonality("quarterly", period=365.25 / 4, fourier_order=3)
    if country != NO_HOLIDAYS:
        model.add_country_holidays(country)
    return model


def _holidays(occasions: Sequence[Occasion]) -> pd.DataFrame | None:
    """A row for each day of each event, as Prophet reads them; events of one name share their effect.

    Prophet has names of its own (`trend`, `weekly` …) and a mark that no name may hold: ours are set apart.
    """
    rows = [
        {"holiday": f"event: {occasion.name.replace('_delim_', ' ')}", "ds": _day(int(day))}
        for occasion in occasions
        for day in np.arange(occasion.first, occasion.last + 1)
    ]
    return pd.DataFrame(rows).drop_duplicates() if rows else None


def _day_number(t: Any, zone: ZoneInfo) -> Any:
    """The local days of instants, as numbers since 1970-01-01; instants in days since then UTC.

    >>> _day_number(np.array([0.6, 0.7]), ZoneInfo("Asia/Shanghai"))
    array([0, 1])
    """
    at = np.round(np.asarray(t, np.float64) * 86_400e6).astype("datetime64[us]")
    local = pd.DatetimeIndex(np.atleast_1d(at)).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    days = local.to_numpy().astype("datetime64[D]").astype(np.int64)
    return days.reshape(at.shape)


def _day(number: int) -> pd.Timestamp:
    return pd.Timestamp(_EPOCH + timedelta(days=number))
