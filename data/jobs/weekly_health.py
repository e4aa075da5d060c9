"""Every Monday at 7:00 in a team's time zone: its process health report of the week that ended (A5)."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import OPERATOR
from core.messages import Conflict, NotFound
from core.notices import Notice
from core.process.stays import week_name
from core.terms import Role
from data.commands.health import issue_health, report_key
from data.commands.outbox import post
from data.engine import Store
from data.jobs.registry import Run, job
from data.jobs.times import latest_due, next_due
from data.queries.health_facts import zone_of
from data.queries.people import manned_since, manned_teams
from data.schema import JobRun, Opportunity, Person, Team

NAME = "weekly_health"
COMPANY = "company"
AT, MONDAY = time(7), frozenset({0})
WEEK = timedelta(days=7)
CATCH_UP = 8  # weeks that are still issued after a stop


@job(NAME)
def weekly_health(store: Store, run: Run) -> None:
    """Issue the report as known when it was due, and tell who leads the team; a second run does neither.

    A week that is caught up later than the next one's report is issued without a word.
    """
    team_id = None if run.key == COMPANY else int(run.key)
    with store.reading(fresh=True) as session:
        try:
            zone = zone_of(session, team_id)
        except NotFound:  # no sales team any more
            return
    monday = run.due_at.astimezone(ZoneInfo(zone)).date() - WEEK
    with suppress(Conflict):  # issued before
        issue_health(store, OPERATOR, team_id, monday, as_of=run.due_at)
    if store.clock() - run.due_at < WEEK:
        with store.writing() as session:
            post(session, store.clock(), _notices(session, team_id, monday))


def _notices(session: Session, team_id: int | None, monday: date) -> Iterator[Notice]:
    """To the team's managers; about the company to its directors."""
    leads = Person.role == Role.DIRECTOR
    params, query = {"week": week_name(monday)}, {"week": week_name(monday)}
    if team_id is not None:
        leads = (Person.role == Role.MANAGER) & (Person.team_id == team_id)
        params["team"], query["team"] = session.get_one(Team, team_id).name, str(team_id)
    kind = "health_issued" if team_id else "company_health_issued"
    for person_id in session.scalars(select(Person.id).where(Person.active, leads)):
        key = f"health:{report_key(team_id, monday)}"
        yield Notice(person_id, kind, key, params, "health", query)


def due(session: Session, now: datetime) -> list[tuple[datetime, str]]:
    """Runs that should exist by now and do not: of each sales team, and of the company.

    Weeks before the first opportunity was recorded have no report, nor has a team of those before its first
    person came.
    """
    wanted = {
        (at, key)
        for key, zone in _places(session)
        for at in latest_due(AT, zone, now, weekdays=MONDAY, catch_up=CATCH_UP)
    }
    there = select(JobRun.due_at, JobRun.key).where(JobRun.job == NAME, JobRun.due_at >= min(wanted)[0])
    missing = wanted - {(at, key) for at, key in session.execute(there)}
    first = session.scalar(select(func.min(Opportunity.recorded_at))) if missing else None
    if first is None:
        return []
    since = manned_since(session, {int(key) for _, key in missing if key != COMPANY})
    begins = {str(team): max(first, at) for team, at in since.items()}
    return sorted((at, key) for at, key in missing if begins.get(key, first) < at)


def latest_weeks(session: Session, now: datetime) -> list[tuple[datetime, str]]:
    """The latest due run of each team and of the company, whether it exists or not."""
    return sorted(
        (at, key) for key, zone in _places(session) for at in latest_due(AT, zone, now, weekdays=MONDAY)
    )


def coming(session: Session, now: datetime) -> datetime:
    """The next Monday's 7:00, where it comes first."""
    return min(next_due(AT, zone, now, lambda day: day.weekday() == 0) for _, zone in _places(session))


def _places(session: Session) -> list[tuple[str, str]]:
    """The runs' keys with their time zones: the company, and each sales team with people."""
    teams = manned_teams(session)
    return [(COMPANY, zone_of(session, None)), *((str(i), zone) for i, zone in teams)]
