"""The calendars page: a year's days, hours of a team, versions, and what is missing, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from data.queries.calendars import changes_in_force
from data.text import translate
from tests.company import found
from tests.pages.reading import words
from tests.pages.test_demands import press


@pytest.fixture
def company(sqlite_store):
    return found(sqlite_store)


def in_force(store):
    with store.reading() as session:
        return changes_in_force(session)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_day_is_made_free(open_page, sqlite_store, company, language):
    page = open_page("calendars", company.admin, language, year=2026)
    assert translate(language, "calendars.known", year=2026) in words(page)
    label = translate(language, "calendars.change_them")
    press(page, label)
    assert translate(language, "problems.required") in words(page)
    page.date_input[0].set_value(date(2026, 3, 5))
    press(page, label)
    assert not page.exception
    assert [str(k) for k in in_force(sqlite_store).days["CN"].values()] == ["off"]
    assert translate(language, "calendars.own") in words(page)


def test_the_year_shown_first_is_the_readers(open_page, company, clock):
    clock.at = datetime(2026, 12, 31, 20, tzinfo=UTC)  # four in the morning of a new year in Shanghai
    assert open_page("calendars", company.admin).number_input(key="calendar-year").value == 2027


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_year_that_is_missing_is_said_until_it_is_complete(
    open_page, sqlite_store, company, clock, language
):
    clock.move(days=365 * 5)
    page = open_page("calendars", company.admin, language)
    country = translate(language, "calendars.countries.CN")
    said = translate(language, "calendars.missing", years="2031", country=country)
    assert [w.value for w in page.warning] == [said]
    press(page, translate(language, "calendars.complete", year=2031))
    assert not page.warning
    assert in_force(sqlite_store).years["CN"] == {2031}


def test_the_companys_hours_are_changed_and_come_back(open_page, sqlite_store, company):
    page = open_page("calendars", company.admin)
    page.time_input[0].set_value(time(8, 30))
    press(page, translate("en", "calendars.save"))
    assert not page.exception
    assert in_force(sqlite_store).company.hours[0] == (time(8, 30), time(12))
    press(page, translate("en", "calendars.restore_shipped"))
    assert in_force(sqlite_store).company.hours[0] == (time(9), time(12))


def test_lunch_that_is_none_is_refused_at_its_field(open_page, sqlite_store, company):
    page = open_page("calendars", company.admin)
    page.time_input[1].set_value(time(19))
    press(page, translate("en", "calendars.save"))
    assert translate("en", "problems.lunch_outside") in words(page)
    assert in_force(sqlite_store).version == 0
