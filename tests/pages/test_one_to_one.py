"""A rep's sheet: the talk is recorded, steps agreed and shown done, numbers open rows; in both languages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from core.promises.demands import Answer, DemandInput, PromiseInput
from core.reports.catalogue import METRICS
from data.commands.demands import answer_demand, file_demand
from data.commands.people import activate_person
from data.commands.promises import make_promise
from data.commands.talks import StepInput, agree, record_talk
from data.schema import Opportunity, Talk, TalkStep
from data.text import translate
from tests.company import found
from tests.forecasts import deal, run
from tests.morning import at_risk, customer_of
from tests.pages.reading import check_words, does, unfold, words
from tests.pages.test_demands import press
from tests.pages.test_promises import EFFECT


@pytest.fixture
def company(sqlite_store, clock):
    return at_risk(sqlite_store, clock)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_manager_records_a_talk_and_agrees_on_steps(open_page, sqlite_store, company, language):
    page = open_page("one_to_one", company.manager, language, rep=company.rep.person_id)
    check_words(page)
    press(page, translate(language, "one_to_one.record"))
    assert translate(language, "problems.required") in words(page)
    page.text_area[0].set_value("Went *well*").run()
    page = open_page("one_to_one", company.manager, language, rep=company.rep.person_id)  # as after a look
    assert page.text_area[0].value == "Went *well*"
    press(page, translate(language, "one_to_one.record"))
    assert [m.value for m in page.toast] == [translate(language, "one_to_one.recorded")]
    press(page, translate(language, "one_to_one.agree"))
    assert translate(language, "problems.required") in words(page)
    page.text_area[0].set_value("See *them*").run()
    page.selectbox[1].set_value(customer_of(sqlite_store, "Haihe")).run()
    page.button_group[-1].set_value("tomorrow").run()
    page = open_page("one_to_one", company.manager, language, rep=company.rep.person_id)  # as after a look
    assert (page.text_area[0].value, page.button_group[-1].value) == ("See *them*", "tomorrow")
    assert page.selectbox[1].value == customer_of(sqlite_store, "Haihe")
    press(page, translate(language, "one_to_one.agree"))
    assert [m.value for m in page.toast] == [translate(language, "one_to_one.step_agreed")]
    page.text_area[0].set_value("Read the guide").run()
    press(page, translate(language, "one_to_one.agree"))
    press(page, translate(language, "one_to_one.settle"))
    check_words(page)
    text = words(page)
    assert "See *them*" in text
    assert translate(language, "morning.state.kept") in text
    assert translate(language, "one_to_one.settle") not in text
    press(page, translate(language, "morning.take_up"))  # the wrong line was pressed
    assert translate(language, "one_to_one.settle") in [does(b) for b in page.button]
    assert "Went *well*" in [t.value for t in page.text]
    with sqlite_store.reading() as session:
        assert session.query(Talk).count() == 1
        steps = session.execute(select(TalkStep.what, TalkStep.due_at).order_by(TalkStep.id)).all()
    assert [what for what, _ in steps] == ["See *them*", "Read the guide"]
    assert (steps[1].due_at - steps[0].due_at).days == 6  # tomorrow, and a week from today


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_step_agreed_on_by_mistake_is_given_up_and_taken_up_again(
    open_page, sqlite_store, company, clock, language
):
    talk = record_talk(sqlite_store, company.manager, company.rep.person_id, "Haihe first")
    later, haihe = clock.at + timedelta(days=2), customer_of(sqlite_store, "Haihe")
    agree(sqlite_store, company.manager, talk, StepInput("See them", later, haihe))
    page = open_page("one_to_one", company.rep, language)
    assert translate(language, "morning.drop_do") not in [does(b) for b in page.button]
    page = open_page("one_to_one", company.manager, language, rep=company.rep.person_id)
    (reason,) = [i for i in page.text_input if i.label == translate(language, "morning.drop_reason")]
    reason.set_value("The wrong *customer*")
    press(page, translate(language, "morning.drop_do"))
    check_words(page)
    assert "The wrong *customer*" in words(page)
    press(page, translate(language, "morning.take_up"))
    check_words(page)
    assert "The wrong *customer*" not in words(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_step_that_was_not_done_gets_another_day(open_page, sqlite_store, company, clock, language):
    talk = record_talk(sqlite_store, company.manager, company.rep.person_id, "Haihe first")
    step = StepInput("See them", clock.at + timedelta(days=1), customer_of(sqlite_store, "Haihe"))
    agree(sqlite_store, company.manager, talk, step)
    page = open_page("one_to_one", company.manager, language, rep=company.rep.person_id)
    (days,) = page.menu_button  # a slip of the day is set right at once
    assert days.label == translate(language, "morning.other_day")
    days.click_index(0).run()
    check_words(page)
    with sqlite_store.reading() as session:
        (moved,) = session.scalars(select(TalkStep.due_at))
    assert (moved.time(), (moved - step.due_at).days) == (step.due_at.time(), 4)  # the week's end
    clock.move(days=6)
    assert not open_page("one_to_one", company.rep, language).menu_button
    page = open_page("one_to_one", company.manager, language, rep=company.rep.person_id)
    assert translate(language, "morning.state.missed") in words(page)
    (days,) = page.menu_button
    assert days.label == translate(language, "morning.assign_again")
    days.click_index(0).run()
    check_words(page)
    assert translate(language, "morning.state.missed") not in words(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_forecasts_say_the_last_month_and_open_each_months_rows(
    open_page, sqlite_store, company, monkeypatch, language
):
    gone = []
    monkeypatch.setattr("components.one_to_one.open_page", lambda name, **query: gone.append((name, query)))
    for month in (date(2026, 1, 1), date(2026, 2, 1)):
        deal(
            sqlite_store, company.rep.person_id, run_id=run(sqlite_store, month),
            won_on=month.replace(day=20), amount=1000, paid=1500, customer=company.customer,
        )  # fmt: skip
    page = open_page("one_to_one", company.manager, language, rep=company.rep.person_id)
    check_words(page)
    drawn, said = len(page.dataframe), {"en": "Feb 2026: 200% off", "zh": "2026年2月：偏差 200%"}[language]
    (label,) = [e.label for e in page.expander if e.label.startswith(said)]
    unfold(page, label)
    check_words(page)
    assert len(page.dataframe) == drawn + 1
    page.session_state["sheet-months-clicked"] = ("2026-01-01", "forecast")
    page.run()
    assert gone == [("forecast_health", {
        "group": f"rep-{company.rep.person_id}", "part": "rows", "month": "2026-01-01",
    })]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_rep_reads_the_own_sheet_and_records_nothing(open_page, sqlite_store, company, language):
    record_talk(sqlite_store, company.manager, company.rep.person_id, "Haihe first")
    page = open_page("one_to_one", company.rep, language, rep=company.mate.person_id)
    check_words(page)
    assert "Haihe first" in [t.value for t in page.text]
    assert not page.text_area
    assert not page.selectbox


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("place", ["one_to_one", "customer"])
def test_a_promise_says_why_it_has_its_light(open_page, sqlite_store, company, clock, language, place):
    haihe, today = customer_of(sqlite_store, "Haihe"), clock.at.date()
    wanted = DemandInput("“慢”", "efficiency", EFFECT, "P1")
    demand = file_demand(sqlite_store, company.rep, haihe, wanted)
    planned = today + timedelta(days=20)
    answer = Answer("Dashboard", "One table", "Two weeks", "screen", "YQ-1", planned)
    answer_demand(sqlite_store, company.product, demand, answer)
    told = PromiseInput("The dashboard", planned + timedelta(days=1), demand_id=demand)
    make_promise(sqlite_store, company.rep, haihe, told)
    asked = {"rep": company.rep.person_id} if place == "one_to_one" else {"customer": haihe}
    page = open_page(place, company.manager, language, **asked)
    check_words(page)
    assert translate(language, "promises.why.little_slack", n=1) in words(page)


def test_the_latest_record_stands_beside_the_stage_that_was_got_to(open_page, company):
    page = open_page("one_to_one", company.manager, rep=company.rep.person_id)
    (table,) = [d.value for d in page.dataframe if "dwell" in d.value]
    assert "latest" in table


def test_a_number_opens_its_rows_and_stands_in_the_address(open_page, company):
    page = open_page("one_to_one", company.manager, rep=company.rep.person_id, show="new_amount")
    check_words(page)
    behind = translate("en", "reports.behind", metric=translate("en", METRICS["new_amount"].title))
    assert any(behind in s.value for s in page.subheader)


def test_two_risks_without_a_customer_are_two_lines(open_page, sqlite_store, company):
    names = ("Haihe line", "Wuyi line")
    with sqlite_store.writing() as session:
        session.execute(update(Opportunity).where(Opportunity.name.in_(names)).values(customer_id=None))
    page = open_page("one_to_one", company.manager, rep=company.rep.person_id)
    check_words(page)
    assert all(f"**{name}**" in words(page) for name in names)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_company_says_what_will_appear(open_page, sqlite_store, language):
    people = found(sqlite_store)
    for who in (people.rep, people.mate):
        activate_person(sqlite_store, people.admin, who.person_id, False)
    page = open_page("one_to_one", people.manager, language)
    assert translate(language, "one_to_one.nobody") in words(page)
