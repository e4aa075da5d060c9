"""The series of won value alone, with its season: Prophet over days (B2)."""

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from core.forecast.amounts import paid_amounts
from core.forecast.history import History
from core.forecast.occasions import Occasion

LEAST_DAYS = 180  # of closings; a quarter must have been seen twice
_YEARLY_DAYS = 700
_EPOCH = date(1970, 1, 1)


def seasonal(history: History, t: float, end: float, country: str = "CN") -> float | None:
    """Value won from `t` to `end` as Prophet continues the days before; None with too few of them.

    Weeks, quarters, and from two years on years; the country's holidays, and the events of the business
    calendar that were recorded by `t`. Days are UTC's.
    """
    first = int(np.floor(history.first_closing)) if np.isfinite(history.first_closing) else None
    if first is None or t - first < LEAST_DAYS:
        return None
    books, paid = history.as_of(t), paid_amounts(history, t)
    won = books.won(first - 1, t)
    last = int(np.floor(t))
    daily = np.bincount(np.floor(books.closed[won]).astype(int) - first, paid[won], minlength=last - first)[
        : last - first
    ]
    days = pd.DataFrame({"ds": [_day(first + n) for n in range(len(daily))], "y": daily})
    known = [occasion for occasion in history.occasions if occasion.known(t)]
    model = _model(len(daily), country, known)
    model.fit(days)
    coming = pd.DataFrame({"ds": [_day(n) for n in range(last, int(np.ceil(end)))]})
    return float(np.maximum(model.predict(coming)["yhat"].to_numpy(), 0).sum())


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
    model.add_country_holidays(country)
    return model


def _holidays(occasions: Sequence[Occasion]) -> pd.DataFrame | None:
    """A row for each day of each event, as Prophet reads them; events of one name share their effect."""
    rows = [
        {"holiday": occasion.name, "ds": _day(int(day))}
        for occasion in occasions
        for day in np.arange(occasion.first, occasion.last + 1)
    ]
    return pd.DataFrame(rows).drop_duplicates() if rows else None


def _day(number: int) -> pd.Timestamp:
    return pd.Timestamp(_EPOCH + timedelta(days=number))
