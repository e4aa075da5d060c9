"""`--as-of DAY`, told alike by every command that looks back."""

import argparse
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from core.messages import Problem, refuse
from data.engine import Store

END = "as known at the end of that day; now if left out"


def add_as_of(parser: argparse.ArgumentParser, means: str = END) -> None:
    """Let a command be asked about an earlier day, and say which moment of it is meant."""
    parser.add_argument(
        "--as-of",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help=means,
    )


def begun(day: date | None, today: date) -> date:
    """The day asked for, today without one: what the books say then must have been written.

    Raises:
        Invalid: it has not begun yet.
    """
    refuse([Problem("as-of", "instant_in_future")] if day and day > today else [])
    return day or today


def end_of(day: date | None, zone: str, store: Store) -> datetime:
    """The last instant of a day in a time zone; the present one without a day."""
    return store.clock() if day is None else datetime.combine(day, time.max, ZoneInfo(zone))
