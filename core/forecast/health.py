"""How well months were forecast, by rep, team and company, and what overrides did (B4).

Which forecast of a month counts: the run of its first day, more exactly the earliest run taken in the
month's first seven days and kept on its day. Later runs know part of the outcome. Where none was kept on its
day, the earliest one counts that was computed later, but before the month ended: what is asked for when the
outcome is known changes no past month. The company's forecast is the run's own value.
A rep's or a team's is what counts of each line (accepted or not answered: the AI value; rejected: the
scorecard value), plus its share of what the run expected from opportunities not yet in the books, by the
value of its lines, plus what it had already won in the month when the run was taken. An answer that came
after the month's deadline (`core.forecast.calibration`) does not count: it knows part of the outcome.

What came: the value closed as won within the month, as known now. A line's outcome counts for whoever owned
the line in the run, and so does that of a win that the run knew; any other counts for the opportunity's
owner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.forecast.calibration import ACCEPTED
from core.forecast.luck import RARE, USUAL, Luck, luck
from core.forecast.months import Line, MonthRun, Win

ZERO = Decimal()
_CENT = Decimal("0.01")


class Verdict(StrEnum):
    """Whether luck alone explains a deviation."""

    WITHIN = "within"  # four months in five lie within this
    EDGE = "edge"  # one in five lies beyond, one in twenty farther
    BEYOND = "beyond"  # luck alone goes so far in less than one month in twenty


@dataclass(frozen=True, slots=True)
class Figures:
    """One group's month.

    Attributes:
        forecast, actual: money; `suggested` is the forecast had nobody rejected anything.
        low, high: 80% interval of the forecast.
        lines, submitted, accepted: how many opportunities, how many answered, how many accepted.
        luck: how far chance alone carries the value won.
    """

    month: date
    taken_on: date
    forecast: Decimal
    suggested: Decimal
    actual: Decimal
    low: Decimal | None
    high: Decimal | None
    lines: int
    submitted: int
    accepted: int
    luck: Luck | None

    @property
    def deviation(self) -> float | None:
        """|actual - forecast| / forecast; None where nothing was forecast."""
        return _rate(abs(self.actual - self.forecast), self.forecast)

    @property
    def covered(self) -> bool | None:
        """Whether what came lies within the interval; None without one."""
        if self.low is None or self.high is None:
            return None
        return self.low <= self.actual <= self.high

    def over(self, limit: float) -> bool:
        """Whether the deviation is strictly greater than `limit`, exactly in money."""
        return self.forecast > 0 and abs(self.actual - self.forecast) > Decimal(str(limit)) * self.forecast

    def by_luck(self, q: float) -> float | None:
        """The deviation rate that luck alone keeps within with probability `q`."""
        return None if self.luck is None else _rate(Decimal(self.luck.miss(q)), self.forecast)

    def luck_over(self, limit: float) -> float | None:
        """The probability that luck alone gives a deviation over `limit`, with the right chances."""
        if self.luck is None or self.forecast <= 0:
            return None
        return self.luck.beyond(limit * float(self.forecast))

    @property
    def verdict(self) -> Verdict | None:
        """Whether luck explains the deviation; None where nothing was forecast."""
        usual, rare = self.by_luck(USUAL), self.by_luck(RARE)
        if self.deviation is None or usual is None or rare is None:
            return None
        if self.deviation <= usual:
            return Verdict.WITHIN
        return Verdict.EDGE if self.deviation <= rare else Verdict.BEYOND


def fresh_of(run: MonthRun, lines: Decimal, *, company: bool) -> Decimal:
    """What a group's forecast holds for opportunities not yet in the books: all of it, or its lines' share.

    Args:
        lines: sum of the AI values of its lines.
    """
    if company:
        return run.fresh
    return run.fresh * (lines / run.whole if run.whole else ZERO)


def group_figures(run: MonthRun, lines: Sequence[Line], wins: Sequence[Win]) -> Figures:
    """A rep's or a team's month from its own lines and wins."""
    fresh = fresh_of(run, sum((line.value for line in lines), ZERO), company=False)
    before = sum((w.known for w in wins if w.known is not None), ZERO)
    counted = sum((line.counted for line in lines), ZERO) + fresh + before
    suggested = sum((line.value for line in lines), ZERO) + fresh + before
    chances = [line.counted_chance for line in lines]
    chance = luck(chances, [float(line.amount) for line in lines], float(fresh))
    return _figures(run, lines, wins, (counted, suggested), _ends(before, chance), chance)


def _ends(before: Decimal, chance: Luck | None) -> tuple[Decimal | None, Decimal | None]:
    """The 80% interval of what was won before and luck adds, as wide as sums are not known exactly."""
    if chance is None:
        return None, None
    low, high = chance.quantile((1 - USUAL) / 2) - chance.step, chance.quantile((1 + USUAL) / 2) + chance.step
    return before + Decimal(max(low, 0.0)), before + Decimal(high)


def company_figures(run: MonthRun, lines: Sequence[Line], wins: Sequence[Win]) -> Figures:
    """The company's month: the run's own value and interval, from all lines and wins.

    The run's value mixes the lines with the season and past months; luck is that of the lines with all
    chances raised or lowered alike, so that they expect what the run said.
    """
    expected = float(run.whole + run.fresh)
    share = float(run.value - run.won_so_far) / expected if expected > 0 else 1.0
    chances = [min(line.chance * share, 1.0) for line in lines]
    chance = luck(chances, [float(line.amount) for line in lines], float(run.fresh) * share)
    return _figures(run, lines, wins, (run.value, run.value), (run.low, run.high), chance)


def _figures(
    run: MonthRun,
    lines: Sequence[Line],
    wins: Sequence[Win],
    said: tuple[Decimal, Decimal],
    ends: tuple[Decimal | None, Decimal | None],
    chance: Luck | None,
) -> Figures:
    decisions = [line.decision for line in lines if line.decision]
    actual = sum((line.actual for line in lines), ZERO) + sum((w.actual for w in wins), ZERO)
    low, high = (None if end is None else max(end, ZERO).quantize(_CENT) for end in ends)
    return Figures(
        run.month,
        run.taken_on,
        said[0].quantize(_CENT),
        said[1].quantize(_CENT),
        actual.quantize(_CENT),
        low,
        high,
        len(lines),
        len(decisions),
        decisions.count(ACCEPTED),
        chance,
    )


@dataclass(frozen=True, slots=True)
class Health:
    """Several months together; None where nothing can be said.

    Attributes:
        months: how many had a forecast; `lines` how many opportunities stood in them.
        wape: sum of |actual - forecast| over sum of actuals.
        bias: sum of forecasts over sum of actuals, less one; above 0 is too high.
        covered: months within their interval, of `intervals` that had one.
        submitted, accepted: answered suggestions, and those accepted.
    """

    months: int
    lines: int
    wape: float | None
    bias: float | None
    covered: int
    intervals: int
    submitted: int
    accepted: int

    @property
    def adoption(self) -> float | None:
        """Accepted over submitted, 0–1."""
        return self.accepted / self.submitted if self.submitted else None

    @property
    def coverage(self) -> float | None:
        """Share of months within their 80% interval, 0–1."""
        return self.covered / self.intervals if self.intervals else None


def health(months: Sequence[Figures]) -> Health:
    """Totals over months."""
    actual = sum((m.actual for m in months), ZERO)
    missed = sum((abs(m.actual - m.forecast) for m in months), ZERO)
    forecast = sum((m.forecast for m in months), ZERO)
    bias = _rate(forecast, actual)
    within = [m.covered for m in months if m.covered is not None]
    return Health(
        len(months),
        sum(m.lines for m in months),
        _rate(missed, actual),
        None if bias is None else bias - 1,
        sum(within),
        len(within),
        sum(m.submitted for m in months),
        sum(m.accepted for m in months),
    )


def _rate(part: Decimal, whole: Decimal) -> float | None:
    return float(part / whole) if whole > 0 else None
