"""The collaboration page: issuing, figures with their rows, an analysis to its end, in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from data.commands.collaboration import issue_collaboration
from data.queries.collaboration import causes
from data.text import translate
from tests.company import found
from tests.data.test_collaboration import APRIL, QUARTER, answer
from tests.data.test_demands import filed
from tests.pages.reading import does, words
from tests.pages.test_demands import press


@pytest.fixture
def company(sqlite_store, clock):
    """Four demands of East answered late, one at once."""
    people = found(sqlite_store)
    for days in (3, 3, 3, 3, 0):
        demand = filed(sqlite_store, people)
        clock.move(days=days)
        answer(sqlite_store, people.product, demand)
    clock.at = APRIL
    return people


@pytest.fixture
def behind(sqlite_store, company, monkeypatch):
    """A report in which a team of five rows fell behind all others' mean."""
    monkeypatch.setattr("core.promises.collaboration.falls_behind", lambda *_: True)
    issue_collaboration(sqlite_store, company.director, QUARTER)
    with sqlite_store.reading() as session:
        found_ = causes(session, company.director, APRIL)
    return next(c for c in found_ if c.figure.name == "East")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_leadership_issues_it_and_reads_its_figures(open_page, company, language):
    page = open_page("collaboration", company.product, language)
    assert translate(language, "collaboration.not_issued") in words(page)
    assert not [b for b in page.button if does(b) == translate(language, "collaboration.issue")]
    page = open_page("collaboration", company.director, language)
    press(page, translate(language, "collaboration.issue"))
    assert not page.exception
    text = words(page)
    assert "East" in text
    assert text.count(translate(language, "collaboration.unmeasured")) == 2
    assert translate(language, "collaboration.no_causes") in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_running_quarter_is_read_before_it_is_over(open_page, sqlite_store, company, clock, language):
    issue_collaboration(sqlite_store, company.director, QUARTER)
    answer(sqlite_store, company.product, filed(sqlite_store, company))
    page = open_page("collaboration", company.product, language)
    assert page.selectbox[0].value == QUARTER.isoformat()
    assert translate(language, "collaboration.click") in words(page)
    quarter = translate(language, "collaboration.quarter_name", year=2026, n=2)
    assert page.selectbox[0].options[0] == translate(
        language, "collaboration.quarter_running", quarter=quarter
    )
    page.selectbox[0].set_value("2026-04-01").run()
    assert not page.exception
    said = translate(language, "collaboration.so_far", at="|").split("|")
    assert all(part in words(page) for part in said)
    assert translate(language, "collaboration.of_rows", n=1) in words(page)
    row = open_page(
        "collaboration", company.product, language, quarter="2026-04-01", figure="response-team-1"
    )
    opening = translate(language, "collaboration.open_demand")
    assert len([b for b in row.button if does(b) == opening]) == 1


def test_a_company_in_its_first_quarter_reads_that_one(open_page, sqlite_store, clock):
    people = found(sqlite_store)
    answer(sqlite_store, people.product, filed(sqlite_store, people))
    page = open_page("collaboration", people.product)
    assert page.selectbox[0].options == ["2026, quarter 1 (running)"]
    assert translate("en", "collaboration.of_rows", n=1) in words(page)


def test_a_figure_opens_its_rows_and_stands_in_the_address(open_page, sqlite_store, company):
    issue_collaboration(sqlite_store, company.director, QUARTER)
    page = open_page("collaboration", company.manager, figure=f"response-team-{company.manager.team_id}")
    assert not page.exception
    opening = translate("en", "collaboration.open_demand")
    assert len([b for b in page.button if does(b) == opening]) == 5
    page = open_page("collaboration", company.manager, figure="response-team-99")
    assert not [b for b in page.button if does(b) == opening]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_analysis_is_assigned_and_closed(open_page, sqlite_store, company, behind, language):
    listed = open_page("collaboration", company.manager, language)
    assert translate(language, "collaboration.state_open") in words(listed)
    page = open_page("collaboration", company.manager, language, cause=behind.id)
    assert len([b for b in page.button if does(b) == translate(language, "collaboration.open_demand")]) == 5
    press(page, translate(language, "collaboration.assign_it"))
    assert words(page).count(translate(language, "problems.required")) == 2
    page.selectbox[0].set_value(company.manager.person_id)
    page.date_input[0].set_value(date(2026, 4, 20))
    press(page, translate(language, "collaboration.assign_it"))
    assert "Manager" in words(page)
    press(page, translate(language, "collaboration.close"))
    assert words(page).count(translate(language, "problems.required")) == 2
    page.text_area[0].set_value("Nobody looked").run()
    assert words(page).count(translate(language, "problems.required")) == 1
    page = open_page("collaboration", company.manager, language, cause=behind.id)  # after a look at a row
    assert page.text_area[0].value == "Nobody looked"
    page.text_area[1].set_value("Nobody looked")
    press(page, translate(language, "collaboration.close"))
    assert not page.exception
    assert translate(language, "collaboration.state_closed") in words(page)
    assert [t.value for t in page.text] == ["Nobody looked", "Nobody looked"]


def test_another_teams_analysis_is_not_found(open_page, sqlite_store, company, behind):
    page = open_page("collaboration", company.delivery, cause=behind.id)
    assert [e.value for e in page.error] == [translate("en", "errors.not_allowed")]
    page = open_page("collaboration", company.manager, cause=999)
    assert [e.value for e in page.error] == [translate("en", "errors.not_found")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_company_says_what_will_appear(open_page, sqlite_store, language):
    page = open_page("collaboration", found(sqlite_store).director, language)
    assert translate(language, "collaboration.none") in words(page)
    assert translate(language, "collaboration.no_causes") in words(page)
