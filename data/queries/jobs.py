"""The background jobs as the administrator sees them: timetable, last and next run, what runs now (P9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Who, reach
from core.messages import NotAllowed
from data.jobs.registry import JOBS
from data.jobs.schedule import SCHEDULE
from data.queries.policies import company_zone
from data.queries.workers import Pulse, pulse
from data.schema import Delivery, JobRun, Pipeline, Team

RUNS_SHOWN = 40
_CLOCKS = {  # whose clock a timetable goes by
    **dict.fromkeys(("night", "day", "morning", "month", "new_quarter"), "company"),
    **dict.fromkeys(("monday", "workday"), "teams"),
}

_OF_TEAMS = {s.job for s in SCHEDULE if _CLOCKS.get(s.when) == "teams"}  # whose runs have a team's id as key


@dataclass(frozen=True, slots=True)
class JobRow:
    """One run.

    Attributes:
        about: the team or the pipeline that it is for; its key where it is for neither.
        seconds: how long it took, or has been running; None before it began.
        progress: how far it said to be, its own pipeline by name; of a forecast its period's key before it.
    """

    id: int
    job: str
    about: str
    due_at: datetime
    state: str
    attempts: int
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None
    progress: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class JobState:
    """One job: its latest run that began, and how many wait, run and were given up.

    Attributes:
        when: its timetable, a key under `jobs.when`.
        zones: the time zones by whose clocks it is due; none where the clock does not matter.
        next_at: when its next run is due: one that waits, or its next try, or the next of its timetable.
        by_hand: whether an administrator may ask for it.
        failed: runs that were given up, of those that are kept.
    """

    job: str
    when: str
    zones: tuple[str, ...]
    last: JobRow | None
    next_at: datetime | None
    by_hand: bool
    waiting: int
    running: int
    failed: int


@dataclass(frozen=True, slots=True)
class Outbox:
    """How the messages stand, by channel: waiting, sent, dead."""

    channels: Mapping[str, Mapping[str, int]]


def job_states(session: Session, who: Who, now: datetime) -> tuple[JobState, ...]:
    """Every job that this release knows: the scheduled ones first, then those that commands ask for.

    Raises:
        NotAllowed: for whoever sees no jobs.
    """
    _allow(who)
    scheduled = {s.job: s for s in SCHEDULE}
    names = (*scheduled, *(job for job in sorted(JOBS) if job not in scheduled))
    latest, counts = _latest(session, names, now), _counts(session)
    zones = {"company": (company_zone(session),), "teams": _team_zones(session)}
    states = []
    for job in names:
        plan = scheduled.get(job)
        n = {state: counts.get((job, state), (0, None))[0] for state in ("waiting", "running", "failed")}
        waits = counts.get((job, "waiting"), (0, None))[1]
        coming = plan.coming(session, now) if plan else None
        where = zones.get(_CLOCKS.get(plan.when, "") if plan else "", ())
        when = plan.when if plan else "asked"
        states.append(JobState(job, when, where, latest.get(job), waits or coming, plan is not None, **n))
    return tuple(states)


def _counts(session: Session) -> dict[tuple[str, str], tuple[int, datetime | None]]:
    """By job and state, how many runs there are and when the first, or its next try, is due."""
    again = case((JobRun.leased_until > JobRun.due_at, JobRun.leased_until), else_=JobRun.due_at)
    grouped = select(JobRun.job, JobRun.state, func.count(), func.min(again))
    found = session.execute(grouped.group_by(JobRun.job, JobRun.state))
    return {(job, state): (n, first) for job, state, n, first in found}


def _team_zones(session: Session) -> tuple[str, ...]:
    query = select(Team.timezone).where(Team.kind == "sales").distinct().order_by(Team.timezone)
    return tuple(session.scalars(query))


def job_runs(
    session: Session, who: Who, now: datetime, job: str | None = None, *, state: str | None = None
) -> tuple[JobRow, ...]:
    """The latest runs, newest first; those of one job, or in one state, when it is named.

    Raises:
        NotAllowed: for whoever sees no jobs.
    """
    _allow(who)
    query = select(JobRun).order_by(JobRun.due_at.desc(), JobRun.id.desc()).limit(RUNS_SHOWN)
    query = query.where(JobRun.job == job) if job else query
    rows = session.scalars(query.where(JobRun.state == state) if state else query).all()
    names = _names(session)
    return tuple(_row(run, names, now) for run in rows)


def outbox(session: Session, who: Who) -> Outbox:
    """How many messages wait, went out and were given up, by channel.

    Raises:
        NotAllowed: for whoever sees no jobs.
    """
    _allow(who)
    query = select(Delivery.channel, Delivery.state, func.count()).group_by(Delivery.channel, Delivery.state)
    found: dict[str, dict[str, int]] = {}
    for channel, state, n in session.execute(query.order_by(Delivery.channel)):
        found.setdefault(channel, {})[state] = n
    return Outbox(found)


def workers(session: Session, who: Who, now: datetime) -> Pulse:
    """Whether a worker takes up what waits.

    Raises:
        NotAllowed: for whoever sees no jobs.
    """
    _allow(who)
    return pulse(session, now)


def _allow(who: Who) -> None:
    if reach(who, Permission.SEE_JOBS) is None:
        raise NotAllowed(permission=Permission.SEE_JOBS)


def _latest(session: Session, jobs: tuple[str, ...], now: datetime) -> dict[str, JobRow]:
    """Of each job, the run that began last."""
    newest = func.row_number().over(
        partition_by=JobRun.job, order_by=(JobRun.started_at.desc(), JobRun.id.desc())
    )
    ranked = (
        select(JobRun, newest.label("rank"))
        .where(JobRun.job.in_(jobs), JobRun.started_at.is_not(None))
        .subquery()
    )
    run = aliased(JobRun, ranked)
    names = _names(session)
    rows = session.scalars(select(run).where(ranked.c.rank == 1))
    return {row.job: _row(row, names, now) for row in rows}


def _names(session: Session) -> dict[tuple[bool, str], str]:
    """Teams by id and pipelines by key: whether it is a team, and which."""
    teams = session.execute(select(Team.id, Team.name))
    pipelines = session.execute(select(Pipeline.key, Pipeline.name))
    return {(True, str(i)): name for i, name in teams} | {(False, key): name for key, name in pipelines}


def _row(run: JobRun, names: Mapping[tuple[bool, str], str], now: datetime) -> JobRow:
    ended = run.finished_at or (now if run.state == "running" else None)
    seconds = (ended - run.started_at).total_seconds() if ended and run.started_at else None
    return JobRow(
        run.id,
        run.job,
        names.get((run.job in _OF_TEAMS, run.key), run.key),
        run.due_at,
        run.state,
        run.attempts,
        run.started_at,
        run.finished_at,
        seconds,
        _progress(run.progress, names),
        run.error,
    )


def _progress(said: str | None, names: Mapping[tuple[bool, str], str]) -> str | None:
    """What was said, a pipeline before a colon by its name."""
    key, colon, rest = (said or "").partition(":")
    return f"{names.get((False, key), key)}{colon}{rest}" if colon else said
