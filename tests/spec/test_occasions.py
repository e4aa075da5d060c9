"""Events of the business calendar in the season: they move what comes, never what was said before."""

from __future__ import annotations

import dataclasses
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from core.forecast.history import WON, Events, History, Track
from core.forecast.occasions import Occasion
from core.forecast.periods import instant
from core.forecast.season import seasonal

START = 19_000.0


def daily_wins(quiet: range, days: int = 400) -> History:
    """A win of 100 each day but on the quiet ones, known the same day."""
    won = np.array([d for d in range(days) if d not in quiet], float) + START
    n, none = len(won), np.zeros(0, np.int64)
    return History(
        ids=np.arange(n),
        opened=Track(won - 5),
        recorded=won - 5,
        product=Track(np.full(n, -1.0)),
        outcome=Track(np.zeros(n), np.arange(n), won + 0.5, np.full(n, float(WON))),
        closed=Track(np.full(n, np.nan), np.arange(n), won + 0.5, won + 0.4),
        amount=Track(np.full(n, 100.0)),
        close_on=Track(np.full(n, np.nan)),
        owner=Track(np.full(n, -1.0)),
        events=Events(none, none, np.zeros(0), np.zeros(0), np.zeros(0)),
        stages=1,
    )


@pytest.fixture(scope="module")
def books():
    return daily_wins(quiet=range(200, 220))


def said(books, *occasions, at=400.0):
    return seasonal(dataclasses.replace(books, occasions=occasions, seasons={}), START + at, START + at + 20)


def test_an_event_that_stopped_business_stops_it_again(books):
    once = Occasion("Port closed", START + 200, START + 219, recorded=START + 221)
    again = dataclasses.replace(once, first=START + 400, last=START + 419)
    assert said(books) > 1700
    assert said(books, once, again) < 0.3 * said(books)


@pytest.mark.parametrize(
    "name", ["holidays", "weekly", "trend", "floor", "quarterly", "yhat", "a_delim_b", "_delim_", "Labor Day"]
)
def test_an_event_may_have_any_name(books, name):
    occasion = Occasion(name, START + 200, START + 201, recorded=START + 202)
    assert said(books, occasion) > 0


def test_what_was_recorded_later_or_withdrawn_is_not_known(books):
    once = Occasion("Port closed", START + 200, START + 219, recorded=START + 400.5)
    again = dataclasses.replace(once, first=START + 400, last=START + 419)
    assert said(books, once, again) == said(books)
    gone = [dataclasses.replace(x, recorded=START + 221, withdrawn=START + 399) for x in (once, again)]
    assert said(books, *gone) == said(books)


def test_an_event_is_known_from_its_recording_on_in_the_month_that_runs(books):
    """The series is learnt up to the month's beginning; what was recorded since then is known at once."""
    once = Occasion("Port closed", START + 200, START + 219, recorded=START + 392)
    again = dataclasses.replace(once, first=START + 400, last=START + 419)
    history = dataclasses.replace(books, occasions=(once, again), seasons={})
    before, after = (seasonal(history, START + day, START + 420, learnt_at=START + 390) for day in (391, 400))
    without = seasonal(
        dataclasses.replace(books, seasons={}), START + 391, START + 420, learnt_at=START + 390
    )
    assert before == without > 2500
    assert after < 0.3 * 2000


def test_as_many_days_are_counted_wherever_the_company_is(books):
    """The same days by the company's clock bring the same, whatever the clock says in Greenwich."""
    here = seasonal(books, START + 400, START + 430)
    for name, hours in (("Asia/Shanghai", 8), ("Asia/Tokyo", 9), ("America/Phoenix", -7)):
        assert seasonal(
            moved(books, ZoneInfo(name), hours / 24), *(START + day - hours / 24 for day in (400, 430))
        ) == pytest.approx(here, rel=1e-6)


def test_a_day_stays_a_day_where_clocks_are_put_forward():
    """The series is learnt up to a midnight of winter; the period begins and ends at midnights of summer."""
    zone = ZoneInfo("America/New_York")  # clocks went forward on 12 March 2023
    history = moved(daily_wins(range(0), days=417), zone, -5 / 24)
    learnt, t, end = (instant(date(2023, month, 1), zone) for month in (3, 4, 5))
    assert seasonal(history, t, end, learnt_at=learnt) == pytest.approx(3000, rel=0.1)
    ahead = history.seasons[next(iter(history.seasons))]
    assert seasonal(history, t, end, learnt_at=learnt) == pytest.approx(ahead[31:61].sum())


def moved(books: History, zone: ZoneInfo, days: float) -> History:
    """The same history by the clock of another zone, so many days east."""

    def earlier(track: Track) -> Track:
        return Track(track.start, track.of, track.recorded - days, track.value)

    closed = earlier(books.closed)
    closed = dataclasses.replace(closed, value=closed.value - days)
    return dataclasses.replace(
        books,
        opened=Track(books.opened.start - days),
        recorded=books.recorded - days,
        outcome=earlier(books.outcome),
        closed=closed,
        zone=zone,
        seasons={},
        _seen={},
    )


@pytest.mark.parametrize(("t", "known"), [(9.9, False), (10, True), (19.9, True), (20, False)])
def test_from_when_until_when(t, known):
    assert Occasion("x", 0, 1, recorded=10, withdrawn=20).known(t) is known
