"""The weekly health report's page: what it says first, each number's rows, weeks, benchmarks."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from components.format import day
from core.access import OPERATOR
from core.process.health import MEASURES, SHOWS
from core.process.metrics import PlannedAction
from core.process.stages import PIPELINE, STAGES
from core.terms import ActionStatus, Outcome
from data.commands.health import export_health, issue_health
from data.commands.opportunities import close_opportunity
from data.commands.pipelines import set_benchmarks
from data.health_words import verdict
from data.jobs.schedule import tick
from data.queries.health import health_report, health_rows, health_trend
from data.schema import Audit, Opportunity, Pipeline, Stage
from data.text import translate
from tests.company import found
from tests.data.test_health import MONDAY, SEVEN, WEEK, at, drawn
from tests.history import opportunity, planned
from tests.pages.reading import check_words, does, figures, values, words

NAMED = "2026-W09"


@pytest.fixture(scope="module")
def before(write_once):
    return write_once(world)


@pytest.fixture(scope="module")
def after(write_once):
    return write_once(reported)


@pytest.fixture
def people(before, sqlite_store, clock):
    return before.into(sqlite_store, clock)


@pytest.fixture
def company(after, sqlite_store, clock):
    return after.into(sqlite_store, clock)


def world(store, clock):
    """Before any report: what the two teams' opportunities went through."""
    clock.at = SEVEN
    company = found(store)
    with store.writing() as session:
        for row in session.scalars(select(Opportunity)):
            row.recorded_at = at(-100)
    histories = (
        (company.rep, "A-9 N-7 S-6 O1"),
        (company.rep, "A-9 S-6 S2"),
        (company.mate, "A-30 Q-20"),
        (company.stranger, "A-9 N3"),
    )
    for n, (who, history) in enumerate(histories):
        opportunity(store, who.person_id, drawn(history), recorded_at=at(-90), name=f"Line {n}")
    return company


def reported(store, clock):
    """With reports of three weeks for the manager's team, and of the last week for all."""
    people = world(store, clock)
    for back in (2, 1, 0):
        issue_health(store, OPERATOR, people.rep.team_id, MONDAY - WEEK * back)
    issue_health(store, OPERATOR, None, MONDAY)
    return people


def issued(store, team):
    with store.reading() as session:
        report = health_report(session, OPERATOR, team, MONDAY)
        return report, health_rows(session, OPERATOR, team, MONDAY)


def rows_of(page):
    return page.dataframe[-1].value


def button(page, key, language="en"):
    return next((b for b in page.button if does(b) == translate(language, key)), None)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", ["manager", "director", "admin"])
def test_it_says_the_bottleneck_its_cause_and_one_action(open_page, company, sqlite_store, role, language):
    page = open_page("health", getattr(company, role), language)
    check_words(page)
    report, _ = issued(sqlite_store, company.rep.team_id if role == "manager" else None)
    said = verdict(language, report.health)
    assert said.sentence in words(page)
    assert said.action in words(page)
    assert page.title[0].value == {"en": "Process health", "zh": "过程健康"}[language]
    stage = translate(language, "terms.stage.solution_demo")
    assert said.sentence.startswith(stage) or f"“{stage}”" in said.sentence
    columns = json.loads(page.dataframe[0].proto.columns).values()
    helps = {column.get("help") for column in columns}
    assert {translate(language, f"health.measure_help.{measure}") for measure in MEASURES} <= helps
    labels = [b.label for b in page.get("download_button")]
    assert labels == [translate(language, f"health.export_{form}") for form in ("xlsx", "html")]


@pytest.mark.parametrize("role", ["rep", "product", "delivery", "store_manager"])
def test_other_roles_are_refused_and_see_nothing(open_page, company, role):
    page = open_page("health", getattr(company, role))
    assert [e.value for e in page.error] == ["Your role does not include this."]
    assert (len(page.metric), len(page.dataframe), len(page.button)) == (0, 0, 0)


def test_a_manager_sees_the_own_team_whatever_the_address_says(open_page, company):
    own = open_page("health", company.manager, team=company.stranger.team_id)
    check_words(own)
    assert "Line 3" not in words(own)
    assert [b.label for b in own.selectbox] == ["Week"]
    assert "Line 3" in words(open_page("health", company.director))


def test_a_manager_without_a_team_is_told(open_page, company):
    page = open_page("health", replace(company.manager, team_id=None))
    check_words(page)
    assert "No sales team to report on" in words(page)


@pytest.mark.parametrize("show", SHOWS)
def test_each_number_has_its_rows(open_page, company, sqlite_store, show):
    report, _ = issued(sqlite_store, company.rep.team_id)
    page = open_page("health", company.manager, show=show)
    check_words(page)
    shown, health = rows_of(page), report.health
    if show in ("stays", "late"):
        assert len(shown) == health.total(lambda s: s.stays if show == "stays" else s.past)
        assert sum(shown["lost"]) == pytest.approx(health.measure("lost"))
        assert values(page)["Lost days"] == f"{sum(shown['lost']):.1f}"
    else:
        measure = {"visit": "repeats", "passed": "skips", "step": "completion"}[show]
        part, whole = health.parts(measure)
        if whole:
            assert (sum(shown[f"yes_{show}"]), len(shown)) == (part, whole)
        else:
            assert "No rows here" in words(page)


def test_the_figures_are_of_the_report_and_stand_beside_the_week_before(open_page, company, sqlite_store):
    page = open_page("health", company.manager)
    report, _ = issued(sqlite_store, company.rep.team_id)
    part, whole = report.health.parts("late")
    late = next(m for m in figures(page) if m.label == "Stays past benchmark")
    assert late.value == f"{part / whole:.0%}"
    assert late.delta.startswith(f"{part} of {whole} · W08: ")
    oldest = open_page("health", company.manager, week="2026-W07")
    assert "This is the first report" in words(oldest)
    assert "W0" not in figures(oldest)[0].delta


def test_the_address_says_what_is_shown(open_page, company):
    page = open_page("health", company.manager, stage="solution_demo", show="late", week=NAMED)
    assert set(rows_of(page)["stage"]) == {"Solution demo"}
    button(page, "terms.stage.solution_demo").click().run()
    assert len(set(rows_of(page)["stage"])) > 1
    before = open_page("health", company.manager, week="2026-W08")
    assert "2026-W08" in str(before.selectbox[0].value)


@pytest.mark.parametrize("query", [{"week": "2026-W40"}, {"week": "'"}, {"stage": "x"}, {"show": "x"},
                                   {"team": "x"}, {"measure": "x"}])  # fmt: skip
def test_a_wrong_address_shows_the_latest_report(open_page, company, query):
    page = open_page("health", company.manager, **query)
    check_words(page)
    assert page.selectbox[0].value == NAMED


FIGURES = [("lost", "late"), ("late", "late"), ("skips", "passed"), ("repeats", "visit"),
           ("completion", "step")]  # fmt: skip


def test_each_figure_opens_the_rows_that_it_counts(open_page, company):
    page = open_page("health", company.manager, stage="solution_demo")
    for measure, show in FIGURES:
        page.button(key=f"tile-{measure}").click().run()
        assert page.query_params["show"] in (show, [show])
        assert "stage" not in page.query_params
    assert len(FIGURES) == len(MEASURES)


def test_the_button_of_the_verdict_opens_its_rows(open_page, company):
    page = open_page("health", company.manager)
    button(page, "health.show_rows").click().run()
    assert set(rows_of(page)["stage"]) == {"Solution demo"}
    assert page.query_params["show"] in ("late", ["late"])


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_measure_compares_the_weeks(open_page, company, measure, language):
    page = open_page("health", company.manager, language, measure=measure)
    check_words(page)
    assert len(page.get("plotly_chart")) == 3


def test_later_events_leave_an_issued_report_as_it_was(open_page, company, sqlite_store, clock):
    before = words(open_page("health", company.manager))
    clock.move(hours=1)
    set_benchmarks(sqlite_store, OPERATOR, {"quote_confirmation": 50.0})
    with sqlite_store.writing() as session:
        line = session.scalars(select(Opportunity.id).where(Opportunity.name == "Line 2")).one()
        session.get_one(Opportunity, line).name = "Renamed"
    close_opportunity(sqlite_store, company.manager, line, Outcome.LOST)
    after = words(open_page("health", company.manager))
    assert "Solution demo is the bottleneck" in before
    held = before.replace("Quote confirmation (days) 7.0", "Quote confirmation (days) 50.0")
    assert after.replace("Last changed 2 Mar 2026, 08:00 by the operator.\n", "") == held
    assert "Line 2" in after


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_week_without_a_report_says_so_and_can_be_issued(open_page, people, sqlite_store, language):
    page = open_page("health", people.manager, language, week=NAMED)
    check_words(page)
    assert translate(language, "health.not_issued") in words(page)
    assert button(open_page("health", people.admin, language, week=NAMED), "health.issue", language) is None
    button(page, "health.issue", language).click().run()
    check_words(page)
    report, _ = issued(sqlite_store, people.rep.team_id)
    assert report.issued_by == "Manager"
    assert verdict(language, report.health).sentence in words(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_too_few_stays_name_no_bottleneck(open_page, people, sqlite_store, language):
    issue_health(sqlite_store, OPERATOR, people.stranger.team_id, MONDAY)
    page = open_page("health", people.director, language, team=people.stranger.team_id)
    check_words(page)
    assert translate(language, "health.gap.few_stays", n=2, needed=3) in words(page)
    assert button(page, "health.show_rows", language) is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_company_without_a_week_is_told_what_will_come(open_page, sqlite_store, clock, language):
    clock.at = SEVEN
    people = found(sqlite_store)
    with sqlite_store.writing() as session:
        session.query(Opportunity).delete()
    page = open_page("health", people.director, language)
    check_words(page)
    assert translate(language, "health.no_weeks") in words(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_director_changes_a_benchmark(open_page, company, sqlite_store, language):
    page = open_page("health", company.director, language)
    field = next(f for f in page.number_input if translate(language, "terms.stage.solution_demo") in f.label)
    assert field.value == 3.5
    field.set_value(5.5)
    button(page, "health.benchmarks_save", language).click().run()
    check_words(page)
    assert benchmark(sqlite_store, "solution_demo") == 5.5
    with sqlite_store.reading() as session:
        audit = session.scalars(select(Audit).where(Audit.command == "pipeline.benchmarks")).one()
    assert audit.actor_id == company.director.person_id
    assert (audit.before["solution_demo"], audit.after["solution_demo"]) == (3.5, 5.5)
    assert "Director" in words(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_benchmark_of_no_days_is_refused_at_its_field(open_page, company, sqlite_store, language):
    page = open_page("health", company.admin, language)
    page.number_input[0].set_value(0.0)
    button(page, "health.benchmarks_save", language).click().run()
    assert translate(language, "problems.not_positive") in words(page)
    assert benchmark(sqlite_store, "appointment") == 3.0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_audit_says_what_was_done_in_words(open_page, company, sqlite_store, language):
    set_benchmarks(sqlite_store, company.director, dict.fromkeys(STAGES, 6.0))
    export_health(sqlite_store, company.manager, company.rep.team_id, MONDAY, "html", language)
    page = open_page("audit", company.director, language)
    text = words(page)
    assert translate(language, "audit.did.health_export") in text
    assert translate(language, "audit.did.pipeline_benchmarks") in text
    assert day(MONDAY, language) in text
    for key in ("team", "form", "rows", "week_start", *STAGES):
        assert f":gray[{translate(language, f'audit.field.{key}')}]" in text
        assert not re.search(rf"\b{key}:", text)


def test_a_manager_reads_the_benchmarks_only(open_page, company):
    page = open_page("health", company.manager)
    assert not page.number_input
    assert values(page)["Solution demo (days)"] == "3.5"


def benchmark(store, stage):
    with store.reading() as session:
        query = (
            select(Stage.benchmark_days).join(Pipeline).where(Pipeline.key == PIPELINE, Stage.key == stage)
        )
        return session.scalar(query)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_notice_opens_its_report(open_page, people, sqlite_store, clock, language, monkeypatch):
    gone = []
    monkeypatch.setattr(
        "streamlit.switch_page", lambda path, query_params: gone.append((path.name, query_params))
    )
    tick(sqlite_store)
    clock.move(days=7)
    tick(sqlite_store)  # a newer report stands in the inbox above it
    page = open_page("inbox", people.manager, language)
    title = translate(language, "notices.health_issued.title", team="East", week=NAMED)
    opening = [b for b in page.button if does(b) == translate(language, "inbox.open")]
    next(b for b in opening if title in b.label.replace("\\", "")).click().run()
    (name, query) = gone[0]
    assert (name, query) == ("health.py", {"week": NAMED, "team": str(people.rep.team_id)})
    report = open_page("health", people.manager, language, **query)
    check_words(report)
    assert report.selectbox[0].value == NAMED


def test_names_are_shown_as_written(open_page, people, sqlite_store):
    """The bottleneck is one opportunity, so that its name stands in the sentence."""
    owner, team = people.stranger.person_id, people.stranger.team_id
    line = opportunity(
        sqlite_store, owner, drawn("A-12 N-11 S-10"), recorded_at=at(-90), name="**L** :red[x]"
    )
    planned(sqlite_store, owner, line, PlannedAction(ActionStatus.PLANNED, at(9)))
    issue_health(sqlite_store, OPERATOR, team, MONDAY)
    page = open_page("health", people.director, team=team)
    assert any(r"at one opportunity, \*\*L\*\* \:red\[x\]" in m.value for m in page.markdown)


def test_a_row_opens_its_customer(open_page, company, sqlite_store, monkeypatch):
    """A click on a row is remembered by its customer; one without a customer opens nothing."""
    gone = []
    monkeypatch.setattr("components.health_rows.clickable", lambda *args, **kwargs: args[1][0])
    monkeypatch.setattr("streamlit.switch_page", lambda path, query_params: gone.append(query_params))
    open_page("health", company.manager)
    assert gone == []
    with sqlite_store.writing() as session:
        for row in session.scalars(select(Opportunity)):
            row.customer_id = company.customer
        session.flush()
    issue_health(sqlite_store, OPERATOR, company.stranger.team_id, MONDAY)
    open_page("health", company.director, team=company.stranger.team_id)
    assert gone == [{"customer": str(company.customer)}]


def test_reports_of_other_days_differ(company, sqlite_store):
    """The fixture is worth something: the three weeks say different things."""
    with sqlite_store.reading() as session:
        weeks = health_trend(session, OPERATOR, company.rep.team_id, MONDAY)
    assert len({r.health.measure("lost") for r in weeks}) == 3
