"""Where a month missed its forecast: parts that add up to the miss (B5); `month_causes` says why.

won - forecast = sum over opportunities of (won - forecast of each)
               + (won by opportunities that were in no run - what was expected of such)
               + (won before the run - the rest of the forecast: season, past months, already won)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.forecast.health import Figures, fresh_of
from core.forecast.months import Line, MonthRun, Win

LARGEST = 5
_ZERO = Decimal()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a month: what was forecast of it and what came."""

    forecast: Decimal
    actual: Decimal

    @property
    def gap(self) -> Decimal:
        """Won less forecast."""
        return self.actual - self.forecast


@dataclass(frozen=True, slots=True)
class Attribution:
    """A month's miss in parts that add up to it.

    Attributes:
        largest: the lines with the largest deviations, and their parts.
        others: all other lines together; `n_others` how many.
        fresh: opportunities that were in no run.
        rest: won before the run, against what the forecast holds beyond lines and fresh ones.
    """

    whole: Part
    largest: tuple[tuple[Line, Part], ...]
    others: Part
    n_others: int
    fresh: Part
    rest: Part


def attribute(
    run: MonthRun, figures: Figures, lines: Sequence[Line], wins: Sequence[Win], *, company: bool
) -> Attribution:
    """Split a month.

    Args:
        lines, wins: of the group that `figures` is about.
        company: whether that is the company, whose forecast rests on AI values whatever was rejected.
    """
    parts = [(line, _part(line, company)) for line in by_deviation(lines, company=company)]
    expected = fresh_of(run, sum((line.value for line in lines), _ZERO), company=company)
    before = sum((w.actual for w in wins if w.known is not None), _ZERO)
    fresh = Part(expected, sum((w.actual for w in wins if w.known is None), _ZERO))
    total = sum((part.forecast for _, part in parts), _ZERO)
    return Attribution(
        Part(figures.forecast, total_won(lines, wins)),
        tuple(parts[:LARGEST]),
        _sum(parts[LARGEST:]),
        len(parts[LARGEST:]),
        fresh,
        Part(figures.forecast - total - expected, before),
    )


def by_deviation(lines: Sequence[Line], *, company: bool) -> list[Line]:
    """A month's lines, the largest deviation first."""
    return sorted(lines, key=lambda line: (-abs(_part(line, company).gap), line.id))


def _part(line: Line, company: bool) -> Part:
    return Part(line.value if company else line.counted, line.actual)


def total_won(lines: Sequence[Line], wins: Sequence[Win]) -> Decimal:
    """All that was won, exactly."""
    return sum((line.actual for line in lines), _ZERO) + sum((win.actual for win in wins), _ZERO)


def _sum(parts: Sequence[tuple[Line, Part]]) -> Part:
    return Part(sum((p.forecast for _, p in parts), _ZERO), sum((p.actual for _, p in parts), _ZERO))
