"""Why a stage lost time: what its lost days have in common (PRODUCT.md A5).

Each candidate takes the stays that share something and says how much of the lost time they carry. One
that carries half of it or more is a cause. Repeats, a person or a group of customers must also carry
clearly more than their share of the stays, for what is true of all stays explains nothing, and lose days at
two opportunities or more, for what a single one shares with itself explains nothing either: that is named
as what it is. A missing next step and a skipped stage are faults by themselves. Among causes the one with
the largest share is named.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from core.process.stays import Stay

LEAST_SHARE = 0.5  # of the lost days
LEAST_BEYOND = 0.15  # more than the share of stays

_SHARED: tuple[tuple[str, Callable[[Stay], str | None]], ...] = (
    ("team", lambda s: s.about.team),
    ("rep", lambda s: s.about.rep),
    ("industry", lambda s: s.about.industry),
    ("segment", lambda s: s.about.segment),
)


@dataclass(frozen=True, slots=True)
class Cause:
    """What carries most of a stage's lost days.

    Attributes:
        code: no_next_step, skipped, repeats, team, rep, industry, segment, single (one opportunity carries
            more than half); spread when nothing does.
        name: the stage that was skipped, or the team, person, group or opportunity; "" for the others.
        share: of the stage's lost days, 0–1.
        lost_days: the days themselves.
        stays: how many stays carry them, out of `of`.
    """

    code: str
    name: str
    share: float
    lost_days: float
    stays: int
    of: int

    @property
    def beyond(self) -> float:
        """How much more of the lost days than of the stays, −1 to 1."""
        return self.share - self.stays / self.of


def cause(stays: Sequence[Stay]) -> Cause:
    """The cause of a stage's lost days; needs at least one stay that lost some."""
    found = [c for c in _candidates(stays) if c.share >= LEAST_SHARE]
    return max(found, key=lambda c: c.share, default=None) or _made("spread", "", stays, stays)


def _candidates(stays: Sequence[Stay]) -> Iterator[Cause]:
    """In the order of precedence among equals."""
    yield _made("no_next_step", "", [s for s in stays if s.waits], stays)
    for stage in sorted({stage for s in stays for stage in s.skipped}):
        yield _made("skipped", stage, [s for s in stays if stage in s.skipped], stays)
    groups = [("repeats", "", [s for s in stays if s.visits > 1])]
    for code, of in _SHARED:
        for name in sorted({name for s in stays if (name := of(s))}):
            groups.append((code, name, [s for s in stays if of(s) == name]))
    several = (g for g in groups if sum(s.lost_days > 0 for s in g[2]) > 1)
    contrasts = (_made(code, name, mine, stays) for code, name, mine in several)
    yield from (c for c in contrasts if c.beyond >= LEAST_BEYOND)
    longest = max(stays, key=lambda s: s.lost_days)
    single = _made("single", longest.about.opportunity, [longest], stays)
    if single.share > LEAST_SHARE:
        yield single


def _made(code: str, name: str, mine: Sequence[Stay], stays: Sequence[Stay]) -> Cause:
    lost, whole = sum(s.lost_days for s in mine), sum(s.lost_days for s in stays)
    return Cause(code, name, lost / whole if whole else 0.0, lost, len(mine), len(stays))
