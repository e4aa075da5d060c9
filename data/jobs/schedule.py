"""What runs by the clock, and the tick that asks for it and runs it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from threading import Event
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from data.engine import Store
from data.jobs import (
    acceptance_mail,
    backtest,  # noqa: F401 - asked for by commands; known by being imported
    count_ballots,
    follow_up,
    forecast,
    milestones,
    morning_brief,
    open_coaching,
    quarterly_collaboration,
    remind_suggestions,
    retrain,
    send_views,
    sweep_acceptance,
    sweep_alerts,
    sweep_promises,
    tidy,
    transcribe,  # noqa: F401 - as above
    watch_drift,
    weekly_health,
)
from data.jobs.deliver import deliver
from data.jobs.registry import enqueue
from data.jobs.room_groups import ask_groups
from data.jobs.runner import run_due
from data.jobs.tell_webhooks import tell_webhooks
from data.jobs.times import latest_due, next_due
from data.queries.policies import company_zone

_log = logging.getLogger(__name__)


Wanted = list[tuple[datetime, str]]


def _no_next(session: Session, now: datetime) -> datetime | None:
    del session, now
    return None


def _at_once(session: Session, now: datetime) -> Wanted:
    del session
    return [(now.replace(second=0, microsecond=0), "")]


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A job and when it is due.

    Attributes:
        due: instants up to now for which a run should exist, with the run's key.
        when: its timetable in words, a key under `jobs.when`.
        coming: the next instant at which it is due; None where its timetable does not say.
        by_hand: the runs that an administrator asks for; the same within a minute is the same run.
    """

    job: str
    due: Callable[[Session, datetime], Wanted]
    when: str = "own"
    coming: Callable[[Session, datetime], datetime | None] = _no_next
    by_hand: Callable[[Session, datetime], Wanted] = _at_once


NIGHT, MORNING, QUARTER = time(3), time(9), timedelta(minutes=15)


def _nightly(session: Session, now: datetime) -> Wanted:
    return [(due, "") for due in latest_due(NIGHT, company_zone(session), now)]


def _next_night(session: Session, now: datetime) -> datetime:
    return next_due(NIGHT, company_zone(session), now)


def _monthly(session: Session, now: datetime) -> Wanted:
    """The third of the month: what the month's last days brought has been recorded by then."""
    third = _third(now.astimezone(ZoneInfo(company_zone(session))))
    return [(third.astimezone(UTC), "")] if third <= now else []


def _next_month(session: Session, now: datetime) -> datetime:
    here = now.astimezone(ZoneInfo(company_zone(session)))
    later = here if _third(here) > here else here.replace(day=1) + timedelta(days=32)
    return _third(later).astimezone(UTC)


def _third(at: datetime) -> datetime:
    return at.replace(day=3, hour=5, minute=0, second=0, microsecond=0)


def _mornings(session: Session, now: datetime) -> Wanted:
    return [(due, "") for due in latest_due(MORNING, company_zone(session), now)]


def _next_morning(session: Session, now: datetime) -> datetime:
    return next_due(MORNING, company_zone(session), now)


def _hourly(session: Session, now: datetime) -> Wanted:
    del session
    return [(now.replace(minute=0, second=0, microsecond=0), "")]


def _next_hour(session: Session, now: datetime) -> datetime:
    return _hourly(session, now)[0][0] + timedelta(hours=1)


def _quarterly(session: Session, now: datetime) -> Wanted:
    del session
    return [(now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0), "")]


def _next_quarter(session: Session, now: datetime) -> datetime:
    return _quarterly(session, now)[0][0] + QUARTER


SCHEDULE = (
    Scheduled(tidy.NAME, _nightly, "night", _next_night),
    Scheduled(count_ballots.NAME, _nightly, "night", _next_night),
    Scheduled(sweep_alerts.NAME, _hourly, "hour", _next_hour),
    Scheduled(follow_up.NAME, _hourly, "hour", _next_hour),
    Scheduled(sweep_promises.NAME, _quarterly, "quarter", _next_quarter),
    Scheduled(
        weekly_health.NAME, weekly_health.due, "monday", weekly_health.coming, weekly_health.latest_weeks
    ),
    Scheduled(morning_brief.NAME, morning_brief.due, "workday", morning_brief.coming, morning_brief.due),
    Scheduled(retrain.NAME, retrain.due, "training", retrain.coming, retrain.due),
    Scheduled(forecast.NAME, forecast.due, "day", forecast.coming, forecast.due),
    Scheduled(watch_drift.NAME, watch_drift.due, "drift", watch_drift.coming, watch_drift.due),
    Scheduled(remind_suggestions.NAME, _mornings, "morning", _next_morning),
    Scheduled(open_coaching.NAME, _monthly, "month", _next_month, _monthly),
    Scheduled(
        quarterly_collaboration.NAME,
        quarterly_collaboration.due,
        "new_quarter",
        quarterly_collaboration.coming,
        quarterly_collaboration.due,
    ),
    Scheduled(milestones.NAME, milestones.due, "day", milestones.coming, milestones.due),
    Scheduled(send_views.NAME, _hourly, "hour", _next_hour),
    Scheduled(sweep_acceptance.NAME, _hourly, "hour", _next_hour),
    Scheduled(acceptance_mail.NAME, _quarterly, "quarter", _next_quarter),
)


def tick(store: Store) -> int:
    """Ask for what is due, run it, and send what waits; returns how many runs and deliveries that was.

    Cheap when there is nothing to do, and safe from as many processes as there are.
    """
    return work(store) + work_slowly(store) + deliver(store) + tell_webhooks(store) + ask_groups(store)


def work_slowly(store: Store, stop: Event | None = None) -> int:
    """Run the slow jobs that are due, until `stop`; returns how many runs that was."""
    return run_due(store, stop=stop, slow=True)


def work(store: Store, stop: Event | None = None) -> int:
    """Ask for what is due and run it but for slow jobs, until `stop`; returns how many runs that was."""
    now = store.clock()
    with store.reading(fresh=True) as session:
        wanted = [(s.job, due, key) for s in SCHEDULE for due, key in _due(session, s, now)]
    with store.writing() as session:
        for job, due, key in wanted:
            enqueue(session, job, due, key)
    return run_due(store, stop=stop, slow=False)


def _due(session: Session, scheduled: Scheduled, now: datetime) -> list[tuple[datetime, str]]:
    try:
        return scheduled.due(session, now)
    except Exception:  # one job's fault does not keep the others waiting
        _log.exception("when %s is due cannot be said", scheduled.job)
        session.rollback()
        return []
