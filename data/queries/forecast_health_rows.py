"""The opportunities behind a number of forecast health (B4, D3)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from heapq import nsmallest

from core.forecast.calibration import REJECTED
from core.forecast.health import Figures, fresh_of
from core.forecast.month_attribution import LARGEST, by_deviation
from core.forecast.months import Line, MonthRun, Win
from core.forecast.reliability import bin_of
from data.queries.forecast_month_books import ZERO
from data.queries.forecast_months import LineNames

ROWS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Narrow:
    """Which rows are wanted; all of the group's where nothing is said.

    Attributes:
        month: a month's first day, as in an address; one that is not shown narrows nothing.
        place: of a group of chances (`core.forecast.reliability.bin_of`).
        rejected: only those whose suggestion was rejected.
        others: only those that are none of the month's largest deviations (`month_attribution`).
    """

    month: str = ""
    place: int | None = None
    rejected: bool = False
    others: bool = False


EVERY = Narrow()


@dataclass(frozen=True, slots=True)
class Shown:
    """One row: `gap` is what was won less what counted in the forecast."""

    of: Line | Win
    gap: Decimal
    names: LineNames


@dataclass(frozen=True, slots=True)
class Beyond:
    """What the forecasts of whole months hold beyond the opportunities in their rows.

    Attributes:
        months: how many; `whole` are their forecasts together.
        fresh: of it, expected of opportunities not yet in the books.
        rest: and what is neither these nor of the rows: of the company the season and past months, of
            others what was won before the forecast.
    """

    months: int
    whole: Decimal
    fresh: Decimal
    rest: Decimal


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows behind a number, the largest distance first, as many as are shown.

    Attributes:
        total: how many there are; `counted` and `came` are sums over all of them.
        beyond: None where the rows are only a part of those of their months.
    """

    shown: tuple[Shown, ...]
    total: int
    counted: Decimal
    came: Decimal
    beyond: Beyond | None = None


def rows_of(
    lines: Sequence[Line],
    wins: Sequence[Win],
    names: Mapping[int, LineNames],
    narrow: Narrow,
    months: Sequence[tuple[MonthRun, Figures]],
    *,
    whole: bool,
) -> Rows:
    """Those of a group's lines and wins that are wanted.

    Args:
        months: those that are shown; a group without any has what it won.
        whole: the company's, whose forecast rests on the AI values, whatever was rejected.
    """
    chosen = [m for m in months if m[0].month.isoformat() == narrow.month] or months
    days = {run.month for run, _ in chosen}
    mine = [line for line in lines if line.month in days]
    others = narrow.others and len(days) == 1
    if others:
        mine = by_deviation(mine, company=whole)[LARGEST:]
    mine = [line for line in mine if _wanted(line, narrow)]
    came = [win for win in wins if win.month in days or not months]
    part = others or narrow.rejected or narrow.place is not None
    if part:  # a win in no run has no chance, and no suggestion
        came = []
    gaps: list[tuple[Decimal, Line | Win]] = [(x.actual - counted(x, whole=whole), x) for x in mine]
    gaps += [(win.actual, win) for win in came]
    first = nsmallest(ROWS_SHOWN, gaps, key=lambda row: -abs(row[0]))
    said = sum((counted(line, whole=whole) for line in mine), ZERO)
    return Rows(
        tuple(Shown(of, gap, names[of.opportunity]) for gap, of in first),
        len(gaps),
        said,
        sum((of.actual for _, of in gaps), ZERO),
        None if part or not chosen else _beyond(chosen, mine, said, whole=whole),
    )


def _beyond(
    months: Sequence[tuple[MonthRun, Figures]], lines: Sequence[Line], said: Decimal, *, whole: bool
) -> Beyond:
    """What is left of the forecasts once `said`, what counted of the lines, is taken off."""
    values: dict[date, Decimal] = defaultdict(Decimal)
    for line in lines:
        values[line.month] += line.value
    forecast = sum((figures.forecast for _, figures in months), ZERO)
    fresh = sum((fresh_of(run, values[run.month], company=whole) for run, _ in months), ZERO)
    return Beyond(len(months), forecast, fresh, forecast - said - fresh)


def counted(line: Line, *, whole: bool) -> Decimal:
    """What counts of a line in its group's forecast."""
    return line.value if whole else line.counted


def _wanted(line: Line, narrow: Narrow) -> bool:
    return (not narrow.rejected or line.decision == REJECTED) and (
        narrow.place is None or bin_of(line.chance) == narrow.place
    )
