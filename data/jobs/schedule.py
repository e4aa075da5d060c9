"""What runs by the clock, and the tick that asks for it and runs it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from threading import Event

from sqlalchemy.orm import Session

from data.engine import Store
from data.jobs import backtest, forecast, remind_suggestions, retrain, sweep_alerts, tidy, watch_drift
from data.jobs.deliver import deliver
from data.jobs.registry import enqueue
from data.jobs.runner import run_due
from data.jobs.times import latest_due
from data.queries.policies import setting

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A job and when it is due.

    Attributes:
        due: instants up to now for which a run should exist, with the run's key.
    """

    job: str
    due: Callable[[Session, datetime], list[tuple[datetime, str]]]


def _nightly(session: Session, now: datetime) -> list[tuple[datetime, str]]:
    zone = setting(session, "timezone") or "Asia/Shanghai"
    return [(due, "") for due in latest_due(time(3), zone, now)]


def _mornings(session: Session, now: datetime) -> list[tuple[datetime, str]]:
    zone = setting(session, "timezone") or "Asia/Shanghai"
    return [(due, "") for due in latest_due(time(9), zone, now)]


def _hourly(session: Session, now: datetime) -> list[tuple[datetime, str]]:
    del session
    return [(now.replace(minute=0, second=0, microsecond=0), "")]


SCHEDULE = (
    Scheduled(tidy.NAME, _nightly),
    Scheduled(sweep_alerts.NAME, _hourly),
    Scheduled(retrain.NAME, retrain.due),
    Scheduled(forecast.NAME, forecast.due),
    Scheduled(watch_drift.NAME, watch_drift.due),
    Scheduled(remind_suggestions.NAME, _mornings),
)


ON_DEMAND = (backtest.NAME,)  # what commands ask for


def tick(store: Store) -> int:
    """Ask for what is due, run it, and send what waits; returns how many runs and deliveries that was.

    Cheap when there is nothing to do, and safe from as many processes as there are.
    """
    return work(store) + deliver(store)


def work(store: Store, stop: Event | None = None) -> int:
    """Ask for what is due and run it, until `stop`; returns how many runs that was."""
    now = store.clock()
    with store.reading(fresh=True) as session:
        wanted = [(s.job, due, key) for s in SCHEDULE for due, key in _due(session, s, now)]
    with store.writing() as session:
        for job, due, key in wanted:
            enqueue(session, job, due, key)
    return run_due(store, stop=stop)


def _due(session: Session, scheduled: Scheduled, now: datetime) -> list[tuple[datetime, str]]:
    try:
        return scheduled.due(session, now)
    except Exception:  # one job's fault does not keep the others waiting
        _log.exception("when %s is due cannot be said", scheduled.job)
        session.rollback()
        return []
