"""The demo company's launch: 75 days ago, so that two milestones are over, one runs and one is to come."""

from datetime import date, datetime, time, timedelta

from core.access import Who
from data.clock import Clock
from data.commands.milestones import set_launch
from data.demo.calendar import SHANGHAI
from data.demo.simulation import Simulation
from data.engine import Store
from data.jobs.milestones import AT, milestones
from data.jobs.registry import Run

LAUNCHED_DAYS_AGO = 75
_SAID_BEFORE = timedelta(days=7)  # the launch, when it was set


def expect(store: Store, simulation: Simulation, director: Who, now: datetime) -> None:
    """Let the director set the launch date a week ahead."""
    launched_on = (now - timedelta(days=LAUNCHED_DAYS_AGO)).astimezone(SHANGHAI).date()
    at = datetime.combine(launched_on, time(10), SHANGHAI) - _SAID_BEFORE
    simulation.push(at, _launch, store, director, launched_on)


def _launch(store: Store, director: Who, launched_on: date) -> None:
    set_launch(store, director, None, launched_on)


def issue(store: Store, now: datetime) -> None:
    """Keep the milestones that are over, each on the morning of its day; forecasts must be written before."""
    launched = (now - timedelta(days=LAUNCHED_DAYS_AGO)).astimezone(SHANGHAI).date()
    for day in (30, 60):
        at = datetime.combine(launched + timedelta(days=day), AT, SHANGHAI)
        store.clock = _standing(at)
        milestones(store, Run(at))
    store.clock = _standing(now)


def _standing(at: datetime) -> Clock:
    return lambda: at
