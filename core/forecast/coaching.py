"""When a rep's forecasts call for coaching (B4): two months in a row over 25%, exactly so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.forecast.health import Figures
from core.policies import Policy


@dataclass(frozen=True, slots=True)
class Cause:
    """Months in a row whose deviation was over the limit.

    Attributes:
        first: the month with which the row began; a row that goes on stays the same cause.
        months: all of it so far, in order.
    """

    first: date
    months: tuple[Figures, ...]

    def key(self, pipeline: str, rep: int) -> str:
        """Deterministic, so that one cause opens one task."""
        return f"{of_pipeline(pipeline)}{rep}:{self.first.isoformat()}"


def of_pipeline(pipeline: str) -> str:
    """What the keys of a pipeline's causes begin with."""
    return f"deviation:{pipeline}:"


def causes(months: Sequence[Figures], policy: Policy) -> tuple[Cause, ...]:
    """Rows of consecutive calendar months that call for coaching, oldest first.

    A month counts when its deviation is strictly greater than `deviation_limit`. A month without a forecast,
    or with a forecast of nothing (whose rate is not defined), breaks the row.
    """
    rows: list[list[Figures]] = [[]]
    for month in sorted(months, key=lambda m: m.month):
        if rows[-1] and month.month != _next(rows[-1][-1].month):
            rows.append([])
        if month.over(policy.deviation_limit):
            rows[-1].append(month)
        elif rows[-1]:
            rows.append([])
    return tuple(Cause(r[0].month, tuple(r)) for r in rows if r and len(r) >= policy.deviation_months)


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
