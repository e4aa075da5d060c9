"""Why a number moved between two periods: an exact decomposition, and whether chance alone explains it (D2).

Sums change by what each group adds more or less. Ratios change by *mix*, more weight on groups that stand
high or low, and by *rate*, what happened within each group. Both are taken at the midpoint of the two periods
(E. M. Kitagawa, Components of a Difference Between Two Rates, JASA 50, 1955; the same as Marshall–Edgeworth
weights), so there is no rest and no order of the periods in it:

    mix of g  = (w₁ − w₀) · ((r₀ + r₁) / 2 − (R₀ + R₁) / 2)
    rate of g = (r₁ − r₀) · (w₀ + w₁) / 2

with w the group's share of all denominators, r its ratio and R the whole one. Subtracting the mean of R
changes no sum, since the shares add up to one; it makes a group's mix say whether its weight moved towards
high or low ratios. A group that is absent from one period has no ratio there; it takes the other period's,
so all of its part is mix. The parts of every dimension add up to the change (a test holds this to 1e-9).

A part says where a change lies, not what caused it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from core.reports.catalogue import Dimension, Metric
from core.reports.facts import Tallied, Tally

USUAL = 1.96  # standard errors within which chance alone leaves a number 19 times in 20
LEAST_ROWS = 5  # fewer rows in a period say nothing about a ratio; in both together, about a sum


@dataclass(frozen=True, slots=True)
class Part:
    """One group's part in a change; `part` is mix plus rate, or for a sum the group's own change.

    Attributes:
        mix, rate: in the metric's unit; for a sum, mix is 0.
        before, after: what the group's rows added up to.
    """

    dimension: Dimension
    key: str
    name: str | None
    mix: float
    rate: float
    before: Tally
    after: Tally

    @property
    def part(self) -> float:
        """What the group adds to the change."""
        return self.mix + self.rate


@dataclass(frozen=True, slots=True)
class Change:
    """A metric in two periods.

    Attributes:
        before, after: the numbers; None where there was nothing to count.
        chance: the change up to which chance alone explains it 19 times in 20, in the metric's unit; None
            where there are too few rows to say.
        driver: the part that stands out most; None without a change to explain, and where none was wanted.
    """

    metric: Metric
    before: float | None
    after: float | None
    chance: float | None
    driver: Part | None

    @property
    def delta(self) -> float | None:
        """The change, in the metric's unit."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def noise(self) -> bool:
        """Whether the change cannot be told from chance: within its usual span, or too few rows to say."""
        return self.delta is None or self.chance is None or abs(self.delta) <= self.chance


def change(metric: Metric, before: Tallied, after: Tallied, *, why: bool = True) -> Change:
    """How a metric changed, and the group that stands out most in it.

    Args:
        why: whether the group is wanted; every group of every split is looked at for it.
    """
    driver = None
    old, new = before.whole.value(metric.ratio), after.whole.value(metric.ratio)
    if why and old is not None and new is not None and old != new:
        driver = _largest(metric, before, after, new - old)
    return Change(metric, old, new, chance(metric, before.whole, after.whole), driver)


def parts(metric: Metric, dimension: Dimension, before: Tallied, after: Tallied) -> list[Part]:
    """Every group's part in the change, by one dimension; they add up to it.

    Empty where one of the periods has no number.
    """
    whole = before.whole.value(metric.ratio), after.whole.value(metric.ratio)
    if whole[0] is None or whole[1] is None:
        return []
    middle = (whole[0] + whole[1]) / 2
    keys = {**before.by.get(dimension, {}), **after.by.get(dimension, {})}
    return [_part(metric, dimension, key, keys[key][0], before, after, middle) for key in sorted(keys)]


def _part(
    metric: Metric,
    dimension: Dimension,
    key: str,
    name: str | None,
    before: Tallied,
    after: Tallied,
    middle: float,
) -> Part:
    old, new = before.group(dimension, key), after.group(dimension, key)
    if not metric.ratio:
        return Part(dimension, key, name, 0.0, new.top - old.top, old, new)
    weight = (old.of / before.whole.of, new.of / after.whole.of)
    adds = (old.top / before.whole.of, new.top / after.whole.of)
    ratio = _ratios(old, new)
    mean = (ratio[0] + ratio[1]) / 2
    moved = weight[1] - weight[0]
    return Part(dimension, key, name, moved * (mean - middle), adds[1] - adds[0] - moved * mean, old, new)


def _ratios(old: Tally, new: Tally) -> tuple[float, float]:
    """Both ratios of a group; where it has none, the other period's, else 0."""
    first, second = old.value(ratio=True), new.value(ratio=True)
    return (
        first if first is not None else second or 0.0,
        second if second is not None else first or 0.0,
    )


def _largest(metric: Metric, before: Tallied, after: Tallied, delta: float) -> Part | None:
    """The part that stands out most: what it adds beyond what its size would explain.

    A team with half of all deals explains half of any change; that says nothing. So a group counts for what
    it adds in all, mix and rate together, beyond its share: of the denominators for a ratio, of the sum
    before for a sum (an equal share where that was nothing). A dimension with one group explains nothing.
    """
    found: list[tuple[float, Part]] = []
    for dimension in metric.splits:
        split = parts(metric, dimension, before, after)
        if len(split) > 1:
            found.extend(zip(_beyond(metric, split, delta), split, strict=True))
    best = max(found, key=lambda scored: scored[0], default=None)
    return best[1] if best and best[0] > 0 else None


def _beyond(metric: Metric, split: Sequence[Part], delta: float) -> list[float]:
    """How much each group adds in the change's direction beyond its share."""
    sign = 1.0 if delta > 0 else -1.0
    shares = _shares(metric, split)
    return [sign * part.part - abs(delta) * share for part, share in zip(split, shares, strict=True)]


def _shares(metric: Metric, split: Sequence[Part]) -> list[float]:
    """How much of a change each group would carry if all moved alike."""
    sizes = [(p.before + p.after).of if metric.ratio else abs(p.before.top) for p in split]
    whole = sum(sizes)
    return [size / whole if whole else 1 / len(split) for size in sizes]


def chance(metric: Metric, before: Tally, after: Tally) -> float | None:
    """The change that chance alone stays within 19 times in 20; None with too few rows to say.

    A sum's rows come like calls at a switchboard: its variance is the sum of their squares (compound Poisson;
    for a count, the count). Of what stands at an instant only rows that came or went can move it. A ratio's
    rows are drawn anew each period: both have one true ratio R, and the numerators scatter around R times
    their denominators (the linearized ratio; for a rate of rows this is the pooled test of two proportions).
    """
    if not metric.ratio:
        return USUAL * sqrt(before.top2 + after.top2) if before.n + after.n >= LEAST_ROWS else None
    if min(before.n, after.n) < LEAST_ROWS or not (before.of and after.of):
        return None
    pooled = (before.top + after.top) / (before.of + after.of)
    return USUAL * sqrt(_variance(before, pooled) + _variance(after, pooled))


def _variance(rows: Tally, ratio: float) -> float:
    scatter = rows.top2 - 2 * ratio * rows.cross + ratio * ratio * rows.of2
    return max(scatter, 0.0) / rows.of**2
