"""The opportunities behind a number of forecast health (B4, D3)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import nsmallest

from core.forecast.calibration import REJECTED
from core.forecast.months import Line, Win
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
    """

    month: str = ""
    place: int | None = None
    rejected: bool = False


EVERY = Narrow()


@dataclass(frozen=True, slots=True)
class Shown:
    """One row: `gap` is what was won less what counted in the forecast."""

    of: Line | Win
    gap: Decimal
    names: LineNames


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows behind a number, the largest distance first, as many as are shown.

    Attributes:
        total: how many there are; `counted` and `came` are sums over all of them.
    """

    shown: tuple[Shown, ...]
    total: int
    counted: Decimal
    came: Decimal


def rows_of(
    lines: Sequence[Line],
    wins: Sequence[Win],
    names: Mapping[int, LineNames],
    narrow: Narrow,
    months: Collection[str],
    *,
    whole: bool,
) -> Rows:
    """Those of a group's lines and wins that are wanted.

    Args:
        months: the months that are shown, as in an address.
        whole: the company's, whose forecast rests on the AI values, whatever was rejected.
    """
    month = narrow.month if narrow.month in months else ""
    mine = [line for line in lines if _wanted(line, narrow, month)]
    came = [win for win in wins if not month or win.month.isoformat() == month]
    if narrow.rejected or narrow.place is not None:  # a win in no run has no chance, and no suggestion
        came = []
    gaps: list[tuple[Decimal, Line | Win]] = [(x.actual - counted(x, whole=whole), x) for x in mine]
    gaps += [(win.actual, win) for win in came]
    first = nsmallest(ROWS_SHOWN, gaps, key=lambda row: -abs(row[0]))
    return Rows(
        tuple(Shown(of, gap, names[of.opportunity]) for gap, of in first),
        len(gaps),
        sum((counted(line, whole=whole) for line in mine), ZERO),
        sum((of.actual for _, of in gaps), ZERO),
    )


def counted(line: Line, *, whole: bool) -> Decimal:
    """What counts of a line in its group's forecast."""
    return line.value if whole else line.counted


def _wanted(line: Line, narrow: Narrow, month: str) -> bool:
    return (
        (not narrow.rejected or line.decision == REJECTED)
        and (not month or line.month.isoformat() == month)
        and (narrow.place is None or bin_of(line.chance) == narrow.place)
    )
