"""Weekly health reports as they were issued, and which weeks have one (PRODUCT.md A5)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from core.access import Permission, Reach, Who, reach
from core.messages import NotAllowed, NotFound
from core.process.health import Rows, WeeklyHealth
from core.process.stages import PIPELINE
from core.process.stays import last_monday
from data.health_json import health_from, rows_from
from data.once import recalled
from data.queries.health_facts import benchmarks, zone_of
from data.schema import Audit, HealthReport, Opportunity, Person, Pipeline, Team

WEEKS_SHOWN = 26
TREND_WEEKS = 13
OPEN_WEEKS = 8  # weeks back that can still be issued by hand
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """A team whose reports this person may see; `team_id` None is the company."""

    team_id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class WeekChoice:
    """A week that is over, and whether its report was issued."""

    monday: date
    issued: bool


@dataclass(frozen=True, slots=True)
class Issued:
    """A report as issued.

    Attributes:
        team: its team's name today; "" for the company.
        as_of: what was recorded later is not in it.
        issued_by: None when it was issued by the clock.
    """

    team_id: int | None
    team: str
    monday: date
    timezone: str
    as_of: datetime
    issued_at: datetime
    issued_by: str | None
    health: WeeklyHealth


@dataclass(frozen=True, slots=True)
class BenchmarkLine:
    """A stage's benchmark in force; `days` None if unknown."""

    stage: str
    days: float | None


@dataclass(frozen=True, slots=True)
class Benchmarks:
    """The benchmarks in force; when and by whom they were last changed, None if never."""

    lines: tuple[BenchmarkLine, ...]
    changed_at: datetime | None
    changed_by: str | None


@recalled
def health_teams(session: Session, who: Who) -> tuple[TeamChoice, ...]:
    """The company first, for those who see all; else the person's own team."""
    query = select(Team.id, Team.name).where(Team.kind == "sales").order_by(Team.name, Team.id)
    if reach(who, Permission.SEE_HEALTH) is Reach.ALL:
        return TeamChoice(None, ""), *(TeamChoice(*row) for row in session.execute(query))
    mine = query.where(Team.id == who.team_id)
    return tuple(TeamChoice(*row) for row in session.execute(mine))


@recalled
def health_weeks(session: Session, who: Who, team_id: int | None, now: datetime) -> tuple[WeekChoice, ...]:
    """The latest weeks that are over, newest first: those issued, and those that still can be.

    Weeks before the first opportunity was recorded are left out unless they were issued.
    """
    _check(session, who, team_id)
    query = select(HealthReport.week_start).where(_of(team_id)).order_by(HealthReport.week_start.desc())
    issued = set(session.scalars(query.limit(WEEKS_SHOWN)))
    first = session.scalar(select(func.min(Opportunity.recorded_at)))
    zone = zone_of(session, team_id)
    last = last_monday(now, zone)
    back = [last - WEEK * n for n in range(OPEN_WEEKS)]
    began = first.astimezone(ZoneInfo(zone)).date() if first else None
    still = {monday for monday in back if began is not None and began < monday + WEEK}
    return tuple(WeekChoice(monday, monday in issued) for monday in sorted(issued | still, reverse=True))


@recalled
def health_report(session: Session, who: Who, team_id: int | None, monday: date) -> Issued | None:
    """The report of a week; None when it was not issued."""
    _check(session, who, team_id)
    row = session.execute(_reports(team_id).where(HealthReport.week_start == monday)).first()
    return _issued(row) if row else None


@recalled
def health_trend(session: Session, who: Who, team_id: int | None, monday: date) -> tuple[Issued, ...]:
    """The reports up to a day, oldest first: of so many weeks back from the latest one, whatever the day."""
    _check(session, who, team_id)
    known = _of(team_id) & (HealthReport.week_start <= monday)
    latest = session.scalar(select(func.max(HealthReport.week_start)).where(known))
    if latest is None:
        return ()
    query = _reports(team_id).where(known, HealthReport.week_start > latest - WEEK * TREND_WEEKS)
    return tuple(_issued(row) for row in session.execute(query.order_by(HealthReport.week_start)))


@recalled
def health_rows(session: Session, who: Who, team_id: int | None, monday: date) -> Rows:
    """The rows behind a report, as issued.

    Raises:
        NotFound: it was not issued.
    """
    _check(session, who, team_id)
    query = select(HealthReport.drivers).where(_of(team_id), HealthReport.week_start == monday)
    drivers = session.scalar(query)
    if drivers is None:
        raise NotFound(entity="health_report")
    return rows_from(drivers)


@recalled
def benchmark_table(session: Session, who: Who) -> Benchmarks:
    """The benchmarks in force, with their last change.

    Raises:
        NotAllowed: for whoever sees no health report.
    """
    if reach(who, Permission.SEE_HEALTH) is None:
        raise NotAllowed(permission=Permission.SEE_HEALTH)
    last = session.execute(
        select(Audit.at, Person.name)
        .join(Pipeline, Pipeline.id == Audit.entity_id)
        .outerjoin(Person, Person.id == Audit.actor_id)
        .where(Audit.entity == "pipeline", Audit.command == "pipeline.benchmarks", Pipeline.key == PIPELINE)
        .order_by(Audit.id.desc())
        .limit(1)
    ).first()
    lines = tuple(BenchmarkLine(stage, days) for stage, days in benchmarks(session).items())
    return Benchmarks(lines, last.at if last else None, last.name if last else None)


def _check(session: Session, who: Who, team_id: int | None) -> None:
    """Raise `NotAllowed` or `NotFound` for a team out of reach."""
    granted = reach(who, Permission.SEE_HEALTH)
    if granted is None:
        raise NotAllowed(permission=Permission.SEE_HEALTH)
    if granted is not Reach.ALL and (team_id is None or team_id != who.team_id):
        raise NotFound(entity="team")
    zone_of(session, team_id)


def _of(team_id: int | None) -> ColumnElement[bool]:
    return HealthReport.team_id.is_(None) if team_id is None else HealthReport.team_id == team_id


def _reports(team_id: int | None) -> Select[Any]:
    columns: Any = (
        HealthReport.team_id,
        Team.name.label("team"),
        HealthReport.week_start,
        HealthReport.timezone,
        HealthReport.as_of,
        HealthReport.issued_at,
        Person.name.label("issued_by"),
        HealthReport.figures,
    )
    return (
        select(*columns)
        .outerjoin(Team, Team.id == HealthReport.team_id)
        .outerjoin(Person, Person.id == HealthReport.issued_by)
        .where(_of(team_id))
    )


def _issued(row: Any) -> Issued:
    return Issued(
        row.team_id,
        row.team or "",
        row.week_start,
        row.timezone,
        row.as_of,
        row.issued_at,
        row.issued_by,
        health_from(row.figures),
    )
