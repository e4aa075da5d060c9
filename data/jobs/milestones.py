"""Every morning at 7:00 milestones whose day has come are kept as they stood when it began (E)."""

from contextlib import suppress
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import OPERATOR
from core.messages import Conflict
from core.milestones.criteria import DAYS, window
from data.commands.milestones import issue_milestone
from data.engine import Store
from data.jobs.registry import Run, job
from data.jobs.times import latest_due, next_due
from data.queries.milestone_place import place_of
from data.queries.milestones import launch_of, result_of
from data.queries.policies import company_zone
from data.schema import Launch, Team

NAME = "milestones"
AT = time(7)


@job(NAME)
def milestones(store: Store, run: Run) -> None:
    """Issue what is due, of the company and of each sales team; what was issued stays."""
    with store.reading(fresh=True) as session:
        wanted = waiting(session, store.clock())
    for team_id, day in wanted:
        with suppress(Conflict):  # issued meanwhile
            issue_milestone(store, OPERATOR, team_id, day)
    run.say(str(len(wanted)))


def waiting(session: Session, now: datetime) -> list[tuple[int | None, int]]:
    """Places and days of milestones whose day has come and which were not issued."""
    teams = session.scalars(select(Team.id).where(Team.kind == "sales").order_by(Team.id))
    found = []
    for team_id in (None, *teams):
        launch, place = launch_of(session, team_id), place_of(session, team_id)
        for day in DAYS if launch else ():
            assert launch is not None
            over = window(launch.launched_on, day).due_on <= place.day(now)
            if over and result_of(session, team_id, launch.launched_on, day) is None:
                found.append((team_id, day))
    return found


def due(session: Session, now: datetime) -> list[tuple[datetime, str]]:
    """Today's or yesterday's 7:00, once a launch date is set."""
    if session.scalar(select(Launch.id).limit(1)) is None:
        return []
    return [(at, "") for at in latest_due(AT, company_zone(session), now)]


def coming(session: Session, now: datetime) -> datetime:
    """The next 7:00."""
    return next_due(AT, company_zone(session), now)
