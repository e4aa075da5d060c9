"""The rows behind a metric, and what they add up to: the reference that the store's SQL equals (D1, D3)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.reports.catalogue import SPLITS, Dimension, Grain, Metric, metrics_of

Groups = Mapping[str, tuple[str | None, "Tally"]]  # by key: the group's name, and what its rows add up to


@dataclass(frozen=True, slots=True)
class Fact:
    """One row.

    Attributes:
        id: of the record that the row is, unique among the rows of its grain.
        at: the instant by which it belongs to its period, UTC.
        groups: by dimension, the group's key ("" for none) and its name.
        values: by metric, numerator and denominator (1 where the metric is no ratio); a metric that does not
            count the row is missing.
        fresh: whether a row of what stands is not among those of the instant that it is compared with.
    """

    id: int
    at: datetime
    opportunity_id: int | None
    opportunity: str | None
    customer_id: int | None
    customer: str | None
    rep: str | None
    groups: Mapping[Dimension, tuple[str, str | None]]
    values: Mapping[str, tuple[float, float]]
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Tally:
    """What rows add up to.

    Attributes:
        n: rows.
        top, of: sums of the numerators and denominators.
        top2, cross, of2: sums of the numerators' squares (for a sum, of fresh rows alone), of the products,
            and of the denominators' squares: from them follows how far chance moves the number.
    """

    n: int = 0
    top: float = 0.0
    of: float = 0.0
    top2: float = 0.0
    cross: float = 0.0
    of2: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.n + other.n,
            self.top + other.top,
            self.of + other.of,
            self.top2 + other.top2,
            self.cross + other.cross,
            self.of2 + other.of2,
        )

    def value(self, ratio: bool) -> float | None:
        """The number: the sum, or the ratio; None where the denominators are nothing.

        >>> Tally(3, 2.0, 4.0).value(ratio=True), Tally().value(ratio=True), Tally().value(ratio=False)
        (0.5, None, 0.0)
        """
        if not ratio:
            return self.top
        return self.top / self.of if self.of else None


NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class Tallied:
    """A metric over one period: the whole, and every split of it."""

    whole: Tally = NOTHING
    by: Mapping[Dimension, Groups] = field(default_factory=dict)

    def group(self, dimension: Dimension, key: str) -> Tally:
        """What a group's rows add up to; nothing where it has none."""
        return self.by.get(dimension, {}).get(key, (None, NOTHING))[1]

    def name(self, dimension: Dimension, key: str) -> str | None:
        """A group's name."""
        return self.by.get(dimension, {}).get(key, (None, NOTHING))[0]


def tally(fact: Fact, metric: Metric) -> Tally:
    """What one row adds to a metric that counts it."""
    top, of = fact.values[metric.name]
    return Tally(1, top, of, top * top * (metric.ratio or fact.fresh), top * of, of * of)


def counted(facts: Iterable[Fact], metric: str, dimension: Dimension | None, key: str | None) -> list[Fact]:
    """The rows that a metric counts, of one group where one is named."""
    return [
        fact
        for fact in facts
        if metric in fact.values and (dimension is None or fact.groups[dimension][0] == key)
    ]


def tallied(facts: Iterable[Fact], grain: Grain) -> dict[str, Tallied]:
    """Every metric of a grain over its rows, whole and split."""
    rows = list(facts)
    return {metric.name: _tallied(rows, metric) for metric in metrics_of(grain)}


def _tallied(facts: Iterable[Fact], metric: Metric) -> Tallied:
    whole = NOTHING
    by: dict[Dimension, dict[str, tuple[str | None, Tally]]] = defaultdict(dict)
    for fact in counted(facts, metric.name, None, None):
        one = tally(fact, metric)
        whole += one
        for dimension in SPLITS[metric.grain]:
            key, name = fact.groups[dimension]
            by[dimension][key] = (name, by[dimension].get(key, (None, NOTHING))[1] + one)
    return Tallied(whole, by)
