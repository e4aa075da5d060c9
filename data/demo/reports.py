"""The demo company's health and collaboration reports, issued as the jobs would have done."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from core.access import OPERATOR, Who
from core.promises.collaboration import last_quarter, quarter_of
from core.terms import Role
from data.commands.collaboration import assign_cause, issue_collaboration
from data.commands.health import issue_health
from data.demo.calendar import SHANGHAI
from data.demo.simulation import Simulation
from data.engine import Store
from data.jobs.times import latest_due
from data.jobs.weekly_health import AT, MONDAY
from data.queries.collaboration import owners
from data.schema import Opportunity, Person, RootCause, Team

WEEKS = 13  # issued before today, however long the company's history is
WEEK = timedelta(days=7)
HANDED_OUT = timedelta(hours=3)  # after a quarter's report
DUE_IN = timedelta(days=75)  # for looking into what fell behind


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


def expect_quarters(store: Store, simulation: Simulation, director: Who, now: datetime) -> None:
    """Let the last two quarters' collaboration reports be issued; what fell behind is given to somebody."""
    first = quarter_of(now.astimezone(SHANGHAI).date())
    for begins in (last_quarter(first), first):
        due = datetime.combine(begins, AT, SHANGHAI)
        if due + HANDED_OUT > now:
            continue
        simulation.push(due, _issue_quarter, store, last_quarter(begins))
        simulation.push(due + HANDED_OUT, _hand_out, store, director, begins + DUE_IN)


def _issue_quarter(store: Store, quarter: date) -> None:
    issue_collaboration(store, OPERATOR, quarter)


def _hand_out(store: Store, director: Who, due_on: date) -> None:
    """To whoever leads the team, or else to product."""
    with store.reading(fresh=True) as session:
        waiting = session.execute(
            select(RootCause.id, RootCause.team_id).where(RootCause.owner_id.is_(None))
        ).all()
        able = {cause_id: owners(session, team_id) for cause_id, team_id in waiting}
        leads = {
            team_id: manager
            for team_id, manager in session.execute(
                select(Person.team_id, Person.id).where(Person.role == Role.MANAGER)
            )
        }
    for cause_id, team_id in waiting:
        owner = leads.get(team_id) or next(iter(able[cause_id]))
        assign_cause(store, director, cause_id, owner, due_on)
