"""The demo company's launch: 75 days ago, so that two milestones are over, one runs and one is to come.

What hangs on day 60 is left to whoever looks at the demo: a manager's appeal waits, nothing is signed.
"""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from core.access import Who
from core.milestones.assess import State
from data.clock import Clock
from data.commands.milestone_results import appeal_result, sign_result
from data.commands.milestones import set_launch
from data.demo.calendar import SHANGHAI
from data.demo.simulation import Simulation
from data.demo.staff import Staff
from data.demo.texts import words
from data.engine import Store
from data.jobs.milestones import AT, milestones
from data.jobs.registry import Run
from data.schema import MilestoneResult

LAUNCHED_DAYS_AGO = 75
_SAID_BEFORE = timedelta(days=7)  # the launch, when it was set
_READ = timedelta(hours=2)  # after a result was issued


def expect(store: Store, simulation: Simulation, director: Who, now: datetime) -> None:
    """Let the director set the launch date a week ahead."""
    launched_on = _launched(now)
    at = datetime.combine(launched_on, time(10), SHANGHAI) - _SAID_BEFORE
    simulation.push(at, _launch, store, director, launched_on)


def issue(store: Store, staff: Staff, now: datetime) -> None:
    """Keep the milestones that are over, each on the morning of its day; forecasts must be written before."""
    for day in (30, 60):
        at = datetime.combine(_launched(now) + timedelta(days=day), AT, SHANGHAI)
        store.clock = _standing(at)
        milestones(store, Run(at))
        store.clock = _standing(at + _READ)
        _read(store, staff, day)
    store.clock = _standing(now)


def _launched(now: datetime) -> date:
    return (now - timedelta(days=LAUNCHED_DAYS_AGO)).astimezone(SHANGHAI).date()


def _launch(store: Store, director: Who, launched_on: date) -> None:
    set_launch(store, director, None, launched_on)


def _read(store: Store, staff: Staff, day: int) -> None:
    """The director signs day 30; against day 60 the first team's manager appeals, if it was not met."""
    with store.reading(fresh=True) as session:
        found = session.scalars(select(MilestoneResult).where(MilestoneResult.day == day)).all()
    manager = staff.managers[staff.reps[0].team]
    for result in found:
        if day == 30:
            sign_result(store, staff.director, result.id)
        elif result.team_id == manager.team_id and result.verdict != State.MET:
            appeal_result(store, manager, result.id, words("milestones")["appeal"])


def _standing(at: datetime) -> Clock:
    return lambda: at
