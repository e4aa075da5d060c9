"""The administrator's view of the jobs, and what is done by hand: asked for once, retried once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from core.messages import Conflict, NotAllowed, NotFound
from data.commands.jobs import retry_run, run_job
from data.jobs.registry import JOBS, enqueue, job
from data.jobs.runner import TRIES, run_due
from data.jobs.schedule import SCHEDULE, Scheduled, work
from data.queries.jobs import job_runs, job_states, outbox
from data.schema import Audit, Delivery, Message, Team
from tests.company import found


@pytest.fixture
def company(store, monkeypatch):
    """The forecast is asked for and takes its time; what it computes is not what is looked at."""
    monkeypatch.setitem(JOBS, "forecast", lambda store, run: None)
    return found(store)


@pytest.fixture
def trial(monkeypatch):
    """trial(function) registers and schedules the job "trial" for the length of the test."""

    def register(run) -> None:
        job("trial")(run)
        never = Scheduled("trial", lambda session, now: [])
        monkeypatch.setattr("data.commands.jobs.SCHEDULE", (*SCHEDULE, never))

    yield register
    JOBS.pop("trial", None)


def states(store, who):
    with store.reading() as session:
        return {s.job: s for s in job_states(session, who, store.clock())}


def runs(store, who, **narrowed):
    with store.reading() as session:
        return job_runs(session, who, store.clock(), **narrowed)


def test_each_job_says_when_it_ran_and_when_it_is_due(store, company, clock):
    work(store)
    clock.move(minutes=1)
    seen = states(store, company.admin)
    assert set(seen) == set(JOBS)
    night = seen["tidy"]
    assert (night.when, night.zones) == ("night", ("Asia/Shanghai",))
    assert night.last.state == "done"
    assert night.next_at == datetime(2026, 3, 4, 19, tzinfo=UTC)  # 3:00 in Shanghai
    assert seen["sweep_alerts"].next_at == datetime(2026, 3, 4, 5, tzinfo=UTC)
    assert seen["sweep_promises"].next_at == datetime(2026, 3, 4, 4, 15, tzinfo=UTC)
    assert seen["weekly_health"].next_at == datetime(2026, 3, 8, 23, tzinfo=UTC)
    assert seen["morning_brief"].next_at == datetime(2026, 3, 4, 23, tzinfo=UTC)
    asked = seen["transcribe"]
    assert (asked.when, asked.next_at, asked.by_hand, asked.last) == ("asked", None, False, None)


def test_the_next_morning_is_a_working_day_by_the_earliest_clock(store, company, clock):
    clock.at = datetime(2026, 3, 6, 1, tzinfo=UTC)  # a Friday
    with store.writing() as session:
        session.get_one(Team, company.stranger.team_id).timezone = "Europe/Berlin"
    seen = states(store, company.admin)["morning_brief"]
    assert seen.zones == ("Asia/Shanghai", "Europe/Berlin")
    assert seen.next_at == datetime(2026, 3, 6, 6, tzinfo=UTC)  # 7:00 in Berlin on the same day


def test_a_run_that_failed_is_due_at_its_next_try(store, company, clock, trial):
    def fail(*_):
        raise ValueError("away")

    trial(fail)
    run_job(store, company.admin, "trial")
    run_due(store)
    waits = states(store, company.admin)["trial"]
    assert (waits.waiting, waits.last.state) == (1, "waiting")
    assert waits.next_at > clock.at >= waits.last.due_at
    retried = waits.next_at
    clock.at = retried - timedelta(seconds=1)
    assert run_due(store) == 0
    clock.at = retried + timedelta(seconds=1)
    assert run_due(store) == 1


def test_run_now_asks_once_and_leaves_its_audit_row(store, company, clock, trial):
    ran: list[datetime] = []
    trial(lambda _, run: ran.append(run.due_at))
    assert run_job(store, company.admin, "trial") == 1
    assert run_job(store, company.admin, "trial") == 0  # within the minute
    run_due(store)
    clock.move(minutes=1)
    assert run_job(store, company.admin, "trial") == 1
    run_due(store)
    assert len(ran) == 2
    with store.reading() as session:
        audits = session.scalars(select(Audit).where(Audit.command == "job.run").order_by(Audit.id)).all()
    assert [a.after["rows"] for a in audits] == [1, 0, 1]
    with pytest.raises(NotFound):
        run_job(store, company.admin, "no_such_job")


def test_run_now_of_a_report_asks_for_its_period_and_doubles_nothing(store, company, clock):
    work(store)
    before = len(runs(store, company.admin))
    assert run_job(store, company.admin, "morning_brief") == 0  # today's are there
    assert run_job(store, company.admin, "weekly_health") == 3  # the company began after that Monday
    work(store)
    reports = ("morning_brief", "weekly_health")
    assert {r.state for job in reports for r in runs(store, company.admin, job=job)} == {"done"}
    assert len(runs(store, company.admin)) == before + 3


def test_what_was_given_up_is_shown_with_its_error_and_tried_again_once(store, company, clock, trial):
    broken = [True]

    def run(_, run) -> None:
        if broken:
            raise ValueError("no luck")

    trial(run)
    with store.writing() as session:
        enqueue(session, "trial", clock.at, str(company.rep.team_id))
    for _ in range(40):
        run_due(store)
        clock.move(minutes=1)
    (failed,) = runs(store, company.admin, state="failed")
    about = str(company.rep.team_id)
    assert (failed.about, failed.attempts, failed.error) == (about, TRIES, "ValueError: no luck")
    assert states(store, company.admin)["trial"].failed == 1
    broken.clear()
    retry_run(store, company.admin, failed.id)
    with pytest.raises(Conflict):
        retry_run(store, company.admin, failed.id)
    run_due(store)
    assert [r.state for r in runs(store, company.admin, job="trial")] == ["done"]
    with pytest.raises(NotFound):
        retry_run(store, company.admin, 999)


def test_a_running_one_shows_how_far_it_is_and_how_long_it_takes(store, company, clock, trial):
    seen = []

    def run(_, run) -> None:
        clock.move(seconds=90)
        run.say("3 of 7")
        seen.extend(runs(store, company.admin, state="running"))

    trial(run)
    run_job(store, company.admin, "trial")
    run_due(store)
    (running,) = seen
    assert (running.progress, running.seconds, running.finished_at) == ("3 of 7", 90.0, None)
    (done,) = runs(store, company.admin, job="trial")
    assert (done.state, done.seconds, done.finished_at) == ("done", 90.0, clock.at)


def test_messages_are_counted_by_channel(store, company, clock):
    with store.writing() as session:
        about = {"person_id": company.rep.person_id, "kind": "x", "key": "k", "page": "inbox"}
        message = Message(**about, params={}, query={}, posted_at=clock.at)
        session.add(message)
        session.flush()
        for channel, state in (("mail", "sent"), ("webhook", "dead")):
            session.add(Delivery(message_id=message.id, channel=channel, state=state, due_at=clock.at))
    with store.reading() as session:
        assert outbox(session, company.admin).channels == {"mail": {"sent": 1}, "webhook": {"dead": 1}}


def test_only_administrators_see_jobs(store, company):
    with store.reading() as session:
        for query in (job_states, job_runs):
            with pytest.raises(NotAllowed):
                query(session, company.director, store.clock() + timedelta())
        with pytest.raises(NotAllowed):
            outbox(session, company.manager)
