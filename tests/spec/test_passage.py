"""How opportunities pass through their stages: stays read off the books, and the chance that they make."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from core.forecast.combine import Past, combine
from core.forecast.features import NAMES, open_rows
from core.forecast.history import LOST, WON, Events, History, Track
from core.forecast.landmarks import FEW_WINS, sample
from core.forecast.passage import group_of, passage
from core.forecast.stays import stays
from tests.simulated import START, oracle, simulated

STAGE, DAYS = NAMES.index("stage"), NAMES.index("days_in_stage")


def three() -> History:
    """A: 0 → 1 → won on day 20. B: 0, back into 0 again, lost on day 12. C: recorded on day 9, at 0, open."""
    over, when = np.array([1, 0]), np.array([12.0, 20.0])
    return History(
        ids=np.array([1, 2, 3]),
        recorded=np.array([0.0, 2.0, 9.0]),
        opened=Track(np.array([0.0, 2.0, 9.0])),
        product=Track(np.full(3, -1.0)),
        outcome=Track(np.zeros(3), over, when, np.array([LOST, WON]) * 1.0),
        closed=Track(np.full(3, np.nan), over, when, when),
        amount=Track(np.full(3, np.nan)),
        close_on=Track(np.full(3, np.nan)),
        owner=Track(np.zeros(3)),
        events=Events(
            np.array([0, 0, 1, 1, 2]),
            np.array([0, 1, 0, 0, 0]),
            np.array([0.0, 5.0, 2.0, 6.0, 9.0]),
            np.array([0.0, 5.0, 2.0, 6.0, 9.0]),
            np.full(5, np.nan),
        ),
        stages=2,
    )


def test_stays_begin_under_watch_with_the_first_closing_and_end_as_the_books_say():
    """Ends before the first closing, day 12, were not kept: A's first stay, over by then, is not read."""
    found = stays(three(), 25.0)
    drawn = sorted(zip(found.state, found.entered, found.left, found.end, strict=True))
    assert drawn == [(0, 3.0, 16.0, -1), (1, 7.0, 15.0, 3)]  # C lasts; A's second is won (stages + 1)


def test_what_is_recorded_later_is_no_stay_yet():
    found = stays(three(), 13.0)
    assert sorted(zip(found.state, found.left, found.end, strict=True)) == [(0, 4.0, -1), (1, 8.0, -1)]


@pytest.mark.parametrize("horizon", [7.0, 28.0])
def test_a_young_pipelines_chances_are_near_those_of_one_who_knows_how_it_works(horizon):
    """Forty-five days of history: no landmark has seen 28 days of a full pipeline yet."""
    history = simulated(days=45, per_day=30)
    t = START + 45
    known, _ = oracle(history, t, horizon, 30, draws=2000)
    said = passage(history, t, horizon)(open_rows(history, t).x)
    assert said.sum() == pytest.approx(known.sum(), rel=0.08)
    assert np.abs(said - known).mean() < 0.025


def test_products_that_pass_differently_are_told_apart():
    """Every second opportunity is of a product that is never won."""
    history = simulated(days=80, per_day=20)
    product = np.arange(len(history.ids)) % 2
    lost = (history.outcome.value == WON) & (product[history.outcome.of] == 1)
    value = np.where(lost, LOST, history.outcome.value)
    history = replace(
        history, product=Track(product * 1.0), outcome=replace(history.outcome, value=value), _seen={}
    )
    model = passage(history, START + 80, 28.0)
    x = open_rows(history, START + 80).x
    said = model(x)
    wins, never = (said[group_of(x[:, NAMES.index("product")], model.products) == p].mean() for p in (0, 1))
    assert wins > 4 * never


def test_a_chance_grows_with_the_horizon():
    history = simulated(days=60, per_day=10)
    x = open_rows(history, START + 60).x
    chances = [passage(history, START + 60, h)(x) for h in (7.0, 14.0, 28.0, 92.0)]
    assert all((late >= early - 0.03).all() for early, late in pairwise(chances))
    assert all(((c >= 0) & (c <= 1)).all() for c in chances)


def closed_with_its_last_step(history: History) -> History:
    """Each win has a step at a last stage at the very instant of its closing, as logs of processes have."""
    e, last, of = history.events, history.stages, history.outcome.of[history.outcome.value == WON]
    at = history.closed.value[history.outcome.value == WON]
    order = np.lexsort((np.r_[e.at, at], np.r_[e.of, of]))
    told = (np.r_[e.of, of], np.r_[e.stage, np.full(len(of), last)], np.r_[e.at, at], np.r_[e.at, at])
    events = Events(*(column[order] for column in told), np.full(len(order), np.nan))
    return replace(history, events=events, stages=last + 1, _seen={}, seasons={})


def test_a_case_that_closes_with_its_last_step_has_the_same_chance_before_it():
    """The last stage is over as soon as it is reached: nobody stays there, and it is no dead end."""
    plain = simulated(days=45, per_day=30)
    logged, t = closed_with_its_last_step(plain), START + 45
    x = open_rows(plain, t).x
    before, after = passage(plain, t, 7.0)(x), passage(logged, t, 7.0)(open_rows(logged, t).x)
    assert after == pytest.approx(before, abs=0.05)
    assert after.sum() == pytest.approx(before.sum(), rel=0.05)


def test_what_was_said_with_little_on_record_says_little_now():
    """A pipeline's sum that rested on three wins missed by a factor of four; since then it is right."""
    good = [Past({"bottom_up": 100.0, "recent": 80.0}, 100.0, 100.0) for _ in range(2)]
    parts = {"bottom_up": 100.0, "recent": 80.0}
    said = {w: combine(parts, [Past(parts, 100.0, 400.0, w), *good], 5.0, ()) for w in (0.01, 1.0)}
    assert said[0.01].forecast == pytest.approx(100, abs=3)
    assert said[0.01].parts["corrected"] < said[1.0].parts["corrected"]
    assert np.log(said[0.01].high / said[0.01].low) < 0.5 * np.log(said[1.0].high / said[1.0].low)


def test_the_passage_is_read_only_where_something_is_learnt_from_it():
    history = simulated(days=120, per_day=4, seed=3)
    few, many = (sample(history, START + day, 7.0) for day in (35, 120))
    assert few.wins < FEW_WINS <= many.wins
    assert few.passage is None
    assert few.earlier is None
    assert many.passage is not None
