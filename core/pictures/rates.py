"""Pictures of rates: which group's differs from the others beyond chance, and whether chances came true."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt

from core.intervals import wilson
from core.pictures.said import Said, sure_z


@dataclass(frozen=True, slots=True)
class Rate:
    """`part` of `whole` in a group; `told`, 0–1, is the chance that had been said of them."""

    key: Hashable
    part: int
    whole: int
    told: float = 0.0

    @property
    def share(self) -> float:
        """0–1."""
        return self.part / self.whole


def lowest(groups: Sequence[Rate], least: int) -> Said:
    """The group with the lowest rate, if it differs from the others together beyond chance.

    Two-proportion z-test of the lowest against all others, corrected for its having been picked.

    Args:
        least: groups of fewer rows are not judged.

    Returns:
        `few` with fewer than two groups to judge, `alike`, or `lowest`.

    >>> lowest([Rate("a", 40, 50), Rate("b", 15, 50)], least=5).code
    'lowest'
    """
    judged = [group for group in groups if group.whole >= max(least, 1)]
    if len(judged) < 2:
        return Said("few", counts={"least": least})
    worst = min(judged, key=lambda group: group.share)
    part = sum(group.part for group in judged) - worst.part
    whole = sum(group.whole for group in judged) - worst.whole
    pooled = (part + worst.part) / (whole + worst.whole)
    error = sqrt(pooled * (1 - pooled) * (1 / whole + 1 / worst.whole))
    sure = part / whole - worst.share > sure_z(len(judged)) * error
    shares = {"share": worst.share, "rest": part / whole, "all": pooled}
    counts = {"n": worst.whole, "of": whole + worst.whole}
    return Said("lowest" if sure and error else "alike", {"most": worst.key}, {}, shares, counts)


def came_true(groups: Sequence[Rate], least: int) -> Said:
    """Whether what had been told as chances came true.

    A group speaks when the chance lies outside Wilson's interval of the share that came true, corrected for
    the number of groups; the one furthest away is named.

    Args:
        least: with fewer opportunities in all nothing is said.

    Returns:
        `few`, `fits`, `high` (the chances were told too high), or `low`.

    >>> came_true([Rate("a", 10, 100, told=0.5), Rate("b", 70, 100, told=0.7)], least=30).code
    'high'
    """
    judged = [group for group in groups if group.whole]
    total = sum(group.whole for group in judged)
    if total < max(least, 1):
        return Said("few", counts={"least": least, "n": total})
    z = sure_z(len(judged))
    apart = [group for group in judged if not _inside(group, z)]
    if not apart:
        return Said("fits", counts={"n": total})
    worst = max(apart, key=lambda group: abs(group.told - group.share))
    code = "high" if worst.told > worst.share else "low"
    shares = {"told": worst.told, "share": worst.share}
    return Said(code, {"most": worst.key}, {}, shares, {"n": worst.whole, "apart": len(apart)})


def _inside(group: Rate, z: float) -> bool:
    """Whether the told chance lies within Wilson's interval of the share."""
    low, high = wilson(group.part, group.whole, z)
    return low <= group.told <= high
