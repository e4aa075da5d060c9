"""Forecast health on its page: figures, luck in words, coaching, rows; in both languages and by role."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from components.forecast_health import PLACE
from data.commands.note_drafts import COACHING_NOTE
from data.jobs.open_coaching import open_coaching
from data.jobs.registry import Run
from data.schema import CoachingNote, Opportunity
from data.text import translate
from tests.company import found
from tests.forecasts import deal, run
from tests.importing import count
from tests.pages.reading import check_words, does, words

JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)


@pytest.fixture
def people(sqlite_store, clock):
    made = found(sqlite_store)
    for month in (JAN, FEB):
        number = run(sqlite_store, month, value=150, low=40, high=260, fresh=10)
        for who, won in ((made.rep, month.replace(day=20)), (made.rep, None), (made.stranger, None)):
            deal(
                sqlite_store,
                who.person_id,
                run_id=number,
                decision="rejected" if won else "accepted",
                won_on=won,
                amount=1000,
                paid=1500,
                customer=made.customer,
            )
    deal(sqlite_store, made.rep.person_id, won_on=FEB.replace(day=3), name="Out of the blue")
    open_coaching(sqlite_store, Run(clock.at))
    return made


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", ["rep", "manager", "director"])
def test_each_role_reads_its_own_figures(open_page, people, role, language):
    page = open_page("forecast_health", getattr(people, role), language)
    rows = open_page("forecast_health", getattr(people, role), language, part="rows")
    check_words(page)
    check_words(rows)
    text = words(page) + words(rows)
    assert "forecast_health." not in text
    assert "coaching." not in text
    assert translate(language, "forecast_health.verdict_within") in text
    assert "Out of the blue" in text
    others = {o for s in page.selectbox for o in s.options}
    assert ("Stranger" in others) == (role == "director")
    assert (translate(language, "forecast_health.company") in others) == (role == "director")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_line_of_teams_and_reps_leads_to_its_months(open_page, people, language):
    page = open_page("forecast_health", people.director, language, part="who")
    check_words(page)
    assert translate(language, "forecast_health.company") in page.dataframe[0].value["name"].tolist()
    rep = f"rep-{people.rep.person_id}"
    page.session_state["health-groups-clicked"] = (rep, "name")
    page.run()
    assert page.query_params["group"] in (rep, [rep])
    assert "part" not in page.query_params
    assert page.dataframe[0].value["lines"].tolist() == [2, 2]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_luck_stands_in_words_beside_the_deviation(open_page, people, language):
    page = open_page("forecast_health", people.manager, language, group=f"rep-{people.rep.person_id}")
    table = next(d.value for d in page.dataframe if "over" in d.value.columns)
    assert table["verdict"].tolist() == [translate(language, "forecast_health.verdict_within")] * 2
    assert table["lines"].tolist() == [2, 2]
    assert table["deviation"].tolist() != table["luck"].tolist()
    assert "25%" in words(page)


def test_the_address_narrows_the_rows_and_they_add_up(open_page, people):
    page = open_page("forecast_health", people.director, part="rows", month="2026-02-01")
    rows = next(d.value for d in page.dataframe if "gap" in d.value.columns)
    assert len(rows) == 4  # three lines and the win without one
    assert rows["month"].unique().tolist() == ["Feb 2026"]
    only = open_page("forecast_health", people.director, part="rows", rows="rejected")
    rows = next(d.value for d in only.dataframe if "gap" in d.value.columns)
    assert rows["decision"].tolist() == [translate("en", "forecast_health.decision_rejected")] * 2
    of_chance = open_page("forecast_health", people.director, part="rows", bin="5")
    assert "Chance 50% to 70%" in [b.label for b in of_chance.button]
    others = open_page("forecast_health", people.director, part="rows", month="2026-02-01", but="largest")
    assert not any("gap" in d.value.columns for d in others.dataframe)  # three lines are the largest
    next(b for b in others.button if b.label == "Feb 2026 without the 5 largest").click().run()
    assert len(next(d.value for d in others.dataframe if "gap" in d.value.columns)) > 3


@pytest.mark.parametrize(
    ("part", "key", "mark", "asked"),
    [
        ("months", "health-months", "2026-02-01", {"month": "2026-02-01"}),
        ("months", "health-month-table", ("2026-02-01", "verdict"), {"month": "2026-02-01"}),
        ("chances", "health-curve", "5", {"bin": "5"}),
    ],
)
def test_a_month_or_a_group_of_chances_opens_its_rows(open_page, people, part, key, mark, asked):
    page = open_page("forecast_health", people.director, part=part)
    assert not any("gap" in d.value.columns for d in page.dataframe)
    page.session_state[f"{key}-clicked"] = mark
    page.run()
    assert {n: page.query_params[n] for n in ("part", *asked)} == {"part": "rows"} | asked
    assert len(next(d.value for d in page.dataframe if "gap" in d.value.columns))


def test_what_overrides_brought_opens_the_rejected_ones(open_page, people):
    page = open_page("forecast_health", people.director, month="2026-02-01")
    page.button(key="tile-rejected").click().run()
    rows = next(d.value for d in page.dataframe if "gap" in d.value.columns)
    assert set(rows["decision"]) == {translate("en", "forecast_health.decision_rejected")}
    assert translate("en", "forecast_health.overrides_help") in words(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_manager_notes_and_ends_a_coaching_task(open_page, people, language):
    page = open_page("forecast_health", people.manager, language)
    press(page, language, "coaching.look")
    press(page, language, "coaching.do.note")
    assert translate(language, "problems.reason_required") in words(page)
    page.text_area[0].set_value("Two deals, both at one half.").run()
    task = page.query_params["task"][0]
    page = open_page("forecast_health", people.manager, language, task=task)  # after a look at something else
    assert page.text_area[0].value == "Two deals, both at one half."
    press(page, language, "coaching.do.note")
    assert [m.value for m in page.toast] == [translate(language, "coaching.done.note")]
    assert page.text_area[0].value == ""
    assert "Two deals, both at one half." in words(page)
    page.segmented_control(key=way_key(page)).set_value("close").run()
    page.text_area[0].set_value("Luck, nothing else.").run()
    page = open_page("forecast_health", people.manager, language, task=task)
    assert page.text_area[0].value == "Luck, nothing else."
    press(page, language, "coaching.do.close")
    assert "task" not in page.query_params
    check_words(page)
    assert translate(language, "coaching.ended") in words(page)
    assert "Luck, nothing else." in words(page)


def test_two_presses_add_one_note(open_page, people, sqlite_store):
    page = open_page("forecast_health", people.manager)
    press(page, "en", "coaching.look")
    draft = int(page.text_area[0].key.split("_")[0][1:])
    page.text_area[0].set_value("Two deals, both at one half.").run()
    press(page, "en", "coaching.do.note")
    COACHING_NOTE.submit(sqlite_store, people.manager, draft)  # the second was on its way
    assert count(sqlite_store, CoachingNote) == 1
    assert not page.error


def test_a_coaching_task_leads_to_the_talk_with_its_rep(open_page, people, monkeypatch):
    left = []
    monkeypatch.setattr(
        "streamlit.switch_page", lambda path, query_params: left.append((path.stem, query_params))
    )
    page = open_page("forecast_health", people.manager)
    press(page, "en", "coaching.look")
    press(page, "en", "one_to_one.title")
    assert left == [("one_to_one", {"rep": str(people.rep.person_id)})]


def test_the_figures_behind_a_coaching_task_come_into_view(open_page, people):
    page = open_page("forecast_health", people.manager)
    press(page, "en", "coaching.look")
    press(page, "en", "coaching.figures")
    assert page.query_params["group"] == f"rep-{people.rep.person_id}"
    assert page.session_state["led_to"][0] == PLACE


def way_key(page) -> str:
    return next(c.key for c in page.segmented_control if c.key and c.key.startswith("coach-way-"))


def press(page, language, key) -> None:
    next(b for b in page.button if does(b) == translate(language, key)).click().run()


def test_a_rep_reads_the_task_but_does_not_end_it(open_page, people, sqlite_store):
    page = open_page("forecast_health", people.rep, task=1)
    assert not [c for c in page.segmented_control if c.key and c.key.startswith("coach-way-")]


def test_whoever_won_without_any_forecast_is_no_error(open_page, people, sqlite_store):
    deal(sqlite_store, people.mate.person_id, won_on=FEB.replace(day=3))
    page = open_page("forecast_health", people.manager, group=f"rep-{people.mate.person_id}")
    check_words(page)
    assert translate("en", "forecast_health.no_lines") in words(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_company_without_forecasts_is_told_when_to_look(open_page, sqlite_store, language):
    page = open_page("forecast_health", found(sqlite_store).director, language)
    check_words(page)
    assert translate(language, "forecast_health.none") in words(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_wins_without_a_rate_are_said(open_page, sqlite_store, people, language):
    said = translate(language, "forecast_health.left_out", n=1)
    assert said not in words(open_page("forecast_health", people.director, language))
    with sqlite_store.writing() as session:
        query = select(Opportunity).where(Opportunity.name == "Out of the blue")
        session.scalars(query).one().currency = "USD"
    page = open_page("forecast_health", people.director, language)
    check_words(page)
    assert said in words(page)
