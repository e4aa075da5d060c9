"""A picture's finding: a code, and what its sentence names."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from statistics import NormalDist

SURE = 0.95  # what chance alone keeps within this often is noise


@dataclass(frozen=True, slots=True)
class Said:
    """What a picture says.

    Attributes:
        code: which sentence; `few` when there is too little to say anything.
        names: keys of what the sentence names.
        values: amounts in the picture's own unit.
        shares: 0–1.
        counts: how many.
    """

    code: str
    names: Mapping[str, Hashable] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


def sure_z(looks: int) -> float:
    """How many standard errors make a difference sure when the most striking of so many looks is told.

    Bonferroni's correction of `SURE`, both sides.

    >>> round(sure_z(1), 2), round(sure_z(10), 2)
    (1.96, 2.81)
    """
    return NormalDist().inv_cdf(1 - (1 - SURE) / (2 * max(looks, 1)))
