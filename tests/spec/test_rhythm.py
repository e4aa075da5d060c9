"""The calendar's rhythm: what is read off the months, how much is believed, what it makes of chances."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from core.forecast.features import NAMES, SEASON, calendar_shares, open_rows
from core.forecast.importance import rhythm_by_week
from core.forecast.model_text import read, told
from core.forecast.passage import passage
from core.forecast.rhythm import KINDS, NONE, Rhythm, Spans, rhythm, spans
from core.forecast.win_model import StageRate, WinModel
from tests.worlds import START, World, history_of

WON = KINDS.index("won")
SHARES = [NAMES.index(name) for name in SEASON]
QUARTERS_END = World(360, 8, passes=(0.6,), dwell=(30.0,), push=0.6, amount=None)


def day(year: int, month: int, of_month: int) -> int:
    return (date(year, month, of_month) - date(1970, 1, 1)).days


def test_months_are_cut_by_the_days_that_are_left_of_them():
    """From 30 January to 2 March: the parts begin with 14, 7 and 3 days left; two weeks end the quarter."""
    over = spans(day(2022, 1, 30) + 0.5, day(2022, 3, 2))
    begins = [day(2022, 1, 30), day(2022, 2, 1), day(2022, 2, 15), day(2022, 2, 22), day(2022, 2, 26)]
    assert over.edges.tolist() == [*begins, day(2022, 3, 1), day(2022, 3, 2)]
    assert (over.month - over.month[0]).tolist() == [0, 1, 1, 1, 1, 2]
    assert over.effects.astype(int).tolist() == [
        [1, 0, 0, 0, 1, 0, 0, 0],  # the quarter's first month, three days left or fewer
        [0, 1, 0, 0, 0, 0, 0, 1],
        [0, 1, 0, 0, 0, 0, 1, 0],
        [0, 1, 0, 0, 0, 1, 0, 0],
        [0, 1, 0, 0, 1, 0, 0, 0],
        [0, 0, 1, 0, 0, 0, 0, 1],
    ]
    assert spans(day(2022, 3, 17), day(2022, 3, 18)).effects[0, :4].tolist() == [0, 0, 1, 0]
    assert spans(day(2022, 3, 18), day(2022, 3, 19)).effects[0, :4].tolist() == [0, 0, 1, 1]


def seen_in(months: int, third: float, luck: float = 0.0, seed: int = 1) -> tuple[Spans, np.ndarray]:
    """Wins where 100 a month are usual, so many times as many in each quarter's third month, and luck."""
    rng = np.random.default_rng(seed)
    over = spans(day(2022, 1, 1), day(2022 + months // 12, 1 + months % 12, 1))
    usual = 100 * np.diff(over.edges) / 30.4
    of_month = np.exp(luck * rng.normal(size=months))[over.month - over.month[0]]
    return over, rng.poisson(usual * of_month * np.where(over.effects[:, 2] > 0, third, 1.0))


def found(months: int, third: float, luck: float = 0.0, seed: int = 1) -> Rhythm:
    over, wins = seen_in(months, third, luck, seed)
    seen, expected = np.zeros((3, len(wins))), np.zeros((3, len(wins)))
    seen[WON], expected[WON] = wins, wins.sum() * np.diff(over.edges) / np.diff(over.edges).sum()
    return rhythm(over, seen, expected)


def third_over_first(of: Rhythm) -> float:
    first, third = of.factors(0, 20.0, np.array([1.0])), of.factors(2, 20.0, np.array([1.0]))
    return float(third[0, WON] / first[0, WON])


@pytest.mark.parametrize("seed", range(4))
def test_where_there_is_no_rhythm_chance_makes_none(seed):
    assert found(12, third=1.0, seed=seed) is NONE


@pytest.mark.parametrize("seed", range(4))
def test_months_that_differ_by_luck_make_little(seed):
    assert third_over_first(found(12, third=1.0, luck=0.3, seed=seed)) == pytest.approx(1.0, abs=0.3)


def test_a_rhythm_that_came_round_often_is_believed_and_one_seen_once_in_part():
    assert third_over_first(found(18, third=2.0)) == pytest.approx(2.0, abs=0.25)
    assert 1.05 < third_over_first(found(3, third=2.0)) < 1.85


def test_what_is_hardly_ever_seen_has_no_rhythm():
    over, wins = seen_in(6, third=2.0)
    few = np.zeros((3, len(wins)))
    few[WON, :5] = 5
    assert rhythm(over, few, few * 2) is NONE


def test_days_ahead_go_through_the_rest_of_this_month_into_the_next():
    rates = np.zeros((3, 4)), np.zeros((3, 4))
    rates[0][WON] = [-0.5, 0.0, 0.5, 1.0]
    rates[1][WON] = [0.2, 0.0, 0.0, 0.0]
    said = Rhythm(*rates).factors(1, 10.0, np.array([0.5, 9.5, 10.5, 25.5, 39.5, 45.0]))[:, WON]
    assert said == pytest.approx([1.0, 1.2, 1.5, 1.5, 2.7, 0.5])


def test_chances_follow_a_quarters_end_out_of_time():
    """Five months, each forecast with what was known: sums of wins miss by little more than half as much."""
    history = history_of(QUARTERS_END, 7)
    even, moved = [], []
    for month in range(7, 12):
        t, end = (float(day(2022, m, 1)) for m in (month, month + 1))
        rows, known = open_rows(history, t), passage(history, t, end - t)
        came = history.as_of(np.inf).won(t, end)[rows.of].sum()
        flat = replace(known.course, ahead=replace(known.course.ahead, rhythm=NONE))
        for said, model in ((even, replace(known, course=flat)), (moved, known)):
            said.append(abs(np.log(model(rows.x).sum() / came)))
    assert np.mean(moved) < 0.6 * np.mean(even)


def test_a_model_that_serves_for_weeks_speaks_of_each_days_own_calendar():
    """The same open ones as they stand on 1 October, and if it were 1 November or 1 December."""
    history, t = history_of(QUARTERS_END, 7), float(day(2022, 10, 1))
    model, x = passage(history, t, 31.0), open_rows(history, t).x
    told_for = []
    for month in (10, 11, 12):
        x[:, SHARES] = calendar_shares(float(day(2022, month, 1)))
        told_for.append(model(x).sum())
    assert told_for[2] > 1.25 * max(told_for[:2])


def test_a_model_with_a_rhythm_read_back_gives_the_same_chances():
    history, t = history_of(QUARTERS_END, 7), float(day(2022, 10, 1))
    x, speaks = open_rows(history, t).x, passage(history, t, 31.0)
    model = WinModel("learnt", StageRate(np.full(history.stages + 1, 0.5), 0.5), 1, (speaks,), (1.0,))
    again = read(json.loads(json.dumps(told(model))))
    assert speaks.course.ahead.rhythm.moves
    weeks = rhythm_by_week(model)
    assert len(weeks) == 13
    assert max(weeks[-2:]) > 2 * max(weeks[:8])  # closings waited for the quarter's last month
    assert np.abs(again(x) - model(x)).max() < 1e-9


def test_a_steady_company_is_forecast_without_a_calendar():
    history = history_of(World(220, 6, passes=(0.6,), dwell=(20.0,), amount=None), 8)
    known = passage(history, START + 220, 30.0)
    assert not known.course.ahead.rhythm.moves
    assert rhythm_by_week(WinModel("learnt", StageRate(np.zeros(2), 0.5), 1, (known,), (1.0,))) == ()
