"""The demo company's weekly health reports, issued on its past Mondays as the job would have done."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from core.access import OPERATOR
from data.commands.health import issue_health
from data.demo.calendar import SHANGHAI
from data.demo.simulation import Simulation
from data.engine import Store
from data.jobs.times import latest_due
from data.jobs.weekly_health import AT, MONDAY
from data.schema import Opportunity, Team

WEEKS = 13  # issued before today, however long the company's history is
WEEK = timedelta(days=7)


def expect(store: Store, simulation: Simulation, now: datetime) -> None:
    """Let the reports of the last weeks be issued when they are due."""
    for due in latest_due(AT, SHANGHAI.key, now, weekdays=MONDAY, catch_up=WEEKS):
        simulation.push(due, _issue, store, due.astimezone(SHANGHAI).date() - WEEK)


def _issue(store: Store, monday: date) -> None:
    with store.reading(fresh=True) as session:
        if session.scalar(select(Opportunity.id).limit(1)) is None:
            return
        teams = session.scalars(select(Team.id).where(Team.kind == "sales").order_by(Team.id)).all()
    for team_id in (None, *teams):
        issue_health(store, OPERATOR, team_id, monday)
