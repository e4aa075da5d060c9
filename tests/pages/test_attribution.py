"""The attribution on its page: parts, evidence, decisions, calendar, wishes; both languages and roles."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from components import format
from components.blocks import plain
from components.forecast_words import signed
from core.forecast.findings import EventInput
from data.commands.attribution import add_event
from data.queries.coaching import coaching_tasks
from data.schema import Demand, Draft
from data.text import translate
from tests.company import found
from tests.forecasts import deal, noon, run
from tests.pages.reading import check_words, does, unfold, words

FEB = date(2026, 2, 1)


@pytest.fixture
def people(sqlite_store):
    made = found(sqlite_store)
    number = run(sqlite_store, FEB, value=9000, fresh=100)
    for who, scorecard in ((made.rep, 0.9), (made.mate, 0.2), (made.stranger, 0.3)):
        deal(
            sqlite_store,
            who.person_id,
            run_id=number,
            amount=8000,
            scorecard=scorecard,
            decision="rejected",
            customer=made.customer,
        )
    return made


@pytest.mark.parametrize("language", ["en", "zh"])
def test_evidence_opens_its_records(open_page, sqlite_store, people, language):
    with sqlite_store.writing() as session:
        demand = Demand(
            customer_id=people.customer, words="Batch trace", pain="cost", metric="m", unit="h",
            effect_before=Decimal(2), effect_after=Decimal(1), urgency="P1",
            opened_at=noon(date(2026, 1, 30)), recorded_at=noon(date(2026, 1, 30)),
        )  # fmt: skip
        session.add(demand)
    page = open_page("attribution", people.manager, language)
    assert not page.dataframe
    unfold(page, translate(language, "attribution.records", n=1))
    rows = next(d.value for d in page.dataframe if "why" in d.value.columns)
    assert rows["why"].tolist() == [translate(language, "attribution.record.demands")]
    assert "P1" in rows["what"].tolist()[0]
    check_words(page)


def test_the_bar_of_the_others_opens_these(open_page, sqlite_store, people, monkeypatch):
    left = []
    monkeypatch.setattr(
        "streamlit.switch_page", lambda path, query_params: left.append((path.stem, query_params))
    )
    page = open_page("attribution", people.director)
    for bar in (-1, 0):
        page.session_state["attribution-parts-clicked"] = bar
        page.run()
    asked = {"part": "rows", "month": FEB.isoformat(), "pipeline": "firebreak"}
    assert left == [("forecast_health", asked | {"but": "largest"}), ("forecast_health", asked)]


def field(page, language, name):
    label = translate(language, f"attribution.{name}")
    return next(w for w in (*page.text_input, *page.text_area) if w.label == label)


def press(page, language, key, n=0):
    return [b for b in page.button if b.label == translate(language, key)][n].click().run()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", ["manager", "director"])
def test_it_says_what_the_records_speak_for(open_page, sqlite_store, people, role, language):
    page = open_page("attribution", getattr(people, role), language)
    told = {"en": "a single weak sign is left to chance", "zh": "只有一个弱迹象时，仍归为偶然"}[language]
    assert [heading for heading in page.subheader if told in heading.help]
    check_words(page)
    with sqlite_store.reading() as session:
        assert session.scalar(select(func.count(Draft.id))) == 0  # to look writes nothing
    text = words(page)
    assert "attribution." not in text
    assert translate(language, "attribution.evidence.rejected_lower") in text
    assert ("Stranger" in text) == (role == "director")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_decision_and_what_it_leads_to(open_page, sqlite_store, people, language):
    page = open_page("attribution", people.manager, language)
    unfold(page, translate(language, "attribution.decide"))
    press(page, language, "attribution.save")
    assert translate(language, "problems.reason_required") in words(page)
    page.text_area[0].set_value("He hoped for it.").run()
    page = open_page("attribution", people.manager, language)  # after a look at something else
    assert page.text_area[0].value == "He hoped for it."
    press(page, language, "attribution.save")
    assert [m.value for m in page.toast] == [translate(language, "attribution.saved")]
    assert not page.text_area  # the form is folded again
    assert unfold(page, translate(language, "attribution.change")).text_area[0].value == ""
    assert "He hoped for it." in words(page)
    press(page, language, "attribution.coach")
    with sqlite_store.reading() as session:
        (task,) = coaching_tasks(session, people.manager)
    on = format.day(task.due_on, language)
    assert plain(translate(language, "attribution.coached", who="Manager", on=on)) in [
        does(b) for b in page.button
    ]
    there = words(open_page("forecast_health", people.manager, language, task=task.id))
    assert task.finding.opportunity in there
    assert "He hoped for it." in there
    assert "He hoped for it." not in words(open_page("forecast_health", people.rep, language, task=task.id))
    press(page, language, "attribution.to_event")
    assert page.query_params["add"] == "event"
    field(page, language, "event_name").set_value("Port closed")
    assert field(page, language, "event_note").value == "He hoped for it."
    press(page, language, "attribution.add_event")
    press(page, language, "attribution.to_factor")
    assert field(page, language, "factor_why").value == "He hoped for it."
    field(page, language, "factor_name").set_value("Open demands").run()
    at = {"add": "factor", "finding": page.query_params["finding"][0]}
    page = open_page("attribution", people.manager, language, **at)  # after a look at something else
    assert field(page, language, "factor_why").value == "He hoped for it."
    press(page, language, "attribution.ask")
    check_words(page)
    text = words(page)
    assert "Port closed" in text
    assert "Open demands" in text
    assert translate(language, "attribution.no_change_yet") in text


def test_what_was_written_stands_open_and_does_not_close_under_the_hand(open_page, people):
    def decides(page):
        return next(e for e in page.expander if e.label == translate("en", "attribution.decide"))

    page = open_page("attribution", people.manager)
    assert not decides(page).proto.expanded
    unfold(page, translate("en", "attribution.decide"))
    decides(page).text_area[0].set_value("He hoped for it.").run()
    page = open_page("attribution", people.manager)  # after a look at something else
    assert decides(page).proto.expanded
    decides(page).text_area[0].set_value("").run()
    assert decides(page).proto.expanded


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_director_chooses_whose_month_it_is(open_page, people, language):
    page = open_page("attribution", people.director, language)
    whose = page.selectbox(key="address-team")
    assert whose.options == [{"en": "Company", "zh": "全公司"}[language], "East", "West"]
    assert whose.value == ""
    page = whose.select(str(people.stranger.team_id)).run()
    check_words(page)
    assert ("Stranger" in words(page), "Mate" in words(page), "West" in words(page)) == (True, False, True)
    assert "address-team" not in [s.key for s in open_page("attribution", people.manager, language).selectbox]


def test_leadership_answers_a_wish(open_page, people):
    page = open_page("attribution", people.director)
    unfold(page, translate("en", "attribution.ask"))
    field(page, "en", "factor_name").set_value("Open demands")
    field(page, "en", "factor_why").set_value("Three waited.")
    press(page, "en", "attribution.ask")
    field(page, "en", "answer_why").set_value("Taken into the next release.")
    press(page, "en", "attribution.save", n=-1)
    assert "Taken into the next release." in words(page)
    assert translate("en", "attribution.to_be_built") in words(page)  # nobody takes it for done


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_company_without_forecasts_is_told_when_to_look(open_page, sqlite_store, language):
    page = open_page("attribution", found(sqlite_store).manager, language)
    check_words(page)
    assert translate(language, "attribution.none") in words(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_team_without_open_opportunities_is_told_so(open_page, sqlite_store, language):
    """The month is there, the team has no part in it; once it has won something, that is told."""
    made = found(sqlite_store)
    deal(sqlite_store, made.stranger.person_id, run_id=run(sqlite_store, FEB, value=50))
    page = open_page("attribution", made.manager, language)
    check_words(page)
    assert translate(language, "attribution.team_none") in words(page)
    deal(sqlite_store, made.rep.person_id, won_on=FEB.replace(day=9))
    page = open_page("attribution", made.manager, language)
    check_words(page)
    assert translate(language, "attribution.no_lines") in words(page)
    assert translate(language, "attribution.fresh") in words(page)


def test_the_latest_month_that_has_something_comes_first_and_an_empty_one_can_be_asked_for(
    open_page, sqlite_store
):
    made, january = found(sqlite_store), date(2026, 1, 1)
    deal(sqlite_store, made.rep.person_id, run_id=run(sqlite_store, january, value=50), amount=50)
    deal(sqlite_store, made.stranger.person_id, run_id=run(sqlite_store, FEB, value=70))
    page = open_page("attribution", made.manager)
    months = page.selectbox(key="address-month")
    assert months.value == january.isoformat()
    assert translate("en", "attribution.team_none") not in words(page)
    months.select(FEB.isoformat()).run()
    check_words(page)
    assert page.selectbox(key="address-month").value == FEB.isoformat()
    assert translate("en", "attribution.team_none") in words(page)
    page.selectbox(key="address-month").select(january.isoformat()).run()
    assert translate("en", "attribution.team_none") not in words(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_manager_reads_what_changed_for_the_team(open_page, people, sqlite_store, language):
    march = date(2026, 3, 1)
    run(sqlite_store, march, value=711, taken=4, parts={"prophet": 722.0})
    add_event(sqlite_store, people.manager, EventInput("Port closed", march, march))
    after = run(sqlite_store, march, value=733, taken=6, parts={"prophet": 744.0})
    deal(sqlite_store, people.rep.person_id, run_id=after, amount=799, chance=1)
    text = words(open_page("attribution", people.manager, language))
    assert "799" in text
    day = format.day(march, language)
    assert day in text
    assert f"{day} – {day}" not in text
    assert not [n for n in ("711", "722", "733", "744") if n in text]
    page = open_page("attribution", people.director, language)
    check_words(page)
    assert all(n in words(page) for n in ("711", "722", "733", "744"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_came_in_over_the_forecast_has_its_sign(open_page, sqlite_store, language):
    made = found(sqlite_store)
    number = run(sqlite_store, FEB, value=50)
    deal(sqlite_store, made.rep.person_id, run_id=number, amount=500, chance=0.1, won_on=FEB.replace(day=9))
    page = open_page("attribution", made.manager, language)
    gap = signed(Decimal(450), "CNY", language)
    assert gap.startswith("+")
    assert words(page).count(gap) == 2  # of the whole, and of its one deviation
