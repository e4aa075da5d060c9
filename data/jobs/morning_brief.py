"""At 7:00 of each working day in a team's time zone: its morning brief (PRODUCT.md D4).

A brief says how things stand, so one that a stop has delayed says how they stand when it comes, and a
day that is over gets none.
"""

from contextlib import suppress
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import OPERATOR
from core.messages import Conflict, NotFound
from data.commands.briefs import issue_brief
from data.engine import Store
from data.jobs.registry import Run, job
from data.jobs.times import latest_due, next_due
from data.queries.brief_facts import team_calendar, team_zone
from data.queries.calendars import changes_in_force
from data.queries.people import manned_teams
from data.schema import Opportunity

NAME = "morning_brief"
AT = time(7)


@job(NAME)
def morning_brief(store: Store, run: Run) -> None:
    """Issue the brief and tell the team, in one transaction; a second run does neither."""
    team_id = int(run.key)
    with store.reading(fresh=True) as session:
        zone = team_zone(session, team_id)
    if zone is None or _day(store.clock(), zone) != _day(run.due_at, zone):
        return
    with suppress(Conflict, NotFound):  # issued before; the team is gone
        issue_brief(store, OPERATOR, team_id)


def due(session: Session, now: datetime) -> list[tuple[datetime, str]]:
    """Today's 7:00 of each sales team whose day is a working day and for which it has struck.

    A company without an opportunity has nothing to brief about, nor has a team to which nobody belongs.
    """
    if session.scalar(select(Opportunity.id).limit(1)) is None:
        return []
    wanted = []
    for team_id, zone in manned_teams(session):
        (at,) = latest_due(AT, zone, now)
        today = _day(now, zone)
        if _day(at, zone) == today and team_calendar(session, team_id).works_on(today):
            wanted.append((at, str(team_id)))
    return wanted


def coming(session: Session, now: datetime) -> datetime | None:
    """The next 7:00 of a working day, where it comes first; None without a sales team with people.

    Teams of one time zone without hours of their own are one and the same here.
    """
    own = changes_in_force(session).teams
    alike = {(team_id if team_id in own else None, zone): team_id for team_id, zone in manned_teams(session)}
    coming = (
        next_due(AT, zone, now, team_calendar(session, team_id).works_on)
        for (_, zone), team_id in alike.items()
    )
    return min(coming, default=None)


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()
