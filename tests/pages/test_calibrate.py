"""The calibrate page: one suggestion after the other, in both languages, by role."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from components.calibrate_charts import steps
from data.queries.suggestions import suggestion
from data.schema import ForecastDecision, ForecastRun, Opportunity
from data.text import translate
from tests.company import found
from tests.pages.reading import check_words, unfold, words
from tests.suggestions import line, month_run

MARCH_4 = date(2026, 3, 4)


@pytest.fixture
def people(sqlite_store):
    """Two suggestions for `rep`, the second with the bigger change; one for `stranger`."""
    made = found(sqlite_store)
    run = month_run(sqlite_store, MARCH_4)
    big = another(sqlite_store, made, "Big *one*")
    line(sqlite_store, run, made.opportunity, 340, 400)
    line(sqlite_store, run, big, 170, 800)
    line(sqlite_store, run, made.strange_opportunity, 500, 200)
    return made


def another(store, made, name):
    """A second opportunity of `rep`, by id."""
    with store.writing() as session:
        first = session.get_one(Opportunity, made.opportunity)
        row = Opportunity(
            pipeline_id=first.pipeline_id,
            name=name,
            customer_id=first.customer_id,
            owner_id=first.owner_id,
            currency="CNY",
            recorded_at=first.recorded_at,
        )
        session.add(row)
        session.flush()
        return row.id


def press(page, language, key):
    label = translate(language, f"calibrate.{key}")
    return next(b for b in page.button if b.label == label).click().run()


def because(page, language, reason):
    label = translate(language, f"terms.answer_reason.{reason}")
    return next(b for b in page.button if b.label == label).click().run()


def kept(store):
    with store.reading() as session:
        return list(session.scalars(select(ForecastDecision).order_by(ForecastDecision.id)))


SAID = {
    "en": ("The customer has not answered for 16 days: −118%", "down 79%", "0 of 2 answered"),
    "zh": ("客户已 16 天未回复，下调 118%", "下调 79%", "已答复 0 / 2"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_biggest_change_comes_first_with_its_reasons(open_page, people, language):
    page = open_page("calibrate", people.rep, language)
    check_words(page)
    text = words(page) + page.get("progress")[0].proto.text
    assert "Big *one*" in text
    for part in SAID[language]:
        assert part in text
    assert translate(language, "forecast.why.few_wins") in text
    assert not page.dataframe
    table = unfold(page, translate(language, "calibrate.factors")).dataframe[0].value
    assert translate(language, "calibrate.unknown") in table["value"].tolist()
    assert translate(language, "factors.name.days_since_answer") in table["factor"].tolist()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_accept_and_the_next_one_stands_there(open_page, people, sqlite_store, language):
    page = open_page("calibrate", people.rep, language)
    page = press(page, language, "accept")
    check_words(page)
    assert "Big" not in page.markdown[0].value
    [row] = kept(sqlite_store)
    assert (row.decision, float(row.value), float(row.scorecard)) == ("accepted", 170, 800)
    page = press(page, language, "accept")
    assert translate(language, "calibrate.done") in words(page)
    assert len(kept(sqlite_store)) == 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_reason_rejects_at_once_and_another_reason_needs_words(open_page, people, sqlite_store, language):
    page = open_page("calibrate", people.rep, language)
    page = because(page, language, "other")
    assert translate(language, "problems.reason_required") in words(page)
    assert kept(sqlite_store) == []
    page.text_input[0].set_value("They signed this morning.").run()
    page = open_page("calibrate", people.rep, language)  # after a look at something else
    page = because(page, language, "other")
    page = because(page, language, "budget")
    first, second = kept(sqlite_store)
    assert (first.decision, first.reason, first.note) == ("rejected", "other", "They signed this morning.")
    assert float(first.value) == 800
    assert (second.decision, second.reason, second.note) == ("rejected", "budget", "")
    assert translate(language, "calibrate.done") in words(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_when_all_is_answered_it_says_whether_an_answer_can_still_be_changed(
    open_page, people, clock, language
):
    page = press(press(open_page("calibrate", people.rep, language), language, "accept"), language, "accept")
    open_, over = (translate(language, f"calibrate.{key}") for key in ("done_hint", "done_hint_late"))
    assert (open_ in words(page), over in words(page)) == (True, False)
    clock.move(days=20)
    page = page.run()
    assert (open_ in words(page), over in words(page)) == (False, True)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_that_an_answer_stands_is_said_before_it_is_given(open_page, people, clock, language):
    final = translate(language, "calibrate.final")
    assert final not in words(open_page("calibrate", people.rep, language))
    clock.move(days=20)
    assert final in words(open_page("calibrate", people.rep, language))


def test_later_goes_on_without_an_answer(open_page, people, sqlite_store):
    page = press(open_page("calibrate", people.rep), "en", "later")
    assert page.query_params["opportunity"] == str(people.opportunity)
    assert kept(sqlite_store) == []


def test_what_was_put_off_waits_for_its_turn(open_page, people, sqlite_store):
    with sqlite_store.reading() as session:
        run = session.scalars(select(ForecastRun.id)).one()
    small = another(sqlite_store, people, "Small one")
    line(sqlite_store, run, small, 399, 400)
    page = press(press(open_page("calibrate", people.rep), "en", "later"), "en", "accept")
    assert page.query_params["opportunity"] == str(small)
    page = press(page, "en", "accept")
    assert "Big" in page.markdown[0].value


def test_a_newer_forecast_is_said_kindly(open_page, people, sqlite_store, clock):
    page = open_page("calibrate", people.rep, opportunity=people.opportunity)
    line(sqlite_store, month_run(sqlite_store, date(2026, 3, 5)), people.opportunity, 390, 400)
    button = next(b for b in page.button if b.label == translate("en", "calibrate.accept"))
    clock.move(days=1)
    page = button.click().run()
    assert kept(sqlite_store) == []
    assert not page.exception


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_manager_chooses_a_rep_and_the_director_only_looks(open_page, people, language):
    page = open_page("calibrate", people.director, language)
    check_words(page)
    assert translate(language, "calibrate.accept") not in {b.label for b in page.button}
    assert len(page.selectbox[0].options) == 3
    page = open_page("calibrate", people.director, language, rep=people.stranger.person_id)
    assert "Taihu Bearings" in words(page)
    page = open_page("calibrate", people.manager, language)
    assert translate(language, "calibrate.accept") in {b.label for b in page.button}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_came_from_the_outlook_goes_on_and_back(open_page, people, language):
    page = open_page("calibrate", people.director, language, opportunity=people.opportunity)
    assert translate(language, "calibrate.to_outlook") not in {b.label for b in page.button}
    came = {"opportunity": people.opportunity, "from": "outlook"}
    page = open_page("calibrate", people.director, language, **came)
    assert translate(language, "calibrate.place", place=3, waiting=3) in words(page)
    page = press(page, language, "next")
    assert translate(language, "calibrate.place", place=1, waiting=3) in words(page)
    assert translate(language, "calibrate.to_outlook") in {b.label for b in page.button}
    check_words(page)


def test_out_of_reach_it_says_so(open_page, people):
    page = open_page("calibrate", people.mate, opportunity=people.opportunity)
    assert [i.value for i in page.info] == [translate("en", "calibrate.gone")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_a_forecast_and_with_the_scorecard_alone(open_page, sqlite_store, language):
    made = found(sqlite_store)
    page = open_page("calibrate", made.rep, language)
    assert translate(language, "calibrate.no_forecast") in words(page)
    told = {"kind": "scorecard", "why": "no_model", "wins": 2}
    line(sqlite_store, month_run(sqlite_store, MARCH_4, told=told), made.opportunity, 400, 400)
    page = open_page("calibrate", made.rep, language)
    check_words(page)
    assert translate(language, "forecast.why.no_model") in words(page)
    assert not page.get("plotly_chart")


def test_the_waterfall_adds_up(sqlite_store, people, clock):
    with sqlite_store.reading() as session:
        item = suggestion(session, people.rep, clock.at, "month", people.opportunity)
    assert sum(v for _, v in steps(item)) == pytest.approx(float(item.change))


def test_all_factors_stand_with_the_largest_part_first(open_page, people):
    page = open_page("calibrate", people.rep)
    parts = unfold(page, translate("en", "calibrate.factors")).dataframe[0].value["part"].abs()
    assert parts.notna().sum() > 1
    assert parts.fillna(0).is_monotonic_decreasing
