"""The criteria of the four milestones, once: what each counts, and what it must reach (PRODUCT.md E)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.policies import Policy

DAYS = (30, 60, 90, 120)
SPANS = {30: 30, 60: 60, 90: 90, 120: 30}  # days before its own that a milestone counts


class Kind(StrEnum):
    """How a criterion is measured, and so how its outlook is found."""

    EVERY = "every"  # everybody must have done it
    SHARE = "share"  # a share of the rows, at least
    MEAN = "mean"  # a mean of the rows, at most
    MONTHS = "months"  # a rate of whole months, at least


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a milestone asks for.

    Attributes:
        name: key of its words, `milestones.of.<name>`.
        day: of its milestone, counted from the launch.
        limit: what it must reach: a rate 0–1, hours or minutes.
        least: rows from which it is judged.
        unit: rate, hours or minutes.
    """

    name: str
    day: int
    kind: Kind
    limit: Callable[[Policy], float]
    least: Callable[[Policy], int]
    unit: str = "rate"

    @property
    def lower_is_better(self) -> bool:
        """Whether it must stay at or under its limit."""
        return self.kind is Kind.MEAN


def _few(policy: Policy) -> int:
    return policy.milestone_least


def _one(policy: Policy) -> int:
    del policy
    return 1


CRITERIA = (
    Criterion("recording", 30, Kind.EVERY, lambda p: 1.0, _one),
    Criterion("completeness", 30, Kind.SHARE, lambda p: p.milestone_completeness, _few),
    Criterion("accuracy", 60, Kind.MONTHS, lambda p: p.milestone_accuracy, _one),
    Criterion("adoption", 60, Kind.SHARE, lambda p: p.milestone_adoption, _few),
    Criterion("response", 90, Kind.MEAN, lambda p: p.milestone_response_hours, _few, "hours"),
    Criterion("kept", 90, Kind.SHARE, lambda p: p.milestone_kept, _few),
    Criterion("reporting", 120, Kind.MEAN, lambda p: p.milestone_report_minutes, _few, "minutes"),
    Criterion("located", 120, Kind.MEAN, lambda p: p.milestone_locate_minutes, _few, "minutes"),
)
BY_NAME = {criterion.name: criterion for criterion in CRITERIA}


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a milestone counts: from `first` up to, and without, `due_on`, its own day."""

    first: date
    due_on: date

    def shown(self, today: date) -> "Window":
        """The days that are looked at today: its own so far; before they begin, as many up to today."""
        tomorrow = today + timedelta(days=1)
        end = min(tomorrow, self.due_on)
        return Window(self.first if self.first < end else end - (self.due_on - self.first), end)


def window(launched_on: date, day: int) -> Window:
    """The days that count for the milestone of a day.

    >>> window(date(2026, 3, 1), 30), window(date(2026, 3, 1), 120).first
    (Window(first=datetime.date(2026, 3, 1), due_on=datetime.date(2026, 3, 31)), datetime.date(2026, 5, 30))
    """
    due_on = launched_on + timedelta(days=day)
    return Window(due_on - timedelta(days=SPANS[day]), due_on)


def of_day(day: int) -> tuple[Criterion, ...]:
    """The criteria of a milestone."""
    return tuple(criterion for criterion in CRITERIA if criterion.day == day)
