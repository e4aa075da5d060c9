"""A month that was forecast: the run that counts, its lines and wins, and what came of them (B4)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from core.forecast.calibration import REJECTED

FIRST_DAYS = 7  # of a month, in which the run that counts must have been taken


@dataclass(frozen=True, slots=True)
class Taken:
    """A run of a month, for whether it counts; `ends` is the first day after it, `kept_on` when written."""

    id: int
    month: date
    ends: date
    taken_on: date
    kept_on: date


def counting(runs: Iterable[Taken]) -> list[int]:
    """The ids of the runs that count, one for each month that has one, in order of the months."""
    found: dict[date, int] = {}
    for run in sorted(runs, key=lambda r: (r.month, r.kept_on > r.taken_on, r.taken_on, r.id)):
        if 0 <= (run.taken_on - run.month).days < FIRST_DAYS and run.kept_on < run.ends:
            found.setdefault(run.month, run.id)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class MonthRun:
    """The run that counts for a month.

    Attributes:
        month, ends: first day, and the first day after it.
        fresh: part of `value` expected from opportunities not yet in the books.
        whole: sum of the AI values of all its lines.
    """

    id: int
    month: date
    ends: date
    taken_on: date
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    won_so_far: Decimal
    fresh: Decimal
    whole: Decimal


def less(run: MonthRun, lines: Decimal, won: Decimal) -> MonthRun:
    """A run as if it had not known some opportunities.

    Args:
        lines: sum of their lines' AI values; the run expected of its lines, and of what was not in the books,
            a share of their values that is the same for all (see `company_figures`).
        won: what it had of theirs as won already.

    >>> day = date(2026, 3, 1)
    >>> run = MonthRun(1, day, day, day, *map(Decimal, (90, 50, 130, 10, 60, 100)))
    >>> [str(n) for n in (less(run, Decimal(40), Decimal()).value, less(run, Decimal(), Decimal(10)).low)]
    ['70.0', '40.0']
    """
    expected = run.whole + run.fresh
    share = (run.value - run.won_so_far) / expected if expected > 0 else Decimal()
    off = won + lines * share
    low, high = (None if end is None else end - off for end in (run.low, run.high))
    said, before, whole = run.value - off, run.won_so_far - won, run.whole - lines
    return replace(run, value=said, low=low, high=high, won_so_far=before, whole=whole)


@dataclass(frozen=True, slots=True)
class Line:
    """One opportunity of a month's run and what came of it.

    Attributes:
        id: of the forecast line.
        chance, scorecard_chance: probability 0–1 of a win within the month.
        amount: what it was expected to bring if won.
        value, scorecard: AI value and scorecard value.
        decision: accepted, rejected, or None while nobody answered.
        actual: value won within the month; 0 unless won.
    """

    id: int
    opportunity: int
    month: date
    rep: int | None
    team: int | None
    chance: float
    scorecard_chance: float
    amount: Decimal
    value: Decimal
    scorecard: Decimal
    decision: str | None
    won: bool
    actual: Decimal

    @property
    def counted(self) -> Decimal:
        """The value that counts."""
        return self.scorecard if self.decision == REJECTED else self.value

    @property
    def counted_chance(self) -> float:
        """The chance behind it."""
        return self.scorecard_chance if self.decision == REJECTED else self.chance

    @property
    def added(self) -> Decimal:
        """What the override brought: by how much the counted value came nearer than the AI value."""
        return abs(self.value - self.actual) - abs(self.counted - self.actual)


@dataclass(frozen=True, slots=True)
class Win:
    """A win of the month that had no line in its run.

    Attributes:
        actual: value won within the month, as known now; 0 if it no longer is.
        known: what the run had as won by then, as it was kept; None if it did not know of it.
    """

    opportunity: int
    month: date
    rep: int | None
    team: int | None
    actual: Decimal
    known: Decimal | None
