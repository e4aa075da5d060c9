"""Morning briefs and meetings of the demo company: each team's briefs of the last working days, and the first
team's meetings over them (docs/demo.md)."""

from datetime import datetime, timedelta

from sqlalchemy import select

from core.access import OPERATOR, Who
from core.reports.brief import Item
from core.reports.commitments import expected
from core.terms import Severity
from data.brief_words import cause_words
from data.commands.briefs import issue_brief
from data.commands.morning import CommitmentInput, assign, finish_meeting, start_meeting
from data.demo.calendar import SHANGHAI, is_workday
from data.demo.simulation import Simulation
from data.demo.staff import Staff
from data.demo.texts import words
from data.engine import Store
from data.jobs.morning_brief import AT
from data.jobs.registry import Run
from data.jobs.sweep_alerts import sweep_alerts
from data.jobs.times import latest_due
from data.queries.brief_facts import evenings, team_calendar
from data.queries.morning import morning
from data.schema import Team

DAYS = 8  # calendar days back that have briefs
MEETING = timedelta(hours=2)  # after the brief: nine o'clock
LASTS = timedelta(minutes=14)
EACH = timedelta(minutes=4)  # per customer, until somebody takes it over


def expect(store: Store, simulation: Simulation, staff: Staff, now: datetime) -> None:
    """Let the briefs of the last days be issued when they are due, and the first team meet over its own.

    Today's meeting is left to whoever looks at the demo.
    """
    manager = staff.managers[staff.reps[0].team]
    for due in latest_due(AT, SHANGHAI.key, now, catch_up=DAYS):
        if is_workday(due.astimezone(SHANGHAI).date()):
            simulation.push(due, _issue, store)
            if due.astimezone(SHANGHAI).date() < now.astimezone(SHANGHAI).date():
                simulation.push(due + MEETING, _meet, store, simulation, manager)


def _issue(store: Store) -> None:
    sweep_alerts(store, Run(store.clock()))  # as it runs each hour: an alert says how things stand
    with store.reading(fresh=True) as session:
        teams = session.scalars(select(Team.id).where(Team.kind == "sales").order_by(Team.id)).all()
    for team_id in teams:
        issue_brief(store, OPERATOR, team_id)


def _meet(store: Store, simulation: Simulation, manager: Who) -> None:
    """The top customers go to their owners: the red ones until the evening, the rest until the next."""
    day = store.clock().astimezone(SHANGHAI).date()
    with store.reading(fresh=True) as session:
        told = morning(session, manager, manager.team_id or 0, day, store.clock())
        until = evenings(team_calendar(session, manager.team_id or 0), day)
    if told is None:
        return
    held = start_meeting(store, manager, told.id)
    for n, item in enumerate(told.brief.top, start=1):
        taken = _taken(item, until.by(Severity(item.causes[0].severity)))
        simulation.push(store.clock() + EACH * n, _assign, store, manager, held, taken)
    simulation.push(store.clock() + LASTS, _finish, store, manager, held)


def _assign(store: Store, manager: Who, held: int, taken: CommitmentInput) -> None:
    assign(store, manager, held, taken)


def _finish(store: Store, manager: Who, held: int) -> None:
    finish_meeting(store, manager, held, words("morning")["note"])


def _taken(item: Item, due_at: datetime) -> CommitmentInput:
    cause, deal = item.causes[0], item.deal
    proof, about = expected(cause)
    whose = None if deal.customer_id else deal.id
    what = cause_words("zh", cause).action
    return CommitmentInput(what, deal.owner_id, due_at, deal.customer_id, whose, proof, about)
