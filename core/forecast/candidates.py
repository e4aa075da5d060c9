"""What several ways of looking say about the value won in a period, with what was known at its start (B2).

Simple baselines: `last` period, `mean` of all, `same_season`, `stage_rate` (each open opportunity at its
stage's share of wins within the horizon). The pipeline: `bottom_up`, chances times amounts of what is open,
and what periods like this brought from opportunities that did not exist at their start. The series alone:
`level`, and `prophet` where it has seen two years.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.forecast.amounts import Amounts, amounts, paid_amounts
from core.forecast.arrivals import Arrivals, arrivals
from core.forecast.features import Rows, open_rows
from core.forecast.history import Bools, Floats, History
from core.forecast.scorecard import scorecard_chances
from core.forecast.win_model import WinModel, fit

BASELINES = ("last", "mean", "same_season", "stage_rate")
_LEAST_SPREAD = 0.3  # of what periods bring over their mean, as long as chance alone explains what is seen
TOLERANCE = 0.1  # a period counts when it lacks no more than this share before the first closing


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The open opportunities of a period's start, with what the model says of each.

    Attributes:
        rows: which, with their features.
        chance, baseline: probability 0–1 of a win within the period, by the model and by stage rates.
        amount: expected amount if won; `spread` its standard deviation over it, small where one is booked.
        fresh: what opportunities unknown at the start bring.
    """

    rows: Rows
    model: WinModel
    chance: Floats
    baseline: Floats
    amount: Floats
    spread: Floats
    fresh: Arrivals

    @property
    def expected(self) -> float:
        """Expected value won, what is to come included."""
        return float(self.chance @ self.amount + self.fresh.value)

    def deviation(self, which: Bools | None = None, fresh: float = 1.0) -> float:
        """Standard deviation of the value won if the chances are right and wins independent.

        Args:
            which: only these rows; all when None.
            fresh: share of what is to come that is counted.
        """
        rows = slice(None) if which is None else which
        p, a, spread = self.chance[rows], self.amount[rows], self.spread[rows]
        variance = float((p * (1 - p) * a**2 + p * (spread * a) ** 2).sum())
        return float((variance + fresh * self.fresh.variance) ** 0.5)


def pipeline(history: History, t: float, end: float, model: WinModel | None = None) -> Pipeline:
    """The pipeline at `t` for the period up to `end`, by a model for it; by one made here when None.

    Where so few wins are on record that there is none, the scorecard speaks, as it does line by line.
    """
    horizon = end - t
    model = model or fit(history, t, horizon)
    rows = open_rows(history, t)
    paid: Amounts = amounts(history, t)
    few = model.kind == "stage_rate"
    return Pipeline(
        rows,
        model,
        scorecard_chances(history, t, end, rows.of) if few else model(rows.x),
        model.rate(rows.x),
        paid.of(history, t, rows.of),
        paid.spreads(history, t, rows.of),
        arrivals(history, t, horizon),
    )


def period_values(history: History, t: float, edges: Sequence[float]) -> Floats:
    """Value won between each edge and the next, as the books say at `t`; see `span_values`."""
    return span_values(history, t, tuple(pairwise(edges)))


def span_values(history: History, t: float, spans: Sequence[tuple[float, float]]) -> Floats:
    """Value won in each span [begin, end), as the books say at `t`; NaN before closings were kept.

    Where no won opportunity has an amount, every win counts 1.
    """
    books = history.as_of(t)
    paid = paid_amounts(history, t)
    found = np.full(len(spans), np.nan)
    for n, (begin, end) in enumerate(spans):
        if begin >= books.first_closing - TOLERANCE * (end - begin) and end <= t:
            found[n] = paid[books.won(begin, end)].sum()
    return found


def series(values: Floats, cycles: Sequence[int], win: float = 0.0) -> dict[str, float]:
    """What the past periods alone say of the next; empty without any.

    What rests on few wins is drawn towards the mean of all periods: `recent`, `level` and `season` are the
    last period, the lately usual one and the same season so drawn; see `_drawn`.

    Args:
        values: past periods, latest last; NaN where unknown.
        cycles: after how many periods a season comes round, short ones first.
        win: size of a usual win, as in `usual_win`; 0 draws nothing.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return {}
    weights = 0.7 ** np.arange(len(known))[::-1]
    mean = float(known.mean())
    drawn = _drawn(known, win)
    said = {
        "last": float(known[-1]),
        "mean": mean,
        "recent": float((known[-1] + drawn * mean) / (1 + drawn)),
        "level": float((weights @ known + drawn * mean) / (weights.sum() + drawn)),
    }
    seasons = [values[-c] for c in reversed(cycles) if len(values) >= c and np.isfinite(values[-c])]
    if seasons:
        said["same_season"] = float(seasons[0])
        said["season"] = float((seasons[0] + drawn * mean) / (1 + drawn))
    return said


def _drawn(known: Floats, win: float) -> float:
    """How many periods the mean of all counts beside one of them.

    A gamma prior of the periods' rates with Poisson wins: chance makes a variance of `win / mean` over the
    mean squared, the rates one of what is seen beyond that.

    >>> round(_drawn(np.array([100.0, 0.0, 0.0, 0.0]), 100.0), 1)  # one win: chance explains all
    44.4
    >>> round(_drawn(np.array([100.0, 300.0, 100.0, 300.0]), 1.0), 3)  # large and uneven: hardly drawn
    0.02
    """
    mean = float(known.mean())
    if mean <= 0:
        return 0.0
    chance = win / mean
    return chance / max(float(known.var()) / mean**2 - chance, _LEAST_SPREAD**2)
