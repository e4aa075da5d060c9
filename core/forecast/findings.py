"""What a person may say and ask for after a month: a cause, an event, a factor (B5)."""

from dataclasses import dataclass
from datetime import date

from core.forecast.month_causes import Cause
from core.messages import Problem
from core.terms import INDUSTRIES

LONGEST_EVENT_DAYS = 366
ASKED, TAKEN_UP, DECLINED = "asked", "taken_up", "declined"


@dataclass(frozen=True, slots=True)
class EventInput:
    """An event of the business calendar as it was entered; `industry` None is every industry."""

    name: str
    starts_on: date
    ends_on: date
    industry: str | None = None
    note: str = ""


def check_cause(cause: str, note: str) -> list[Problem]:
    """What is wrong with a decision on a deviation.

    >>> [p.code for p in check_cause("weather", " ")]
    ['unknown_choice', 'reason_required']
    """
    found = [] if cause in set(Cause) else [Problem("cause", "unknown_choice", {"value": cause})]
    return found if note.strip() else [*found, Problem("note", "reason_required")]


def check_event(event: EventInput) -> list[Problem]:
    """What is wrong with an event.

    >>> check_event(EventInput("Trade fair", date(2026, 5, 1), date(2026, 5, 3)))
    []
    >>> [p.code for p in check_event(EventInput("", date(2026, 5, 3), date(2026, 5, 1), "moon"))]
    ['required', 'end_before_start', 'unknown_choice']
    """
    found = [] if event.name.strip() else [Problem("name", "required")]
    if not 0 <= (event.ends_on - event.starts_on).days <= LONGEST_EVENT_DAYS:
        found.append(Problem("ends_on", "end_before_start"))
    if event.industry is not None and event.industry not in INDUSTRIES:
        found.append(Problem("industry", "unknown_choice", {"value": event.industry}))
    return found
