"""What factors read off the books: counts, sums, means and latest times of marks (B1)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.forecast.history import Bools, Floats, History, Snapshot
from core.forecast.signals import Mark, Marks

FEW_STAYS = 5  # fewer finished stays in a stage than this say nothing of its usual length


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that was known at `t`.

    Attributes:
        books: stages, amounts and dates as they stood.
        marks: what had happened around the opportunities, by kind.
        size: how many opportunities the history has.
    """

    history: History
    t: float
    books: Snapshot
    marks: Mapping[Mark, Marks]

    @property
    def size(self) -> int:
        """How many opportunities there are."""
        return len(self.history.ids)


def read(history: History, t: float) -> Reading:
    """The books and the marks as of `t`."""
    return Reading(history, t, history.as_of(t), history.signals.at_hand(t))


def has(seen: Reading, *marks: Mark) -> Bools:
    """Whether an opportunity has any such mark, however old; shape (opportunities,)."""
    found = np.zeros(seen.size, np.bool_)
    for mark in marks:
        found[seen.marks[mark].of] = True
    return found


def counts(seen: Reading, days: float, *marks: Mark) -> Floats:
    """How many such marks in the last so many days."""
    found = np.zeros(seen.size)
    for mark in marks:
        these = seen.marks[mark]
        found += np.bincount(these.of[these.at > seen.t - days], minlength=seen.size)
    return found


def sums(seen: Reading, days: float, mark: Mark, least: float = -np.inf) -> Floats:
    """Sum of their values in the last so many days, of those of at least `least`."""
    these = seen.marks[mark]
    counted = (these.at > seen.t - days) & (these.value >= least)
    return np.bincount(these.of[counted], these.value[counted], minlength=seen.size).astype(np.float64)


def means(seen: Reading, days: float, mark: Mark) -> Floats:
    """Mean of their values in the last so many days; NaN where there is none."""
    these = seen.marks[mark]
    whole = sums(seen, days, mark)
    counted = (these.at > seen.t - days) & np.isfinite(these.value)
    n = np.bincount(these.of[counted], minlength=seen.size)
    return np.where(n > 0, whole / np.maximum(n, 1), np.nan)


def latest(seen: Reading, mark: Mark) -> Floats:
    """When the last such mark was; NaN without."""
    found = np.full(seen.size, np.nan)
    found[seen.marks[mark].of] = seen.marks[mark].at  # they come in order of time: the last one stays
    return found


def earliest(seen: Reading, mark: Mark) -> Floats:
    """When the first such mark was; NaN without."""
    found = np.full(seen.size, np.nan)
    found[seen.marks[mark].of[::-1]] = seen.marks[mark].at[::-1]
    return found


def open_objections(seen: Reading) -> Floats:
    """Objections left open, less one for every later record of an objection resolved; never below none.

    >>> from core.forecast.signals import Marks
    >>> _balance(Marks(np.array([0, 0, 0, 0, 1]), np.arange(5.0), np.array([1.0, -1, -1, 1, -1])), 3)
    array([1., 0., 0.])
    """
    return _balance(seen.marks[Mark.OBJECTION], seen.size)


def _balance(steps: Marks, size: int) -> Floats:
    """Each opportunity's running sum, held at zero from below."""
    found = np.zeros(size)
    if not len(steps.of):
        return found
    begins = np.flatnonzero(np.r_[True, steps.of[1:] != steps.of[:-1]])
    ends = np.r_[begins[1:], len(steps.of)] - 1
    run = np.cumsum(steps.value)
    before = np.r_[0.0, run][begins]
    lowest = np.minimum(before, np.minimum.reduceat(run, begins))
    found[steps.of[begins]] = run[ends] - lowest
    return found


def usual_stays(seen: Reading) -> Floats:
    """Usual days of a stay by stage: its benchmark, else the median of finished stays, else NaN."""
    stages = seen.history.stages
    given = np.r_[seen.history.benchmarks, np.full(stages, np.nan)][:stages]
    stage, days = _stays(seen)
    for number in np.flatnonzero(np.isnan(given)):
        mine = days[stage == number]
        given[number] = np.median(mine) if len(mine) >= FEW_STAYS else np.nan
    return np.where(given > 0, given, np.nan)


def _stays(seen: Reading) -> tuple[Floats, Floats]:
    """Stage and length in days of every stay that another stage followed."""
    events = seen.history.events
    known = events.known(seen.t)
    of, stage, at = events.of[known], events.stage[known], events.at[known]
    begins = np.r_[True, (of[1:] != of[:-1]) | (stage[1:] != stage[:-1])][: len(of)]
    of, stage, at = of[begins], stage[begins], at[begins]
    follows = of[1:] == of[:-1]
    return stage[:-1][follows].astype(np.float64), np.diff(at)[follows]
