"""The meeting's page: before it, its five parts, its minutes; who may run it; its address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from components import format
from core.reports.commitments import Proof
from core.terms import ActionStatus
from data.commands.morning import assign, drop_commitment, finish_meeting
from data.queries.inbox import inbox
from data.schema import Action, Alert, Audit, Commitment, Customer, MorningMeeting, Team
from data.text import translate
from tests.morning import at_risk, customer_of, deal_of, issued, meeting, promise_to
from tests.pages.reading import check_words, does, words

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


@pytest.fixture
def company(sqlite_store, clock):
    return at_risk(sqlite_store, clock)


def button(page, key, language="en", **params):
    return next((b for b in page.button if does(b) == translate(language, key, **params)), None)


def count(store, table) -> int:
    with store.reading() as session:
        return len(session.scalars(select(table)).all())


@LANGUAGES
def test_before_the_brief_it_says_when_it_comes_and_a_manager_issues_it(
    open_page, company, sqlite_store, language
):
    rep = open_page("morning", company.rep, language)
    check_words(rep)
    assert translate(language, "morning.none_today") in words(rep)
    assert button(rep, "morning.issue", language) is None
    page = open_page("morning", company.manager, language)
    button(page, "morning.issue", language).click().run()
    check_words(page)
    assert "1. Haihe" in words(page)
    with sqlite_store.reading() as session:
        assert [m.kind for m in inbox(session, company.rep).messages] == ["brief_issued"]


@LANGUAGES
def test_the_three_stand_with_who_what_by_when_and_their_rows(open_page, company, sqlite_store, language):
    issued(sqlite_store, company)
    page = open_page("morning", company.rep, language)
    check_words(page)
    said = words(page)
    assert [m.value.split()[2] for m in page.markdown if m.value.startswith("####")] == [
        "Haihe", "Minjiang", "Wuyi",
    ]  # fmt: skip
    assert translate(language, "alerts.demos_without_quote.action") in said
    money = {"en": "CN¥400,000 × 50% = CN¥200,000", "zh": "¥400,000 × 50% = ¥200,000"}[language]
    assert money in said
    assert "Luoyang" in said
    assert button(page, "morning.start", language) is None


@LANGUAGES
def test_a_meeting_from_start_to_minutes(open_page, company, sqlite_store, clock, language):
    issued(sqlite_store, company)
    page = open_page("morning", company.manager, language)
    ask = translate(language, "rating.ask")
    assert ask in words(page)
    button(page, "morning.start", language).click().run()
    check_words(page)
    assert ask not in words(page)  # nothing else asks for attention while it runs
    assert translate(language, "morning.none_followed") in words(page)
    button(page, "morning.next", language).click().run()
    check_words(page)
    assert page.query_params["step"] in ("top", ["top"])
    page.text_area[0].set_value("Call the boss")
    button(page, "morning.add", language).click().run()
    assert count(sqlite_store, Commitment) == 1
    assert [m for m in page.markdown if "badge" in m.value and "Call the boss" in m.value]  # at its place
    turns = {page.session_state["morning-turned"]}  # each brings the head into view
    for _ in range(2):
        button(page, "morning.next", language).click().run()
        turns.add(page.session_state["morning-turned"])
        check_words(page)
    assert len(turns) == 3
    assert "Call the boss" in words(page)
    button(page, "morning.next", language).click().run()
    clock.move(minutes=14)
    page.text_area[-1].set_value("All well").run()
    page = open_page("morning", company.manager, language, step="finish")  # after a look at something else
    assert page.text_area[-1].value == "All well"
    assert translate(language, "morning.red_alerts_now", n=2) in words(page)
    button(page, "morning.finish", language).click().run()
    check_words(page)
    assert [m.value for m in page.toast] == [translate(language, "morning.finished")]
    said = words(page)
    assert translate(language, "morning.held", at="", by="", n=14).split("，")[-1].split(", ")[-1] in said
    assert "All well" in said
    assert ask in said
    assert "Call the boss" in said
    assert button(page, "morning.start", language) is None
    with sqlite_store.reading() as session:
        assert session.scalars(select(Audit.command).order_by(Audit.id)).all()[-3:] == [
            "morning.start", "morning.assign", "morning.finish",
        ]  # fmt: skip
        row = session.scalars(select(Commitment)).one()
    assert (row.owner_id, row.customer_id) == (company.rep.person_id, customer_of(sqlite_store, "Haihe"))


def test_a_running_meeting_goes_on_where_it_was_when_one_comes_back(open_page, company, sqlite_store):
    meeting(sqlite_store, company)
    page = open_page("morning", company.manager)
    for chosen, said in (("alerts", "alerts"), ("followed", "followed"), ("made", "made")):
        page.segmented_control[0].set_value(chosen).run()
        assert page.segmented_control[0].value == said
    page.query_params.clear()  # as the menu opens it
    page.run()
    assert page.segmented_control[0].value == "made"
    assert page.query_params["step"] in ("made", ["made"])


@LANGUAGES
def test_yesterdays_words_stand_with_the_records_that_prove_them(
    open_page, company, sqlite_store, clock, language
):
    held = meeting(sqlite_store, company)
    for name in ("Haihe", "Wuyi"):
        assign(sqlite_store, company.manager, held, promise_to(sqlite_store, company, clock, name))
    finish_meeting(sqlite_store, company.manager, held)
    with sqlite_store.writing() as session:
        session.add(
            Action(
                type="solution_demo", status=ActionStatus.COMPLETED, fields={},
                owner_id=company.mate.person_id, customer_id=customer_of(sqlite_store, "Haihe"),
                opportunity_id=deal_of(sqlite_store, "Haihe"), recorded_at=clock.at,
                ended_at=clock.at + timedelta(hours=2),
            )
        )  # fmt: skip
    clock.move(days=1)
    today = meeting(sqlite_store, company)
    page = open_page("morning", company.manager, language)
    check_words(page)
    said = [m.value for m in page.markdown if "badge" in m.value]
    assert translate(language, "morning.state.missed") in said[0]
    assert "Wuyi" in said[0]
    assert translate(language, "morning.state.kept") in said[1]
    assert translate(language, "terms.stage.solution_demo") in said[1]
    assert page.text_area[0].value == "See them"
    button(page, "morning.add", language).click().run()
    check_words(page)
    with sqlite_store.reading() as session:
        again = session.scalars(select(Commitment).order_by(Commitment.id.desc())).first()
    assert (again.what, again.customer_id) == ("See them", customer_of(sqlite_store, "Wuyi"))
    open_ = [m.value for m in page.markdown if translate(language, "morning.state.open") in m.value]
    assert ["Wuyi" in line for line in open_] == [True]  # at its place
    assert translate(language, "morning.renewed") in words(page)
    assert not page.text_area  # nothing to agree on once more
    assert not page.text_input
    page = open_page("morning", company.manager, language, step="made")
    assert translate(language, "morning.anew_made") in words(page)
    page.text_input[0].set_value("They bought")
    button(page, "morning.drop_do", language).click().run()
    check_words(page)
    assert "Wuyi" in words(page)
    assert "They bought" in words(page)
    assert [m.value for m in page.toast] == [translate(language, "morning.was_dropped")]
    button(page, "morning.take_up", language).click().run()
    check_words(page)
    assert "They bought" not in words(page)
    assert [m.value for m in page.toast] == [translate(language, "morning.was_taken_up")]
    other = promise_to(sqlite_store, company, clock, "Wuyi", expects=Proof.PROMISE, what="Date the hall")
    beside = translate(language, "morning.about_else")
    assert beside not in words(open_page("morning", company.manager, language, step="followed"))
    assign(sqlite_store, company.manager, today, other)
    assert words(open_page("morning", company.manager, language, step="followed")).count(beside) == 1


def test_what_was_taken_back_today_is_not_about_something_else(open_page, company, sqlite_store, clock):
    held = meeting(sqlite_store, company)
    assign(sqlite_store, company.manager, held, promise_to(sqlite_store, company, clock))
    finish_meeting(sqlite_store, company.manager, held)
    clock.move(days=1)
    again = promise_to(sqlite_store, company, clock)
    given = assign(sqlite_store, company.manager, meeting(sqlite_store, company), again)
    drop_commitment(sqlite_store, company.manager, given, "They bought")
    page = open_page("morning", company.manager, "en", step="followed")
    assert "They bought" in words(page)
    assert translate("en", "morning.about_else") not in words(page)


@LANGUAGES
def test_alerts_are_marked_as_new_and_assigned_from_there(open_page, company, sqlite_store, language):
    meeting(sqlite_store, company)
    page = open_page("morning", company.manager, language, step="alerts")
    check_words(page)
    assert words(page).count(translate(language, "alerts.demos_without_quote.why", demos=3)) == 2
    button(page, "morning.add", language).click().run()
    assert count(sqlite_store, Commitment) == 1


@LANGUAGES
def test_what_was_agreed_on_about_an_alert_stands_at_it_on_today_and_on_the_board(
    open_page, company, sqlite_store, clock, language, monkeypatch
):
    gone = []
    monkeypatch.setattr(
        "streamlit.switch_page", lambda path, query_params: gone.append((path.name, query_params))
    )
    held = meeting(sqlite_store, company)
    with sqlite_store.reading() as session:
        of = select(Alert.id).where(Alert.opportunity_id == deal_of(sqlite_store, "Haihe"))
        alert = session.scalars(of).one()
    for about in (alert, None):
        assign(sqlite_store, company.manager, held, promise_to(sqlite_store, company, clock, about=about))
    until = format.instant(clock.at + timedelta(hours=10), language, "Asia/Shanghai")
    agreed = translate(language, "alerts_page.agreed", who="Rep", until=until)
    page = open_page("morning", company.manager, language, step="alerts")
    check_words(page)
    assert words(page).count(agreed) == 1
    assert words(page).count(translate(language, "morning.about_else")) == 1
    for name, does_it in (("today", "today.red_do"), ("board", "alerts_page.look")):
        page = open_page(name, company.manager, language)
        check_words(page)
        [line] = [b for b in page.button if agreed in b.label.replace("\\", "")]
        assert does(line) == translate(language, does_it)
        line.click().run()
        assert gone.pop() == ("alerts.py", {"alert": str(alert)})


@LANGUAGES
def test_an_alert_leads_to_its_customer(open_page, company, sqlite_store, language, monkeypatch):
    led = []
    meeting(sqlite_store, company)
    monkeypatch.setattr(
        "components.morning_alerts.open_page", lambda name, **query: led.append((name, query))
    )
    page = open_page("morning", company.manager, language, step="alerts")
    shown = [b for b in page.button if (b.key or "").startswith("alert-customer-")]
    assert {does(b) for b in shown} == {translate(language, "morning.open_customer")}
    shown[0].click().run()
    assert led == [("customer", {"customer": customer_of(sqlite_store, "Haihe")})]


@pytest.mark.parametrize(("hours", "day"), [(2, "today"), (11, "tomorrow")])
def test_a_meeting_after_the_evening_begins_with_tomorrow(
    open_page, company, sqlite_store, clock, hours, day
):
    meeting(sqlite_store, company)
    clock.move(hours=hours)
    page = open_page("morning", company.manager, step="made")
    assert next(g for g in page.button_group if "due_at" in (g.key or "")).value == day


@pytest.mark.parametrize(("language", "said"), [("en", "Mon 9 Mar"), ("zh", "3月9日周一")])
def test_on_a_friday_the_next_working_day_is_offered_with_its_date(
    open_page, company, sqlite_store, clock, language, said
):
    clock.move(days=2)
    meeting(sqlite_store, company)
    page = open_page("morning", company.manager, language, step="made")
    days = next(g for g in page.button_group if "due_at" in (g.key or ""))
    monday = f"{translate(language, 'alerts_page.day.tomorrow')} · {said}"
    assert days.options[1] == monday
    days.set_value("tomorrow")
    page.text_area[0].set_value("See them")
    for of, chosen in (("owner", company.rep.person_id), ("customer", customer_of(sqlite_store, "Haihe"))):
        next(s for s in page.selectbox if s.key.endswith(of)).set_value(chosen)
    page.run()
    page = open_page("morning", company.manager, language, step="made")  # after a look at something else
    button(page, "morning.add", language).click().run()
    check_words(page)
    with sqlite_store.reading() as session:
        made = session.scalars(select(Commitment)).one()
    assert (made.what, made.due_at) == ("See them", datetime(2026, 3, 9, 10, tzinfo=UTC))


def test_a_step_taken_over_opens_the_record_of_that_step(
    open_page, company, sqlite_store, clock, monkeypatch
):
    gone = []
    monkeypatch.setattr(
        "streamlit.switch_page", lambda path, query_params: gone.append((path.name, query_params))
    )
    held = meeting(sqlite_store, company)
    with sqlite_store.writing() as session:
        step = Action(
            customer_id=customer_of(sqlite_store, "Haihe"), opportunity_id=deal_of(sqlite_store, "Haihe"),
            owner_id=company.rep.person_id, type="solution_demo", status=ActionStatus.PLANNED, fields={},
            planned_for=clock.at - timedelta(days=1), recorded_at=clock.at - timedelta(days=2),
        )  # fmt: skip
        session.add(step)
        session.flush()
        about = step.id
    taken = promise_to(sqlite_store, company, clock, expects="step", about=about)
    assign(sqlite_store, company.manager, held, taken)
    button(open_page("today", company.rep), "today.commitment_do").click().run()
    assert gone == [("record.py", {"action": str(about)})]


def test_an_empty_commitment_is_refused_at_its_field(open_page, company, sqlite_store):
    meeting(sqlite_store, company)
    page = open_page("morning", company.manager, step="made")
    button(page, "morning.add").click().run()
    said = words(page)
    assert "3 things are missing or wrong" in said
    assert said.count(translate("en", "problems.required")) == 3
    assert translate("en", "morning.agree_more_hint") in said
    assert count(sqlite_store, Commitment) == 0


@LANGUAGES
@pytest.mark.parametrize("step", ["made", "top", "alerts"])
def test_a_line_with_the_wrong_day_gets_another_one_where_it_stands(
    open_page, company, sqlite_store, clock, language, step
):
    held = meeting(sqlite_store, company)
    with sqlite_store.reading() as session:
        alert = session.scalars(
            select(Alert.id).where(Alert.opportunity_id == deal_of(sqlite_store, "Haihe"))
        )
        of = alert.one()
    assign(sqlite_store, company.manager, held, promise_to(sqlite_store, company, clock, about=of))
    page = open_page("morning", company.manager, language, step=step)
    (days,) = page.menu_button
    assert days.label == translate(language, "morning.other_day")
    assert len(days.options) == 3  # not today, for which it was agreed on
    days.click_index(0).run()
    check_words(page)
    by = {"en": "Thu 5 Mar, 17:00", "zh": "3月5日周四 17:00"}[language]
    said = [m.value.replace("\\", "") for m in page.toast]
    assert said == [translate(language, "morning.moved", by=by, who="Rep")]
    assert words(page).count(f"{translate(language, 'morning.by_when')} {by}") == 1
    assert not open_page("morning", company.rep, language, step=step).menu_button


def test_nobody_is_told_of_what_they_take_over_themselves(open_page, company, sqlite_store):
    meeting(sqlite_store, company)
    for taker, said in ((company.rep, "Agreed. Rep was told."), (company.manager, "Agreed. It is yours.")):
        page = open_page("morning", company.manager, step="top")
        next(s for s in page.selectbox if s.label == "Who does it").set_value(taker.person_id).run()
        button(page, "morning.add").click().run()
        assert [m.value for m in page.toast] == [said]


def test_whoever_does_not_run_it_watches(open_page, company, sqlite_store):
    meeting(sqlite_store, company)
    for step in ("followed", "top", "alerts", "made", "finish"):
        page = open_page("morning", company.rep, step=step)
        check_words(page)
        assert not page.text_area
        assert button(page, "morning.finish") is None


def test_a_director_chooses_a_team_and_the_address_keeps_it(open_page, company, sqlite_store):
    issued(sqlite_store, company)
    page = open_page("morning", company.director, team=company.stranger.team_id)
    assert translate("en", "morning.none_today") in words(page)
    page = open_page("morning", company.director)
    assert "1. Haihe" in words(page)
    assert len(page.selectbox) == 2


@LANGUAGES
def test_a_free_day_and_a_day_without_a_brief_say_so(open_page, company, sqlite_store, clock, language):
    issued(sqlite_store, company)
    clock.move(days=4)  # Sunday
    page = open_page("morning", company.manager, language)
    check_words(page)
    assert translate(language, "morning.free_day") in words(page)
    assert button(page, "morning.issue", language) is None
    past = open_page("morning", company.manager, language, day="2026-03-04")
    check_words(past)
    assert translate(language, "morning.not_held") in words(past)
    assert button(past, "morning.start", language) is None


@pytest.mark.parametrize(
    "query", [{"team": "x"}, {"day": "x"}, {"day": "2020-01-01"}, {"step": "x"}, {"wall": 1}]
)
def test_any_address_shows_the_meeting(open_page, company, sqlite_store, query):
    meeting(sqlite_store, company)
    page = open_page("morning", company.manager, **query)
    check_words(page)
    assert count(sqlite_store, MorningMeeting) == 1
    assert "Running since" in words(page)


def test_names_are_shown_as_written(open_page, company, sqlite_store, clock):
    with sqlite_store.writing() as session:
        session.get_one(Customer, customer_of(sqlite_store, "Haihe")).name = "**H** :red[x]"
    issued(sqlite_store, company)
    page = open_page("morning", company.manager)
    assert any(r"\*\*H\*\* \:red\[x\]" in m.value for m in page.markdown)


def test_a_company_without_sales_teams_is_told_so(open_page, sqlite_store, company):
    with sqlite_store.writing() as session:
        for team in session.scalars(select(Team)):
            team.kind = "office"
    page = open_page("morning", company.director)
    assert translate("en", "morning.no_team") in words(page)


@LANGUAGES
def test_what_was_agreed_stands_among_the_days_to_dos_until_a_record_shows_it(
    open_page, company, sqlite_store, clock, language, monkeypatch
):
    gone = []
    monkeypatch.setattr(
        "streamlit.switch_page", lambda path, query_params: gone.append((path.name, query_params))
    )
    held = meeting(sqlite_store, company)
    assign(sqlite_store, company.manager, held, promise_to(sqlite_store, company, clock, expects="quote"))
    page = open_page("today", company.rep, language)
    check_words(page)
    assert "See them" in words(page)
    assert "See them" not in words(open_page("today", company.mate, language))
    button(page, "today.commitment_do", language).click().run()
    customer = customer_of(sqlite_store, "Haihe")
    assert gone == [("record.py", {"customer": str(customer), "type": "quote_confirmation"})]
    with sqlite_store.writing() as session:
        session.add(
            Action(
                type="quote_confirmation", status=ActionStatus.COMPLETED, fields={}, customer_id=customer,
                owner_id=company.rep.person_id, opportunity_id=deal_of(sqlite_store, "Haihe"),
                recorded_at=clock.at, ended_at=clock.at + timedelta(hours=1),
            )
        )  # fmt: skip
    clock.move(hours=2)
    assert "See them" not in words(open_page("today", company.rep, language))


@LANGUAGES
def test_today_leads_to_the_meeting_that_waits(open_page, company, sqlite_store, monkeypatch, language):
    left = []
    monkeypatch.setattr("streamlit.switch_page", lambda path, query_params: left.append(path.stem))
    issued(sqlite_store, company)
    page = open_page("today", company.manager, language)
    check_words(page)
    assert translate(language, "today.meeting_waits") in words(page)
    button(page, "today.meeting_do", language).click().run()
    assert left == ["morning"]
