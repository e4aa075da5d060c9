"""Answering the AI's suggestions: accept, or reject with a reason; nobody types a number (B3).

Each open opportunity asks once in a period. The deadline is the end of the period's n-th working day; until
then an answer can be replaced by another. Later answers are taken too, for one that never came is worse, but
they stay marked as late: by then the period itself has begun to show how it ends.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.calendar import WorkCalendar
from core.messages import Problem

ACCEPTED, REJECTED = "accepted", "rejected"
AGREED, OTHER = "agreed", "other"
REJECT_REASONS = (
    "customer_said",
    "timing",
    "budget",
    "decision_maker",
    "competitor",
    "record_wrong",
    OTHER,
)
MOST_WORDS = 500


def check_decision(decision: str, reason: str, note: str) -> list[Problem]:
    """What is wrong with an answer.

    >>> check_decision("accepted", "agreed", ""), check_decision("rejected", "budget", "")
    ([], [])
    >>> [p.code for p in check_decision("rejected", "other", " ")]
    ['reason_required']
    """
    if decision not in (ACCEPTED, REJECTED):
        return [Problem("decision", "unknown_choice", {"value": decision})]
    if reason not in ((AGREED,) if decision == ACCEPTED else REJECT_REASONS):
        return [Problem("reason", "unknown_choice" if reason else "reason_required", {"value": reason})]
    if reason == OTHER and not note.strip():
        return [Problem("note", "reason_required")]
    if len(note) > MOST_WORDS:
        return [Problem("note", "too_long", {"limit": MOST_WORDS})]
    return []


def deadline(starts_on: date, calendar: WorkCalendar, working_day: int) -> datetime:
    """The end of a period's n-th working day, by the calendar's clock.

    >>> deadline(date(2026, 3, 1), WorkCalendar(), 5).isoformat()  # a Sunday; Friday the 6th is the fifth
    '2026-03-07T00:00:00+08:00'
    """
    return _midnight_after(_working_day(starts_on, calendar, working_day), calendar)


def reminder(starts_on: date, calendar: WorkCalendar, working_day: int) -> datetime:
    """From when on those who have not answered are reminded: the beginning of the last two working days."""
    eve = _working_day(starts_on, calendar, max(1, working_day - 1))
    return _midnight_after(eve - timedelta(days=1), calendar)


def _working_day(starts_on: date, calendar: WorkCalendar, n: int) -> date:
    day, worked = starts_on, int(calendar.works_on(starts_on))
    while worked < n:
        day += timedelta(days=1)
        worked += calendar.works_on(day)
    return day


def _midnight_after(day: date, calendar: WorkCalendar) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(calendar.timezone))
