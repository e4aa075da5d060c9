"""Jobs: each due run once, however many workers; again after a kill, never doubled by a slow one."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from time import sleep

import pytest
from sqlalchemy import func, select

from data.commands.inbox import mark_read
from data.engine import Store
from data.jobs.registry import JOBS, enqueue, job
from data.jobs.runner import LEASE, TRIES, run_due
from data.jobs.schedule import SCHEDULE, Scheduled, tick
from data.jobs.times import latest_due
from data.queries.inbox import inbox
from data.schema import JobRun, SignInAttempt
from data.worker import Worker
from tests.company import found


@pytest.fixture
def made():
    """made(function) registers it as the job "trial" for the length of the test."""

    def register(run) -> None:
        job("trial")(run)

    yield register
    JOBS.pop("trial", None)


def ask(store: Store, *keys: str, at: datetime | None = None) -> None:
    with store.writing() as session:
        for key in keys:
            enqueue(session, "trial", at or store.clock(), key)


def states(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(JobRun.state).order_by(JobRun.id)))


def test_many_workers_run_each_once(store, made):
    ran: list[str] = []
    made(lambda _, run: ran.append(run.key))
    keys = [str(n) for n in range(24)]
    ask(store, *keys)
    workers = [threading.Thread(target=run_due, args=(store,)) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(ran) == sorted(keys)
    assert set(states(store)) == {"done"}


def test_what_is_not_due_waits(store, made, clock):
    ran: list[datetime] = []
    made(lambda _, run: ran.append(run.due_at))
    ask(store, "later", at=clock.at + timedelta(hours=1))
    assert run_due(store) == 0
    clock.move(hours=1)
    assert run_due(store) == 1
    assert ran == [clock.at]


def test_a_killed_run_is_taken_up_when_its_lease_is_over(store, made, clock):
    class Killed(BaseException):
        """What ends the process; nothing of the runner catches it."""

    tries: list[str] = []

    def run(_, run) -> None:
        tries.append(run.key)
        if len(tries) == 1:
            raise Killed

    made(run)
    ask(store, "a")
    with pytest.raises(Killed):
        run_due(store)
    assert states(store) == ["running"]
    assert run_due(store) == 0  # the lease still holds
    clock.move(seconds=LEASE.total_seconds() + 1)
    assert run_due(store) == 1
    assert (tries, states(store)) == (["a", "a"], ["done"])


def test_a_run_that_kills_its_worker_each_time_is_given_up_and_told(store, made, clock):
    class Killed(BaseException):
        """What ends the process; nothing of the runner catches it."""

    company = found(store)
    tries: list[str] = []

    def run(_, run) -> None:
        tries.append(run.key)
        raise Killed

    made(run)
    ask(store, "a")
    for _ in range(TRIES):
        with pytest.raises(Killed):
            run_due(store)
        clock.move(seconds=LEASE.total_seconds() + 1)
    assert run_due(store) == 1
    assert (len(tries), states(store)) == (TRIES, ["failed"])
    with store.reading() as session:
        assert [m.kind for m in inbox(session, company.admin).messages] == ["job_failed"]


def test_a_long_and_quiet_job_keeps_its_run(store, made, clock, monkeypatch):
    monkeypatch.setattr("data.jobs.runner.RENEW_SECONDS", 0.02)
    ran: list[str] = []

    def run(_, run) -> None:
        ran.append(run.key)
        for _ in range(3):
            clock.move(seconds=LEASE.total_seconds() - 1)
            until_held(store, clock.at)
            assert run_due(store) == 0

    made(run)
    ask(store, "a")
    run_due(store, limit=1)
    assert (ran, states(store)) == (["a"], ["done"])


def until_held(store: Store, since: datetime) -> None:
    """Wait until the lease was renewed at this instant."""
    for _ in range(500):
        with store.reading() as session:
            if session.scalar(select(JobRun.leased_until)) == since + LEASE:
                return
        sleep(0.02)
    raise AssertionError("the lease was not renewed")


def test_one_faulty_timetable_keeps_no_other_job_waiting(store, monkeypatch, clock):
    def broken(session, now) -> list[tuple[datetime, str]]:
        raise ValueError("no such zone")

    monkeypatch.setattr("data.jobs.schedule.SCHEDULE", (Scheduled("trial", broken), *SCHEDULE))
    with store.reading() as session:
        wanted = sum(len(s.due(session, clock.at)) for s in SCHEDULE)
    assert tick(store) == wanted > 0
    assert set(states(store)) == {"done"}


def test_a_slow_worker_leaves_the_end_to_the_one_that_took_over(store, made, clock):
    seen: list[str] = []

    def run(_, run) -> None:
        seen.append("slow" if not seen else "second")
        if len(seen) == 1:
            clock.move(seconds=LEASE.total_seconds() + 1)
            run_due(store)  # another worker meanwhile
            run.say("I am still here")
            raise RuntimeError("too late to matter")

    made(run)
    ask(store, "a")
    run_due(store, limit=1)
    with store.reading() as session:
        row = session.scalars(select(JobRun)).one()
        assert (seen, row.state, row.attempts, row.progress, row.error) == (
            ["slow", "second"], "done", 2, None, None,
        )  # fmt: skip


def test_saying_how_far_it_is_keeps_the_lease(store, made, clock):
    def run(_, run) -> None:
        for n in range(4):
            clock.move(seconds=LEASE.total_seconds() - 1)
            run.say(f"{n + 1} of 4")
            assert run_due(store) == 0

    made(run)
    ask(store, "a")
    run_due(store, limit=1)
    with store.reading() as session:
        assert session.execute(select(JobRun.state, JobRun.progress)).all() == [("done", "4 of 4")]


def test_a_failing_job_is_tried_again_then_given_up_and_told(store, made, clock):
    company = found(store)

    def run(_, run) -> None:
        raise ValueError(f"no luck with {run.key}")

    made(run)
    ask(store, "a")
    tries = 0
    for _ in range(40):
        tries += run_due(store)
        clock.move(minutes=1)
    assert (tries, states(store)) == (TRIES, ["failed"])
    with store.reading() as session:
        (told,) = inbox(session, company.admin).messages
        assert inbox(session, company.rep).total == 0
    assert told.kind == "job_failed"
    assert told.params == {"job": "trial", "error": "ValueError: no luck with a"}


def test_an_unknown_job_fails_and_the_others_go_on(store, made, clock):
    ran: list[str] = []
    made(lambda _, run: ran.append(run.key))
    with store.writing() as session:
        enqueue(session, "from_another_release", clock.at)
    ask(store, "a")
    assert run_due(store) == 2
    assert (ran, states(store)) == (["a"], ["waiting", "done"])
    with store.reading() as session:
        why = session.scalar(select(JobRun.error).where(JobRun.job == "from_another_release"))
    assert why == "LookupError: this release has no job called from_another_release"


# fmt: off
DUE = [
    # zone             now (UTC)           the latest 7:00 there, on working days
    ("Asia/Shanghai",  "2026-03-04 22:59", "2026-03-03 23:00"),
    ("Asia/Shanghai",  "2026-03-04 23:00", "2026-03-04 23:00"),
    ("Asia/Shanghai",  "2026-03-08 12:00", "2026-03-05 23:00"),  # a Sunday: Friday's
    ("Europe/Berlin",  "2026-03-27 12:00", "2026-03-27 06:00"),
    ("Europe/Berlin",  "2026-03-30 12:00", "2026-03-30 05:00"),  # summer time began
    ("America/Denver", "2026-01-02 13:59", "2026-01-01 14:00"),
]
# fmt: on


@pytest.mark.parametrize(("zone", "now", "due"), DUE)
def test_seven_in_the_morning_is_by_the_clock_of_the_place(zone, now, due):
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert latest_due(time(7), zone, instant, weekdays=range(5)) == [expected]


def test_a_time_that_does_not_exist_comes_once_and_one_that_repeats_comes_once():
    summer = datetime(2026, 3, 30, tzinfo=UTC)  # 2:30 did not exist on the 29th in Berlin
    winter = datetime(2026, 10, 26, tzinfo=UTC)  # 2:30 came twice on the 25th
    for now in (summer, winter):
        found_ = latest_due(time(2, 30), "Europe/Berlin", now, catch_up=3)
        assert len(found_) == 3
        assert {(b - a) for a, b in pairwise(found_)} <= {timedelta(hours=h) for h in (23, 24, 25)}


def test_the_night_is_caught_up_once_after_a_stop(store, clock):
    with store.writing() as session:
        session.add(
            SignInAttempt(username="x", address="1", at=clock.at - timedelta(days=100), succeeded=False)
        )
        session.add(
            SignInAttempt(username="x", address="1", at=clock.at - timedelta(days=1), succeeded=False)
        )
    tick(store)
    assert tick(store) == 0  # nothing twice
    clock.move(days=4)  # stopped over four nights
    tick(store)
    with store.reading() as session:
        nights = session.execute(select(JobRun.state, JobRun.due_at).where(JobRun.job == "tidy")).all()
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 1
    assert [state for state, _ in nights] == ["done", "done"]
    assert nights[1].due_at - nights[0].due_at == timedelta(days=4)


def test_the_worker_of_the_app_runs_and_stops(sqlite_store, made):
    ran = threading.Event()
    made(lambda _, run: ran.set())
    ask(sqlite_store, "a")
    worker = Worker(sqlite_store, pause=0.05)
    worker.start()
    assert ran.wait(20)
    worker.stop()
    assert threading.active_count() == len([t for t in threading.enumerate() if t.name != "firebreak-worker"])


def test_messages_go_out_while_a_long_job_runs(sqlite_store, made, monkeypatch):
    sent, over = threading.Event(), threading.Event()
    monkeypatch.setattr("data.worker.deliver", lambda store, stop: sent.set() or 0)
    made(lambda _, run: over.set() if sent.wait(20) else None)
    ask(sqlite_store, "a")
    worker = Worker(sqlite_store, pause=0.05)
    worker.start()
    assert over.wait(25)
    worker.stop()


def test_reading_is_ones_own(store, made, clock):
    company = found(store)
    made(lambda _, run: 1 / 0)
    ask(store, "a")
    for _ in range(40):
        run_due(store)
        clock.move(minutes=1)
    with store.reading() as session:
        message = inbox(session, company.admin).messages[0]
    mark_read(store, company.rep, message.id)
    with store.reading() as session:
        assert inbox(session, company.admin).unread == 1
    mark_read(store, company.admin, message.id)
    with store.reading() as session:
        assert inbox(session, company.admin).unread == 0
