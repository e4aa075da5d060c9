"""What a running period will bring: what was won in it so far, and what its rest is forecast to bring (B2).

The rest is forecast as a period of its own, from the instant to the period's end. The views' skill and the
width of the interval come from the rests of earlier periods, each seen when as much of it was left (a shorter
one is taken whole, as all are on a period's first morning): a view that is good for a whole month need not be
good for its last week.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from core.forecast.amounts import paid_amounts
from core.forecast.history import Floats, History, Ints
from core.forecast.landmarks import FEW_WINS
from core.forecast.periods import Horizon, day_of, instant
from core.forecast.walk import Outlook, walk_spans
from core.forecast.win_model import WinModel

EARLIER = {"month": 12, "quarter": 8}
EARLIER_DAYS = 13  # periods of days: a quarter of weeks
_FURTHER = 3  # times as many where they hold fewer than `FEW_WINS`
_REACH = 3.0  # days before the first closing from which a period may begin


@dataclass(frozen=True, slots=True)
class PeriodOutlook:
    """A running period as of an instant; money in the pipeline's currency, wins where no amounts are kept.

    Attributes:
        starts_on, ends_on: the period's first day, and the first day after it.
        t: the instant, days since 1970; nothing recorded later was seen.
        won_of, won_amount: the opportunities won in it by then, as indices, and what each brought.
        rest: the forecast from `t` to the period's end; NaN when nothing can be said.
    """

    starts_on: date
    ends_on: date
    t: float
    won_of: Ints
    won_amount: Floats
    rest: Outlook

    @property
    def won(self) -> float:
        """Value won in the period by `t`."""
        return float(self.won_amount.sum())

    @property
    def value(self) -> float:
        """Expected value won in the whole period; NaN when nothing can be said of the rest."""
        return self.won + self.rest.company.forecast

    @property
    def interval(self) -> tuple[float, float]:
        """The 80% interval of `value`: what was won is certain."""
        return self.won + self.rest.company.low, self.won + self.rest.company.high


def outlook(
    history: History,
    horizon: Horizon,
    day: date,
    zone: ZoneInfo,
    *,
    country: str = "CN",
    earlier: int | None = None,
    model: Callable[[float], WinModel] | None = None,
    tick: Callable[[float], None] = lambda share: None,
) -> PeriodOutlook:
    """The period that `day` lies in, as the books stood at the day's local midnight.

    The season is learnt up to the beginning of each span's month: days more would not move it.

    Args:
        model: gives the model in use for so many days; one is made when None.
        earlier: how many earlier periods are looked at, at most; `looked_at` when None.
    """
    first = horizon.running(day)
    end, t = instant(horizon.step(first), zone), instant(day, zone)
    most = earlier or looked_at(history, horizon, day, zone)
    known = history.as_of(t).first_closing
    periods = [*_earlier(known, horizon, first, zone, most), (instant(first, zone), end)]
    left = end - t if day > first else float("inf")
    spans = [(max(begin, stop - left), stop) for begin, stop in periods]
    month = partial(_month, zone=zone)
    walked = walk_spans(
        history,
        spans,
        horizon.cycles,
        country=country,
        learnt_at=month,
        began=[begin for begin, _ in periods],
        model=model(end - t) if model else None,
        tick=tick,
    )
    won_of = np.flatnonzero(history.as_of(t).won(instant(first, zone), t))
    return PeriodOutlook(
        first,
        horizon.step(first),
        t,
        won_of,
        paid_amounts(history, t)[won_of].astype(np.float64),
        walked[-1],
    )


def _month(t: float, zone: ZoneInfo) -> float:
    """The local beginning of the month that an instant lies in."""
    return instant(day_of(t, zone).replace(day=1), zone)


def looked_at(history: History, horizon: Horizon, day: date, zone: ZoneInfo) -> int:
    """How many earlier periods a day's forecast looks at: three times `EARLIER` where those hold few wins.

    So that a company of few deals forgets a win by a little, and late.
    """
    count, t = EARLIER.get(horizon.name, EARLIER_DAYS), instant(day, zone)
    wins = history.as_of(t).won(instant(horizon.step(horizon.running(day), -count), zone), t).sum()
    return count if wins >= FEW_WINS else count * _FURTHER


def _earlier(
    first_closing: float, horizon: Horizon, first: date, zone: ZoneInfo, count: int
) -> list[tuple[float, float]]:
    """The periods before this one whose closings were kept, oldest first."""
    edges = [instant(horizon.step(first, -n), zone) for n in range(count, -1, -1)]
    return [(begin, end) for begin, end in pairwise(edges) if begin >= first_closing - _REACH]
