"""Where a place stands on its way from the launch to day 120 (PRODUCT.md E)."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

from core.messages import Problem

EARLIEST_DAYS, LATEST_DAYS = 730, 366  # back and ahead that a launch date may lie
MOST_WORDS = 500


class Phase(StrEnum):
    """How a milestone lies in time."""

    OVER = "over"  # its day has come
    RUNNING = "running"  # its days count now
    COMING = "coming"


def phase(launched_on: date, first: date, due_on: date, today: date) -> Phase:
    """How a milestone lies to today.

    Args:
        first, due_on: the days that it counts, its own day not.

    >>> day = lambda n: date(2026, 3, n)
    >>> [phase(day(1), day(1), day(20), day(n)).value for n in (1, 20)]
    ['running', 'over']
    """
    if today >= due_on:
        return Phase.OVER
    return Phase.RUNNING if today >= max(first, launched_on) else Phase.COMING


def check_launch(
    launched_on: date | None, reason: str, before: date | None, today: date
) -> Iterator[Problem]:
    """What is wrong with a launch date; a change of one that stands needs a reason."""
    if launched_on is None:
        yield Problem("launched_on", "required")
    elif launched_on == before:
        yield Problem("launched_on", "same_date")
    elif not timedelta(days=-EARLIEST_DAYS) <= launched_on - today <= timedelta(days=LATEST_DAYS):
        yield Problem("launched_on", "launch_far", {"back": EARLIEST_DAYS, "ahead": LATEST_DAYS})
    if before is not None and not reason.strip():
        yield Problem("reason", "reason_required")
    if len(reason) > MOST_WORDS:
        yield Problem("reason", "too_long", {"limit": MOST_WORDS})
