"""Pictures of values beside a limit: which is furthest over it (A3, A5, C2)."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from core.pictures.said import Said


@dataclass(frozen=True, slots=True)
class Bar:
    """A value beside its limit.

    Attributes:
        value: in the picture's unit; None where there is none.
        limit: what it should not exceed, in the same unit; None where none is known.
        n: rows that the value rests on.
    """

    key: Hashable
    value: float | None
    limit: float | None
    n: int


def over(bars: Sequence[Bar], least: int) -> Said:
    """The value furthest over its limit, in proportion.

    Args:
        least: values of fewer rows say too little to be named.

    Returns:
        `few`, `no_limit` (the largest value is named), `within`, or `over`.

    >>> over([Bar("a", 6.0, 3.0, 9), Bar("b", 9.0, 1.0, 2)], least=5).names
    {'most': 'a'}
    """
    known = [(bar, bar.value) for bar in bars if bar.value is not None and bar.n >= max(least, 1)]
    if not known:
        return Said("few", counts={"least": least})
    judged = [(value / bar.limit, bar, value) for bar, value in known if bar.limit]
    if not judged:
        bar, value = max(known, key=lambda pair: pair[1])
        return Said("no_limit", {"most": bar.key}, {"value": value}, counts={"n": bar.n})
    times, bar, value = max(judged, key=lambda one: one[0])
    counts = {"over": sum(one[0] > 1 for one in judged), "of": len(judged), "n": bar.n}
    code = "over" if times > 1 else "within"
    return Said(
        code, {"most": bar.key}, {"value": value, "limit": bar.limit or 0.0, "times": times}, {}, counts
    )


def late(days: Sequence[tuple[Hashable, int | None]], missed: int = 0) -> Said:
    """How many promised days the plan misses, and the worst.

    Args:
        days: by promise, how many days the plan is after the promised day; None without a plan.
        missed: of how many the day has passed without the customer's confirmation.

    Returns:
        `few` without any promise, `late`, `unplanned` when none is late and some have no plan, `missed` when
        the plan alone kept the days, `kept`.

    >>> late([("a", 3), ("b", -2), ("c", None)]).counts
    {'late': 1, 'unplanned': 1, 'missed': 0, 'of': 3}
    """
    if not days:
        return Said("few")
    behind = {key: gap for key, gap in days if gap is not None and gap > 0}
    unplanned = sum(gap is None for _, gap in days)
    counts = {"late": len(behind), "unplanned": unplanned, "missed": missed, "of": len(days)}
    if not behind:
        return Said("unplanned" if unplanned else "missed" if missed else "kept", counts=counts)
    worst = max(behind, key=lambda key: behind[key])
    return Said("late", {"most": worst}, {"days": float(behind[worst])}, {}, counts)
