"""From every number of the outlook and the replay to the rows that it counts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from data.queries.outlook import snapshot
from data.schema import Opportunity
from data.text import translate
from tests.data.test_forecast_runs import TODAY
from tests.forecasts import deal, run
from tests.pages.reading import check_words, unfold, words
from tests.pages.test_outlook import EARLIER, morning, world


@pytest.fixture(scope="module")
def written(write_once):
    return write_once(world)


@pytest.fixture
def company(written, sqlite_store, clock):
    return written.into(sqlite_store, clock)


@pytest.fixture
def gone(monkeypatch, company, sqlite_store):
    """Where clicks led; every opportunity has a customer to open."""
    with sqlite_store.writing() as session:
        session.execute(update(Opportunity).values(customer_id=company.customer))
    pages = []
    monkeypatch.setattr(
        "streamlit.switch_page", lambda path, query_params: pages.append((path.stem, query_params))
    )
    return pages


def kept(store, who, day=TODAY):
    with store.reading() as session:
        return snapshot(session, who, "firebreak", "month", day)


def said(page, name):
    """A value of the address; None where it says nothing."""
    value = page.query_params.get(name)
    return value[0] if isinstance(value, list) else value


def rows(page):
    return page.dataframe[-1].value


def near(total, n):
    """What n rows in whole units add up to."""
    return pytest.approx(float(total), abs=n / 2)


def test_the_course_stands_first_where_there_is_one(open_page, company, sqlite_store, clock):
    """A month's first morning has none: what it is made of is shown unasked."""

    def drawn() -> tuple[int, int]:
        page = open_page("outlook", company.manager, period="month")
        return len(page.get("plotly_chart")), len(page.dataframe)

    assert drawn() == (1, 0)
    later = TODAY + timedelta(days=28)
    assert later.day == 1
    clock.move(days=28)
    morning(sqlite_store, later)
    assert drawn() == (0, 3)


SUMS = {
    "all": lambda shown: (len(shown.wins) + len(shown.lines), shown.won + shown.open),
    "won": lambda shown: (len(shown.wins), shown.won),
    "open": lambda shown: (len(shown.lines), shown.open),
}


@pytest.mark.parametrize("name", ["outlook", "replay"])
@pytest.mark.parametrize(("show", "column"), [("all", "value"), ("won", "amount"), ("open", "value")])
def test_a_figure_opens_the_rows_that_add_up_to_it(open_page, company, sqlite_store, name, show, column):
    page = open_page(name, company.manager, period="month", show="pipeline")
    page.button(key=f"tile-{show}").click().run()
    n, total = SUMS[show](kept(sqlite_store, company.manager))
    assert n
    assert len(rows(page)) == n
    assert sum(rows(page)[column]) == near(total, n)


@pytest.mark.parametrize(
    ("column", "show", "sums"), [("won", "won", "amount"), ("open", None, "value"), ("value", "all", "value")]
)
def test_a_number_of_a_rep_opens_the_rows_that_it_counts(
    open_page, company, sqlite_store, column, show, sums
):
    """Whatever was looked at before."""
    shown = kept(sqlite_store, company.director)
    groups = [g for g in shown.by_rep() if getattr(g, column)]
    assert groups
    for group in groups:
        page = open_page("outlook", company.director, period="month", look="made", by="rep", show="commit")
        page.session_state["outlook-groups-rep-clicked"] = (str(group.id), column)
        page.run()
        assert (said(page, "show"), said(page, "pick")) == (show, str(group.id))
        assert sum(rows(page)[sums]) == near(getattr(group, column), len(rows(page)))


def test_the_totals_and_a_category_open_the_rows_of_everybody(open_page, company):
    someone = company.mate.person_id
    for key, cell, show in (
        ("outlook-groups-rep", ("total", "won"), "won"),
        ("outlook-groups-rep", ("total", "lines"), None),
        ("outlook-categories", ("pipeline", "lines"), "pipeline"),
    ):
        page = open_page(
            "outlook", company.director, period="month", look="made", by="rep", show="commit", pick=someone
        )
        page.session_state[f"{key}-clicked"] = cell
        page.run()
        assert (said(page, "show"), said(page, "pick")) == (show, None)


@pytest.mark.parametrize("cell", [("fresh", "value"), ("adjustment", "value"), ("total", "value")])
def test_what_is_in_no_row_opens_none(open_page, company, cell):
    page = open_page("outlook", company.director, period="month", look="made", by="rep", show="commit")
    page.session_state["outlook-groups-rep-clicked"] = cell
    page.run()
    assert said(page, "show") == "commit"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_wins_among_the_rows_are_certain(open_page, company, language):
    page = open_page("outlook", company.director, language, period="month", look="made", show="all")
    check_words(page)
    won = rows(page)[rows(page)["stage"] == translate(language, "terms.outcome.won")]
    assert len(won)
    assert set(won["chance"]) == {1.0}
    assert won["value"].tolist() == won["amount"].tolist()


@pytest.mark.parametrize(
    ("column", "to"), [("chance", "calibrate"), ("amount", "calibrate"), ("rep", "customer")]
)
def test_how_a_chance_came_about_is_one_click_away(open_page, company, sqlite_store, gone, column, to):
    line = kept(sqlite_store, company.manager).lines[0]
    page = open_page("outlook", company.manager, period="month", look="made")
    names = rows(page)["opportunity"].tolist()
    page.session_state["outlook-rows-open-clicked"] = (names.index(line.opportunity), column)
    page.run()
    asks = {
        "calibrate": {"period": "month", "opportunity": str(line.opportunity_id), "from": "outlook"},
        "customer": {"customer": str(line.customer_id)},
    }
    assert gone == [(to, asks[to])]


def test_a_replay_leads_to_the_customer_alone(open_page, company, sqlite_store, gone):
    """What stands with the suggestion is of today."""
    page = open_page("replay", company.manager, period="month", day=EARLIER.isoformat())
    drawn = len(page.dataframe)
    unfold(page, translate("en", "outlook.behind"))
    assert len(page.dataframe) == drawn + 1
    page.session_state["outlook-rows-open-clicked"] = (0, "chance")
    page.run()
    assert [name for name, _ in gone] == ["customer"]


def test_the_ends_of_a_waterfall_open_their_days(open_page, company):
    page = open_page("replay", company.manager, period="month", since=EARLIER.isoformat(), part="new")
    page.session_state["replay-waterfall-clicked"] = "after"
    page.run()
    assert said(page, "show") == "all"
    page.session_state["replay-waterfall-clicked"] = "before"
    page.run()
    assert [said(page, n) for n in ("day", "period", "since", "part")] == [
        EARLIER.isoformat(), "month", None, None,
    ]  # fmt: skip


def test_a_month_opens_what_was_open_on_its_first_day(open_page, company, sqlite_store):
    month = (TODAY.replace(day=1) - timedelta(days=1)).replace(day=1)
    deal(sqlite_store, company.mate.person_id, run_id=run(sqlite_store, month), name="Of that month")
    page = open_page("replay", company.director, look="record")
    page.session_state["replay-months-clicked"] = (month, "won")
    page.run()
    check_words(page)
    assert date.fromisoformat(said(page, "day")) == month
    assert "Of that month" in words(page)
