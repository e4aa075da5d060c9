"""What all lines of a month's run say together: what is usual, and which industries moved as one (B5)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from core.forecast.luck import RARE, luck
from core.forecast.months import Line

USUAL_ENDS = (0.05, 0.95)  # a factor between these quantiles of the run's opportunities is normal
TOGETHER_CUSTOMERS = 4  # of one industry, whose sum moved beyond chance
_ZERO = Decimal()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all lines of the run say together.

    Attributes:
        ends: by factor, the values between which most opportunities lie.
        moved: industries that moved beyond chance: their common gap, and how many customers share its sign.
    """

    ends: Mapping[str, tuple[float, float]]
    moved: Mapping[str, tuple[Decimal, int]]


def surroundings(
    lines: Sequence[Line],
    factors: Mapping[int, Mapping[str, float]],
    industry: Mapping[int, tuple[str | None, str | None]],
) -> Surroundings:
    """What is usual in a run, and what moved together.

    Args:
        factors: factor values by line.
        industry: each opportunity's industry and customer.
    """
    names = {name for values in factors.values() for name in values}
    ends = {}
    for name in names:
        known = [values[name] for values in factors.values() if name in values]
        low, high = np.quantile(known, USUAL_ENDS)
        ends[name] = (float(low), float(high))
    large = _by_industry(lines, industry)
    moved = {name: gap for name, mine in large.items() if (gap := _together(mine, industry, len(large)))}
    return Surroundings(ends, moved)


def _by_industry(
    lines: Sequence[Line], industry: Mapping[int, tuple[str | None, str | None]]
) -> dict[str, list[Line]]:
    """The lines of industries with enough customers to move together."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if name := industry.get(line.opportunity, (None, None))[0]:
            found[name].append(line)
    customers = {name: {industry[line.opportunity][1] for line in mine} for name, mine in found.items()}
    return {name: found[name] for name, who in customers.items() if len(who - {None}) >= TOGETHER_CUSTOMERS}


def _together(
    lines: Sequence[Line], industry: Mapping[int, tuple[str | None, str | None]], looks: int
) -> tuple[Decimal, int] | None:
    """The common gap of an industry's lines and how many customers share it, if luck does not explain it.

    Luck goes so far in one month of twenty in any of the `looks` industries (Bonferroni).
    """
    gaps: dict[str | None, Decimal] = defaultdict(Decimal)
    for line in lines:
        gaps[industry[line.opportunity][1]] += line.actual - line.value
    gap = sum(gaps.values(), _ZERO)
    same = sum(customer is not None and own * gap > 0 for customer, own in gaps.items())
    chance = luck([line.chance for line in lines], [float(line.amount) for line in lines])
    far = chance is not None and abs(float(gap)) > chance.miss(1 - (1 - RARE) / looks)
    return (gap, same) if same >= TOGETHER_CUSTOMERS and far else None
