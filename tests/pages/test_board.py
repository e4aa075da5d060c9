"""The board as each role sees it: figures, red list, filters from the address, rows behind."""

from __future__ import annotations

import pytest

from core.terms import Outcome
from data.commands.actions import record_action
from data.commands.opportunities import close_opportunity
from data.schema import Customer, Pipeline, Stage
from tests.company import found
from tests.data.test_record_action import done
from tests.history import day, drawn, opportunity, settle
from tests.pages.reading import check_words, words


@pytest.fixture
def company(sqlite_store, clock):
    """Rep's customer saw three demos; a won sale of the mate's shows dwell times."""
    people = found(sqlite_store)
    last = record_action(
        sqlite_store, people.rep, people.opportunity, done(sqlite_store, "appointment", hours_ago=90)
    )
    for hours_ago in (60, 40, 20):
        demo = done(sqlite_store, "solution_demo", hours_ago=hours_ago, follows=last)
        last = record_action(sqlite_store, people.rep, people.opportunity, demo)
    opportunity(sqlite_store, people.mate.person_id, drawn("A1 N4 S9 Q20"), outcome="won", name="Won")
    opportunity(sqlite_store, people.mate.person_id, drawn("A40"), name="Waiting")
    clock.at = max(clock.at, day(62))
    settle(sqlite_store)
    return people


def figures(page) -> dict[str, str]:
    return {m.label: m.value for m in page.metric}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", ["manager", "director"])
def test_the_board_speaks_both_languages(open_page, company, role, language):
    page = open_page("board", getattr(company, role), language)
    check_words(page)
    assert page.title[0].value == {"en": "Board", "zh": "过程看板"}[language]
    assert {"en": "3 demos in a row and no quote.", "zh": "已连续演示 3 次，尚未报价。"}[language] in words(
        page
    )
    stages = {"en": "Appointment", "zh": "预约拜访"}[language]
    assert stages in words(page)


@pytest.mark.parametrize("role", ["rep", "product", "delivery", "store_manager", "admin"])
def test_other_roles_are_refused_and_see_nothing(open_page, company, role):
    page = open_page("board", getattr(company, role))
    assert [e.value for e in page.error] == ["Your role does not include this."]
    assert (len(page.metric), len(page.dataframe), len(page.button)) == (0, 0, 0)


def test_figures_are_of_ones_own_reach(open_page, company):
    own, whole = open_page("board", company.manager), open_page("board", company.director)
    assert (figures(own)["Open opportunities"], figures(whole)["Open opportunities"]) == ("2", "3")
    assert figures(own)["Red alerts"] == "1"
    assert "Taihu Bearings" not in words(own)
    assert "Taihu Bearings" in words(whole)


def test_the_address_says_what_is_shown(open_page, company):
    mate = open_page("board", company.manager, by="rep", rep=company.mate.person_id)
    assert figures(mate)["Open opportunities"] == "1"
    by_customer = open_page("board", company.manager, by="customer")
    assert "Haihe Pumps" in by_customer.dataframe[0].value["name"].tolist()
    picked = open_page("board", company.manager, by="rep", pick=company.rep.person_id)
    assert picked.dataframe[1].value["customer"].tolist() == ["Haihe Pumps"]
    runs = open_page("board", company.manager, show="runs", stage="appointment")
    assert sorted(runs.dataframe[1].value["days"].round(1)) == pytest.approx([1.2, 3.0], abs=0.1)


@pytest.mark.parametrize(
    "query", [{"by": "x"}, {"rep": "999"}, {"pick": "abc"}, {"stage": "'"}, {"show": "none"}]
)
def test_a_wrong_address_shows_the_whole_board(open_page, company, query):
    page = open_page("board", company.manager, **query)
    check_words(page)
    assert figures(page)["Open opportunities"] == "2"


def test_a_shared_link_shows_only_what_one_may_see(open_page, company):
    link = {"by": "rep", "team": company.stranger.team_id, "rep": company.stranger.person_id}
    page = open_page("board", company.manager, **link)
    assert "Taihu" not in words(page)
    assert "Taihu" in words(open_page("board", company.director, **link))


def test_rows_narrow_and_open_again(open_page, company):
    page = open_page("board", company.manager, by="rep", pick=company.mate.person_id)
    assert page.dataframe[1].value["opportunity"].tolist() == ["Waiting"]
    close = next(b for b in page.button if b.label == "Mate")
    close.click().run()
    assert len(page.dataframe[1].value) == 2


def test_the_red_list_opens_the_customer(open_page, company, monkeypatch):
    gone = []
    monkeypatch.setattr(
        "streamlit.switch_page", lambda path, query_params: gone.append((path.name, query_params))
    )
    page = open_page("board", company.manager)
    next(b for b in page.button if b.label == "Open customer").click().run()
    assert gone == [("customer.py", {"customer": str(company.customer)})]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_company_is_told_what_will_come(open_page, sqlite_store, language):
    people = found(sqlite_store)
    settle(sqlite_store)
    for who, number in ((people.rep, people.opportunity), (people.stranger, people.strange_opportunity)):
        close_opportunity(sqlite_store, who, number, Outcome.LOST)
    page = open_page("board", people.director, language)
    check_words(page)
    expected = {"en": "No open opportunities yet", "zh": "还没有进行中的商机"}[language]
    assert expected in words(page)
    assert len(page.metric) == 0


def test_too_little_data_is_said(open_page, sqlite_store):
    people = found(sqlite_store)
    settle(sqlite_store)
    page = open_page("board", people.manager)
    assert "Too early to tell" in words(page)
    assert figures(page)["Completed"] == "–"


def test_names_are_shown_as_written(open_page, company, sqlite_store):
    with sqlite_store.writing() as session:
        session.get_one(Customer, company.customer).name = "**A** <b>:red[x]"
    page = open_page("board", company.manager)
    assert any(r"\*\*A\*\* \<b\>\:red\[x\]" in m.value for m in page.markdown)


def test_a_pipeline_without_benchmarks_claims_none(open_page, sqlite_store, clock):
    people = found(sqlite_store)
    with sqlite_store.writing() as session:
        pipeline = Pipeline(key="gtx", name="GTX Pro")
        session.add(pipeline)
        session.flush()
        session.add(Stage(pipeline_id=pipeline.id, key="Engaging", position=0))
        pipeline_id = pipeline.id
    opportunity(sqlite_store, people.rep.person_id, pipeline_id=pipeline_id)
    settle(sqlite_store)
    page = open_page("board", people.manager, pipeline="gtx")
    check_words(page)
    assert (figures(page)["Open opportunities"], figures(page)["Past benchmark"]) == ("1", "–")
    assert list(page.dataframe[0].value["stages"][0]) == [0, 1]  # Engaging, and not started
