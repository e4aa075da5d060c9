"""The jobs page: the timetable, runs by hand, what was given up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from data.jobs.registry import JOBS
from data.jobs.schedule import work
from data.queries.today import Kind, today
from data.schema import JobRun, Team
from data.text import translate
from tests.company import found
from tests.pages.reading import check_words, words

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


def button(page, key, language="en"):
    return next((b for b in page.button if b.label == translate(language, key)), None)


@LANGUAGES
def test_it_shows_every_job_and_runs_one_by_hand(open_page, sqlite_store, clock, language, monkeypatch):
    monkeypatch.setitem(JOBS, "forecast", lambda store, run: None)
    company = found(sqlite_store)
    work(sqlite_store)
    page = open_page("jobs", company.admin, language)
    check_words(page)
    table = page.dataframe[0].value
    for name in ("tidy", "sweep_alerts", "weekly_health", "morning_brief", "transcribe"):
        assert translate(language, f"jobs.name.{name}") in set(table["job"])
    assert translate(language, "jobs.when.workday") in set(table["when"])
    clock.move(minutes=2)
    page.selectbox[0].select_index(0).run()
    button(page, "jobs.run_now", language).click().run()
    check_words(page)
    with sqlite_store.reading() as session:
        by_hand = select(JobRun.state).where(JobRun.job == "tidy", JobRun.due_at == clock.at)
        assert session.scalars(by_hand).all() == ["waiting"]


@LANGUAGES
def test_what_a_run_is_about_and_how_far_it_came_is_said_in_words(open_page, sqlite_store, clock, language):
    company = found(sqlite_store)
    team = str(company.rep.team_id)
    said = [
        ("forecast", "firebreak", "quarter 100%"), ("forecast", "firebreak", "month 40%"),
        ("open_coaching", "", "firebreak: 2"), ("weekly_health", team, None), ("backtest", team, "50%"),
    ]  # fmt: skip
    with sqlite_store.writing() as session:
        session.get_one(Team, company.rep.team_id).name = "East"
        for minute, (job, key, progress) in enumerate(said):
            due = clock.at + timedelta(minutes=minute)
            session.add(
                JobRun(
                    job=job, key=key, due_at=due, params={}, state="done", attempts=1, progress=progress,
                    started_at=due, finished_at=due,
                )
            )  # fmt: skip
    page = open_page("jobs", company.admin, language)
    check_words(page)
    runs = page.dataframe[1].value[::-1]  # the newest first
    month, quarter = (translate(language, f"outlook.{period}") for period in ("month", "quarter"))
    assert list(runs["said"]) == [f"{quarter} 100%", f"{month} 40%", "Firebreak: 2", "", "50%"]
    assert list(runs["about"]) == ["Firebreak", "Firebreak", "", "East", team]


@LANGUAGES
def test_a_run_that_was_given_up_is_tried_again(open_page, sqlite_store, clock, language):
    company = found(sqlite_store)
    with sqlite_store.writing() as session:
        for job, error in (("tidy", "ValueError: **no** luck"), ("elsewhere", "gone")):
            session.add(
                JobRun(
                    job=job, key="", due_at=clock.at, params={}, state="failed", attempts=5,
                    started_at=clock.at, finished_at=clock.at, error=error,
                )
            )  # fmt: skip
    page = open_page("jobs", company.admin, language)
    check_words(page)
    assert "ValueError: **no** luck" in words(page)
    assert "elsewhere" in words(page)
    button(page, "jobs.retry", language).click().run()
    check_words(page)
    with sqlite_store.reading() as session:
        assert sorted(session.scalars(select(JobRun.state))) == ["failed", "waiting"]


def test_the_running_one_says_how_far_it_is(open_page, sqlite_store, clock):
    company = found(sqlite_store)
    with sqlite_store.writing() as session:
        session.add(
            JobRun(
                job="sweep_alerts", key="", due_at=clock.at, params={}, state="running", attempts=2,
                started_at=clock.at, progress="500 / 900",
            )
        )  # fmt: skip
    said = words(open_page("jobs", company.admin, job="sweep_alerts"))
    assert "attempt 2. 500 / 900" in said


def to_do(store, who):
    with store.reading() as session:
        return next((g.todos for g in today(session, who, store.clock()) if g.kind is Kind.WORKER), ())


@LANGUAGES
def test_where_no_worker_is_there_what_is_asked_for_waits(
    open_page, sqlite_store, clock, language, monkeypatch
):
    monkeypatch.setitem(JOBS, "tidy", lambda store, run: None)
    admin = found(sqlite_store).admin
    page = open_page("jobs", admin, language)
    page.selectbox[0].set_value("tidy").run()
    button(page, "jobs.run_now", language).click().run()
    assert [told.value for told in page.toast] == [translate(language, "jobs.asked_waits", n=1)]
    assert translate(language, "jobs.never") in page.warning[0].value
    assert to_do(sqlite_store, admin) == ()  # it was asked for just now
    clock.move(minutes=3)
    (waits,) = to_do(sqlite_store, admin)
    assert waits.params == {"waiting": 1, "worked_at": None}
    shown = open_page("today", admin, language)
    check_words(shown)
    assert translate(language, "today.worker_waits", n=1) in words(shown)
    assert translate(language, "today.worker_never") in words(shown)
    work(sqlite_store)
    assert to_do(sqlite_store, admin) == ()
    page = open_page("jobs", admin, language)
    assert not page.warning
    page.selectbox[0].set_value("tidy").run()
    button(page, "jobs.run_now", language).click().run()
    assert [told.value for told in page.toast] == [translate(language, "jobs.asked", n=1)]
