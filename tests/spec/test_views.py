"""When a subscription's turn is, and what can be saved as a view."""

from datetime import UTC, date, datetime

import pytest

from components.navigation import PAGES as ALL_PAGES
from core.reports.views import PAGES, Every, check_subscription, check_view, latest_turn


def at(text):
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


# fmt: off
TURNS = [
    # every,       weekday  zone               since          now            turn
    (Every.WEEK,   0,       "Asia/Shanghai",   "03-04 04:00", "03-08 23:59", None),  # Monday 7:59
    (Every.WEEK,   0,       "Asia/Shanghai",   "03-04 04:00", "03-09 00:00", date(2026, 3, 9)),  # Monday 8:00
    (Every.WEEK,   0,       "Europe/Berlin",   "03-04 04:00", "03-09 06:59", None),
    (Every.WEEK,   0,       "Europe/Berlin",   "03-04 04:00", "03-09 07:00", date(2026, 3, 9)),
    (Every.WEEK,   0,       "Europe/Berlin",   "03-24 04:00", "03-30 06:00", date(2026, 3, 30)),  # summer
    (Every.WEEK,   2,       "Asia/Shanghai",   "03-04 04:00", "03-04 05:00", None),  # today's is over
    (Every.WEEK,   2,       "Asia/Shanghai",   "03-03 04:00", "03-20 05:00", date(2026, 3, 18)),  # the latest
    (Every.MONTH,  5,       "Asia/Shanghai",   "03-04 04:00", "03-31 23:00", None),
    (Every.MONTH,  5,       "Asia/Shanghai",   "03-04 04:00", "04-01 00:00", date(2026, 4, 1)),
    (Every.MONTH,  5,       "America/Chicago", "03-04 04:00", "04-01 12:59", None),
]
# fmt: on


@pytest.mark.parametrize(("every", "weekday", "zone", "since", "now", "turn"), TURNS)
def test_the_latest_turn_by_the_clock_of_the_person(every, weekday, zone, since, now, turn):
    assert latest_turn(every, weekday, zone, at(since), at(now)) == turn


# fmt: off
VIEWS = [
    # name        query                            page       codes
    ("Mine",      {"team": "3"},                   "board",   []),
    (" ",         {},                              "board",   ["required"]),
    ("x" * 61,    {},                              "board",   ["too_long"]),
    ("Mine",      {},                              "people",  ["no_view"]),
    ("Mine",      {"a": "x" * 201},                "board",   ["no_view"]),
    ("Mine",      {str(n): "" for n in range(31)}, "board",   ["no_view"]),
]
# fmt: on


@pytest.mark.parametrize(("name", "query", "page", "codes"), VIEWS)
def test_a_view_is_a_name_and_an_address_of_a_report(name, query, page, codes):
    assert [p.code for p in check_view(name, query, page)] == codes


def test_a_subscription_has_a_rhythm_and_a_day():
    assert check_subscription("week", 6) == []
    assert [p.field for p in check_subscription("year", 7)] == ["every", "weekday"]


def test_a_page_needs_for_its_views_what_it_needs():
    assert {spec.name: spec.needs for spec in ALL_PAGES if spec.name in PAGES} == PAGES
