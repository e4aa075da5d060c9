"""Where few wins are on record a forecast is drawn towards all periods, and never sure of nothing."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from core.forecast.candidates import series
from core.forecast.combine import Past, combine
from core.forecast.history import WON, Events, History, Track
from core.forecast.outlook import outlook
from core.forecast.periods import Horizon, instant
from core.forecast.scorecard import scorecard_chances

UTC = ZoneInfo("UTC")
MONTH = Horizon("month")
FIRST = date(2025, 1, 1)

# Past months, the size of a win, and what the same month of the quarter before and the last one then say.
DRAWN = [
    ((120.0, 0.0, 0.0), 120.0, 40.0 + 80 / 34.33, 40.0 - 40 / 34.33),  # one win: a 34th of it
    ((400.0, 0.0, 200.0), 100.0, 200.0 + 200 / 4, 200.0),  # more uneven than chance makes them
    ((90_000.0, 60_000.0, 30_000.0), 100.0, 89_700.0, 30_300.0),
    ((120.0, 0.0, 0.0), 0.0, 120.0, 0.0),
]


@pytest.mark.parametrize(("months", "win", "season", "recent"), DRAWN)
def test_what_few_wins_say_is_drawn_towards_the_mean(months, win, season, recent):
    said = series(np.array(months), (3,), win)
    assert said["season"] == pytest.approx(season, rel=1e-3)
    assert said["recent"] == pytest.approx(recent, rel=1e-3)
    assert (said["same_season"], said["last"]) == (months[0], months[-1])  # baselines stay what they are


def test_months_without_a_win_do_not_make_the_next_one_certain():
    past = [Past({"mean": 0.0, "bottom_up": 10.0}, 5.0, 0.0) for _ in range(9)]
    said = combine({"mean": 0.0, "bottom_up": 10.0}, past, 30.0, (), win=100.0)
    assert 0 < said.forecast < 10
    assert said.low == 0
    assert 10 < said.high < 100


def books(wins: list[date], opened: int = 3) -> History:
    """So many opportunities of 100 each that were opened on the first day, some won on these days."""
    n, at = opened + len(wins), np.array([instant(day, UTC) for day in wins])
    start, of = np.full(n, instant(FIRST, UTC)), np.arange(len(wins))
    return History(
        ids=np.arange(n) + 1,
        recorded=start,
        opened=Track(start),
        product=Track(np.full(n, -1.0)),
        outcome=Track(np.zeros(n), of, at, np.full(len(wins), float(WON))),
        closed=Track(np.full(n, np.nan), of, at, at),
        amount=Track(np.full(n, 100.0)),
        close_on=Track(np.full(n, np.nan)),
        owner=Track(np.full(n, -1.0)),
        events=Events(np.arange(n), np.zeros(n, np.int64), start, start, np.full(n, np.nan)),
        stages=3,
    )


def test_no_single_win_makes_the_forecast_jump_when_its_season_comes_or_goes():
    history = books([date(2025, 1, 3), date(2025, 3, 15), date(2025, 6, 20)])
    starts = [MONTH.step(FIRST, n) for n in range(8, 20)]
    said = [outlook(history, MONTH, day, UTC).rest.company for day in starts]
    assert max(abs(b.forecast - a.forecast) for a, b in pairwise(said)) < 8  # of a win of 100
    for month in said:
        assert 0 < month.forecast < 60
        assert month.low < month.forecast < month.high


def test_with_few_wins_the_company_rests_on_the_scorecard_as_its_lines_do():
    history = books([date(2025, 1, 20), date(2025, 2, 10)])
    t, end = (instant(date(2025, month, 1), UTC) for month in (3, 4))
    lines = outlook(history, MONTH, date(2025, 3, 1), UTC).rest.pipeline
    assert lines.model.kind == "stage_rate"
    assert lines.chance == pytest.approx(scorecard_chances(history, t, end, lines.rows.of))


def test_without_any_win_it_says_nothing():
    said = outlook(books([]), MONTH, date(2025, 3, 1), UTC).rest.company
    assert np.isnan(said.forecast)
