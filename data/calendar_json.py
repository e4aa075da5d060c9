"""A company's calendars as JSON and back."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from core.calendars import CalendarChanges, DayKind, Place


def changes_json(changes: CalendarChanges) -> dict[str, Any]:
    """What the store keeps of a version."""
    return {
        "company": _place(changes.company),
        "teams": {str(i): _place(place) for i, place in changes.teams.items()},
        "days": {
            country: {day.isoformat(): str(kind) for day, kind in sorted(days.items())}
            for country, days in changes.days.items()
        },
        "years": {country: sorted(years) for country, years in changes.years.items()},
    }


def changes_from(kept: Mapping[str, Any], version: int) -> CalendarChanges:
    """A version as it was kept.

    >>> changes_from(changes_json(CalendarChanges()), 0) == CalendarChanges()
    True
    """
    return CalendarChanges(
        version,
        _place_from(kept["company"]),
        {int(i): _place_from(place) for i, place in kept["teams"].items()},
        {
            country: {date.fromisoformat(day): DayKind(kind) for day, kind in days.items()}
            for country, days in kept["days"].items()
        },
        {country: frozenset(years) for country, years in kept["years"].items()},
    )


def _place(place: Place) -> dict[str, Any]:
    hours = [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in place.hours]
    return {"country": place.country, "hours": hours}


def _place_from(kept: Mapping[str, Any]) -> Place:
    hours = tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in kept["hours"])
    return Place(kept["country"], hours)
