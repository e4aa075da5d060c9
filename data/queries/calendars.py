"""The company's calendars: the version in force, what it was before, and a year's special days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.calendar import WorkCalendar, days_ahead
from core.calendars import CalendarChanges, DayKind, Place, missing_years
from core.messages import NotAllowed
from core.terms import Role
from data.calendar_json import changes_from
from data.calendars import calendar_at, shipped
from data.once import once
from data.schema import CalendarVersion, Person, Setting, Team

ZONE = "Asia/Shanghai"  # where the installation's setting `timezone` says nothing else
VERSIONS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A weekday off or a weekend day that is worked.

    Attributes:
        works: whether it is worked.
        changed: the company's own; else as shipped.
    """

    day: date
    works: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class TeamPlace:
    """A team's place; `own` False where it is the company's. `team_id` None is the company."""

    team_id: int | None
    name: str
    timezone: str
    place: Place
    own: bool


@dataclass(frozen=True, slots=True)
class Version:
    """A version as it was published; `changed` names how many days and places it holds."""

    version: int
    at: datetime
    by: str | None
    days: int
    teams: int


@dataclass(frozen=True, slots=True)
class CalendarDesk:
    """What the calendars page shows.

    Attributes:
        year: of the special days shown.
        known: whether the holidays of that year are known for `country`; declared: because somebody said so.
        missing: per country in use, years that should be known by now and are not.
    """

    country: str
    year: int
    days: tuple[SpecialDay, ...]
    known: bool
    declared: bool
    places: tuple[TeamPlace, ...]
    missing: Mapping[str, tuple[int, ...]]
    versions: tuple[Version, ...]


@once
def changes_in_force(session: Session) -> CalendarChanges:
    """The highest published version; nothing changed where there is none."""
    newest = select(CalendarVersion).order_by(CalendarVersion.version.desc()).limit(1)
    row = session.scalar(newest)
    return changes_from(row.changes, row.version) if row else CalendarChanges()


def company_country(session: Session) -> str:
    """The country whose holidays the company keeps, one of `COUNTRIES`."""
    return changes_in_force(session).company.country


def kept_holidays(session: Session, who: Who) -> tuple[str, str]:
    """Whose holidays the company keeps, and its time zone."""
    del who  # everybody may know when the company works
    return company_country(session), zone_of(session, None)


def calendar_of(session: Session, team_id: int | None) -> WorkCalendar:
    """A team's working days and hours; the company's for None."""
    changes = changes_in_force(session)
    return calendar_at(changes, changes.place(team_id), zone_of(session, team_id))


def near_days(session: Session, who: Who, team_id: int | None, today: date) -> dict[str, date]:
    """Days offered at a touch by a team's calendar, the company's for None."""
    del who  # everybody may know when a team works
    return days_ahead(calendar_of(session, team_id), today)


@once
def answering_calendar(session: Session) -> WorkCalendar:
    """What the clocks of demands follow: product's team where it has hours of its own, else the company."""
    teams = select(Person.team_id).where(Person.role == Role.PRODUCT, Person.active).distinct()
    found = session.scalars(teams.limit(2)).all()
    one = found[0] if len(found) == 1 else None
    return calendar_of(session, one if one in changes_in_force(session).teams else None)


@once
def zone_of(session: Session, team_id: int | None) -> str:
    """The time zone of a team, or of the company."""
    own = session.scalar(select(Team.timezone).where(Team.id == team_id)) if team_id else None
    return str(own or session.scalar(select(Setting.value).where(Setting.key == "timezone")) or ZONE)


def missing(session: Session, now: datetime) -> dict[str, tuple[int, ...]]:
    """Per country in use, the years whose holidays should be known by now and are not."""
    changes = changes_in_force(session)
    zone = zone_of(session, None)
    countries = dict.fromkeys([changes.company.country, *(p.country for p in changes.teams.values())])
    found = {}
    for country in countries:
        calendar = calendar_at(changes, Place(country), zone)
        if years := missing_years(calendar, now.astimezone(calendar.zone).date()):
            found[country] = years
    return found


def calendar_desk(session: Session, who: Who, country: str | None, year: int, now: datetime) -> CalendarDesk:
    """The special days of a country's year, the places, and the versions so far.

    Raises:
        NotAllowed: for whoever does not manage calendars.
    """
    if reach(who, Permission.MANAGE_CALENDARS) is None:
        raise NotAllowed(permission=Permission.MANAGE_CALENDARS)
    changes = changes_in_force(session)
    chosen = country or changes.company.country
    zone = zone_of(session, None)
    calendar = calendar_at(changes, Place(chosen), zone)
    return CalendarDesk(
        chosen,
        year,
        _special(calendar, shipped(chosen, zone), year),
        year in calendar.known_years,
        year in changes.years.get(chosen, ()),
        _places(session, changes),
        missing(session, now),
        _versions(session),
    )


def _special(calendar: WorkCalendar, before: WorkCalendar, year: int) -> tuple[SpecialDay, ...]:
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range(366))
    return tuple(
        SpecialDay(day, works, works != before.works_on(day))
        for day in days
        if day.year == year
        and ((works := calendar.works_on(day)) != (day.weekday() < 5) or works != before.works_on(day))
    )


def _places(session: Session, changes: CalendarChanges) -> tuple[TeamPlace, ...]:
    teams = session.execute(select(Team.id, Team.name, Team.timezone).order_by(Team.name))
    company = TeamPlace(None, "", zone_of(session, None), changes.company, own=True)
    return (
        company,
        *(TeamPlace(i, name, zone, changes.place(i), i in changes.teams) for i, name, zone in teams),
    )


def _versions(session: Session) -> tuple[Version, ...]:
    query = (
        select(CalendarVersion, Person.name)
        .outerjoin(Person, Person.id == CalendarVersion.published_by)
        .order_by(CalendarVersion.version.desc())
        .limit(VERSIONS_SHOWN)
    )
    found = []
    for row, by in session.execute(query):
        held = changes_from(row.changes, row.version)
        days = sum(kind is not DayKind.SHIPPED for of in held.days.values() for kind in of.values())
        found.append(Version(row.version, row.published_at, by, days, len(held.teams)))
    return tuple(found)
