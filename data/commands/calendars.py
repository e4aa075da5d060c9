"""Changing the company's calendars: each change is a version of its own, and an older one can return."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission
from core.calendars import (
    CalendarChanges,
    DayKind,
    Place,
    check_days,
    check_hours,
    spans,
    with_days,
    with_place,
    with_year,
)
from core.messages import NotFound, Problem, refuse
from data.calendar_json import changes_from, changes_json
from data.commands.command import Tx, command
from data.jsontext import to_json
from data.queries.calendars import changes_in_force, zone_of
from data.schema import CalendarVersion, Setting, Team

Lunch = tuple[time | None, time | None]


@command("calendar.days", needs=Permission.MANAGE_CALENDARS)
def set_days(tx: Tx, country: str, first: date | None, last: date | None, kind: str) -> int:
    """Make days of a country free or worked, or again as shipped; returns the version.

    Args:
        last: the range's last day; only its first when None.

    Raises:
        Invalid: no day, a range the wrong way round or too long, an unknown country or kind.
    """
    refuse(check_days(country, first, last, kind))
    assert first is not None  # check_days
    changes = with_days(changes_in_force(tx.session), country, first, last or first, DayKind(kind))
    return _publish(tx, changes, {"country": country, "first": first, "last": last or first, "kind": kind})


@command("calendar.year", needs=Permission.MANAGE_CALENDARS)
def declare_year(tx: Tx, country: str, year: int, complete: bool = True) -> int:
    """Say that all free and make-up days of a year are entered, or take that back; returns the version.

    Raises:
        Invalid: an unknown country, or no year.
    """
    refuse(check_days(country, date(year, 1, 1) if 1 <= year <= 9999 else None, None, DayKind.OFF))
    changes = with_year(changes_in_force(tx.session), country, year, complete=complete)
    return _publish(tx, changes, {"country": country, "year": year, "complete": complete})


@command("calendar.hours", needs=Permission.MANAGE_CALENDARS)
def set_hours(
    tx: Tx,
    team_id: int | None,
    timezone: str,
    country: str,
    start: time | None,
    lunch: Lunch,
    end: time | None,
) -> int:
    """Set where and when a team, or (None) the company, works; returns the version.

    Raises:
        NotFound: no such team.
        Invalid: hours that are no working day, an unknown country or time zone.
    """
    wrong = (
        []
        if timezone in available_timezones()
        else [Problem("timezone", "unknown_choice", {"value": timezone})]
    )
    refuse([*wrong, *check_hours(country, start, lunch, end)])
    assert start is not None  # check_hours
    assert end is not None
    _set_zone(tx, team_id, timezone)
    place = Place(country, spans(start, lunch, end))
    changes = with_place(changes_in_force(tx.session), team_id, place)
    hours = ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in place.hours)
    return _publish(
        tx, changes, {"team_id": team_id, "timezone": timezone, "country": country, "hours": hours}
    )


@command("calendar.restore", needs=Permission.MANAGE_CALENDARS)
def restore_calendar(tx: Tx, version: int) -> int:
    """Publish an older version's days and hours again; 0 is as shipped. Returns the new version.

    Raises:
        NotFound: no such version.
    """
    kept = tx.session.scalar(select(CalendarVersion.changes).where(CalendarVersion.version == version))
    if kept is None and version != 0:
        raise NotFound(entity="calendar")
    changes = changes_from(kept, version) if kept else CalendarChanges()
    newest = changes_in_force(tx.session).version
    return _publish(tx, replace(changes, version=newest), {"restored": version})


def publish_country(session: Session, country: str, at: datetime, by: int) -> None:
    """The calendar in force with another country's holidays for the company, as its next version."""
    changes = changes_in_force(session)
    _add(session, with_place(changes, None, replace(changes.company, country=country)), at, by)


def _publish(tx: Tx, changes: CalendarChanges, said: Mapping[str, Any]) -> int:
    """The version after the one that the changes were made from.

    Two people who publish at once collide on its number, and the second is told.
    """
    row = _add(tx.session, changes, tx.now, tx.who.person_id)
    tx.audit("calendar", row.id, after=to_json(dict(said)))
    return row.version


def _add(session: Session, changes: CalendarChanges, at: datetime, by: int | None) -> CalendarVersion:
    row = CalendarVersion(version=changes.version + 1, changes=changes_json(changes), published_at=at)
    row.published_by = by
    session.add(row)
    session.flush()
    return row


def _set_zone(tx: Tx, team_id: int | None, timezone: str) -> None:
    if team_id is not None:
        team = tx.session.get(Team, team_id)
        if team is None:
            raise NotFound(entity="team")
        team.timezone = timezone
    elif timezone != zone_of(tx.session, None):
        tx.session.merge(Setting(key="timezone", value=timezone))
