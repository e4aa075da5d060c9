"""Whether chances came true as often as they said, and what overrides brought (B4)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from core.forecast.calibration import REJECTED
from core.forecast.health import ZERO
from core.forecast.months import Line
from core.intervals import Z80, wilson

EDGES = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0)  # of the calibration curve's groups of chances


@dataclass(frozen=True, slots=True)
class Bin:
    """Opportunities of like chances: `chance` their mean, `won` how many of `n` were won within the month."""

    low: float
    high: float
    n: int
    won: int
    chance: float

    @property
    def rate(self) -> float:
        """Share won, 0–1."""
        return self.won / self.n

    @property
    def bounds(self) -> tuple[float, float]:
        """Wilson's 80% interval of the share won: what so few or so many opportunities can say."""
        return wilson(self.won, self.n, Z80)


def bin_of(chance: float) -> int:
    """The place of a chance among the curve's groups.

    >>> bin_of(0.05), bin_of(0.049), bin_of(1.0)
    (1, 0, 6)
    """
    return sum(chance >= edge for edge in EDGES[1:-1])


def reliability(lines: Sequence[Line]) -> tuple[Bin, ...]:
    """The calibration curve of the AI chances: what was said beside what came; empty groups left out."""
    by_place: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        by_place[bin_of(line.chance)].append(line)
    found = []
    for place, (low, high) in enumerate(pairwise(EDGES)):
        if mine := by_place[place]:
            mean = sum(line.chance for line in mine) / len(mine)
            found.append(Bin(low, high, len(mine), sum(line.won for line in mine), mean))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Overrides:
    """What rejections did, line by line: money by which they came nearer, or farther, than the AI values."""

    lines: int
    added: Decimal
    helped: int
    hurt: int


def overrides(lines: Sequence[Line]) -> Overrides:
    """Over the rejected lines of months that have ended."""
    gains = [line.added for line in lines if line.decision == REJECTED]
    return Overrides(len(gains), sum(gains, ZERO), sum(g > 0 for g in gains), sum(g < 0 for g in gains))
