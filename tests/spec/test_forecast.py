"""What a forecast may know, and what it must reach on a pipeline whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from core.forecast.backtest import backtest
from core.forecast.candidates import period_values
from core.forecast.combine import Past, combine
from core.forecast.features import NAMES, open_rows
from core.forecast.history import LOST, OPEN, WON, Events, History, Track
from core.forecast.landmarks import FEW_WINS, held_out, sample
from core.forecast.periods import Horizon, instant
from core.forecast.scoring import log_loss, totals
from core.forecast.walk import walk
from core.forecast.win_model import fit, losses, weights_by_loss
from tests import worlds
from tests.simulated import START, simulated
from tests.worlds import World, history_of

UTC = ZoneInfo("UTC")
NONE = np.zeros(0, np.int64)


def few(**changes) -> History:
    """Three opportunities: won on day 20, lost on day 12, open; each known from its opening on."""
    made = {
        "ids": np.array([1, 2, 3]),
        "opened": Track(np.array([0.0, 2.0, 9.0])),
        "recorded": np.array([0.0, 2.0, 9.0]),
        "product": Track(np.full(3, -1.0)),
        "outcome": Track(np.zeros(3), np.array([1, 0]), np.array([12.0, 20.0]), np.array([LOST, WON]) * 1.0),
        "closed": Track(np.full(3, np.nan), np.array([1, 0]), np.array([12.0, 20.0]), np.array([12.0, 20.0])),
        "amount": Track(np.full(3, np.nan), np.array([0]), np.array([20.0]), np.array([900.0])),
        "close_on": Track(np.full(3, np.nan)),
        "owner": Track(np.zeros(3)),
        "events": Events(
            np.array([0, 0, 2]),
            np.array([0, 1, 0]),
            np.array([0.0, 5.0, 9.0]),
            np.array([0.0, 8.0, 9.0]),  # the second was entered three days late
            np.full(3, np.nan),
        ),
        "stages": 2,
    }
    return History(**made | changes)


@pytest.mark.parametrize(
    ("day", "is_open", "outcome"),
    [
        (1, [True, False, False], [OPEN, OPEN, OPEN]),
        (10, [True, True, True], [OPEN, OPEN, OPEN]),
        (12, [True, True, True], [OPEN, OPEN, OPEN]),
        (12.1, [True, False, True], [OPEN, LOST, OPEN]),
        (20, [True, False, True], [OPEN, LOST, OPEN]),
        (20.1, [False, False, True], [WON, LOST, OPEN]),
    ],
)
def test_the_books_of_a_day_hold_what_was_recorded_before_it(day, is_open, outcome):
    books = few().as_of(day)
    assert books.is_open.tolist() == is_open
    assert books.outcome.tolist() == outcome


def test_an_amount_that_came_with_the_closing_is_not_known_before():
    assert np.isnan(few().as_of(20).amount[0])
    assert few().as_of(20.1).amount[0] == 900


def test_what_closes_at_the_midnight_between_two_periods_counts_in_the_second():
    """A date alone is its first instant: what came on a day, the closing's stage too, is that day's."""
    events = Events(
        np.array([0, 0]), np.array([0, 1]), np.array([0.0, 20.0]), np.array([0.0, 20.0]), np.full(2, np.nan)
    )
    history = few(events=events)
    books = history.as_of(20)
    assert (books.is_open[0], books.standing.stage[0]) == (True, 0)
    assert [history.as_of(31).won(a, b)[0] for a, b in ((10, 20), (20, 31))] == [False, True]
    assert period_values(history, np.inf, [12, 20, 31]).tolist() == [0, 900]


def test_a_stage_that_was_entered_late_is_seen_late():
    assert few().as_of(7).standing.stage.tolist() == [0, -1, -1]
    assert few().as_of(8.1).standing.stage.tolist() == [1, -1, -1]
    assert few().as_of(8.1).standing.since[0] == 5


def test_a_closing_that_was_entered_late_is_still_open_until_then():
    late = np.array([12.0, 26.0])
    history = few(
        outcome=Track(np.zeros(3), np.array([1, 0]), late, np.array([LOST, WON]) * 1.0),
        closed=Track(np.full(3, np.nan), np.array([1, 0]), late, np.array([12.0, 20.0])),
    )
    assert history.as_of(25).is_open.tolist() == [True, False, True]
    assert history.as_of(25).won(0, 25).sum() == 0
    assert history.as_of(26.1).won(0, 25).tolist() == [True, False, False]


def test_an_event_that_was_undone_stands_until_then():
    events = replace(few().events, voided=np.array([np.nan, 15.0, np.nan]))
    history = few(events=events)
    assert (history.as_of(14).standing.stage[0], history.as_of(15.1).standing.stage[0]) == (1, 0)


def test_missing_is_missing_not_zero():
    history = few(opened=Track(np.array([np.nan, 2.0, 9.0])), recorded=np.array([1.0, 2.0, 9.0]))
    x = open_rows(history, 10.0).x
    at = {name: x[:, n] for n, name in enumerate(NAMES)}
    assert at["age_days"].tolist() == [9, 8, 1]  # since it was recorded where the opening is unknown
    assert np.isnan(at["amount_log"]).all()
    assert np.isnan(at["stage"]).tolist() == [False, True, False]
    assert np.isnan(at["owner_win_rate"]).all()  # nothing has closed yet


def known_by(history: History, t: float) -> History:
    """The same history with everything thrown away that was recorded at `t` or later."""

    def cut(track: Track) -> Track:
        keep = track.recorded < t
        return Track(track.start[known], renumbered[track.of[keep]], track.recorded[keep], track.value[keep])

    known = history.recorded < t
    renumbered = np.cumsum(known) - 1
    e = history.events
    keep = (e.recorded < t) & known[e.of]
    return replace(
        history,
        ids=history.ids[known],
        opened=cut(history.opened),
        recorded=history.recorded[known],
        product=cut(history.product),
        outcome=cut(history.outcome),
        closed=cut(history.closed),
        amount=cut(history.amount),
        close_on=cut(history.close_on),
        owner=cut(history.owner),
        events=Events(renumbered[e.of[keep]], e.stage[keep], e.at[keep], e.recorded[keep], e.voided[keep]),
        _seen={},
    )


@pytest.mark.parametrize("field", ["product", "customer", "opened"])
def test_a_field_that_is_filled_in_at_the_closing_is_unknown_before(field):
    """A product, a customer, an opening date that say who wins, because only the closing brings them."""
    whole = simulated(days=80, per_day=12)
    origin, n = START + 60, len(whole.ids)
    edges = [origin - 7, origin, origin + 7]
    start = whole.opened.start if field == "opened" else np.full(n, -1.0)
    over = whole.outcome
    told = np.where(over.value == WON, 1.0, 0.0) + (START if field == "opened" else 0)
    planted = replace(whole, **{field: Track(start, over.of, over.recorded, told)}, _seen={})
    known = {field: Track(start)} if field == "opened" else {field: Track(np.full(n, -1.0))}
    then = replace(whole, **known, _seen={})
    there = [open_rows(h, origin).x for h in (planted, then)]
    rate, layer = NAMES.index("product_win_rate"), NAMES.index("new_customer")
    assert np.ptp(there[0][:, rate]) == 0  # nothing tells one open opportunity from another
    assert there[0][:, layer].tolist() == there[1][:, layer].tolist()
    assert there[0][:, NAMES.index("age_days")].tolist() == there[1][:, NAMES.index("age_days")].tolist()
    late = replace(planted, **{field: Track(start, over.of, over.recorded + 1e3, told)}, _seen={})
    assert (
        walk(late, edges, ())[1].pipeline.chance.tolist() == walk(then, edges, ())[1].pipeline.chance.tolist()
    )


@pytest.mark.parametrize("late", [0.0, 0.3])
def test_what_is_recorded_later_changes_no_past_forecast(late):
    """The whole history and the one cut off at the origin say the same, to the last digit."""
    whole = simulated(days=110, per_day=12, late=late)
    origin = START + 80
    edges = [origin - 14, origin, origin + 14]
    there, then = walk(whole, edges, ()), walk(known_by(whole, origin), edges, ())
    assert len(whole.ids) > len(known_by(whole, origin).ids)
    assert there[1].company == then[1].company
    assert there[1].pipeline.chance.tolist() == then[1].pipeline.chance.tolist()


def test_landmarks_that_are_held_out_share_no_outcome_with_those_before():
    t, horizon = START + 100, 7.0
    rows = sample(simulated(days=100, per_day=10), t, horizon)
    early, late = held_out(rows, t, horizon)
    assert early.at.max() + horizon <= late.at.min()
    assert late.at.max() == t - horizon
    assert early.wins > FEW_WINS
    assert late.wins > FEW_WINS


def test_a_large_pipeline_has_landmarks_on_both_sides(monkeypatch):
    """However soon its landmarks have rows enough, they reach back to a horizon to fit to."""
    monkeypatch.setattr("core.forecast.landmarks.MOST_ROWS", 100)
    t, horizon = START + 100, 7.0
    rows = sample(simulated(days=100, per_day=10), t, horizon)
    early, late = held_out(rows, t, horizon)
    assert len(np.unique(early.at)) == len(np.unique(late.at)) == 7


def test_where_few_are_open_at_a_time_more_is_held_out():
    """After a third of the usual arrivals for two months, four weeks have too few wins to judge by."""
    quiet = World(170, 5, dwell=(2.0, 4.0, 6.0, 5.0), break_at=0.65, break_by=0.3)
    t, horizon = worlds.START + 170, 14.0
    rows = sample(history_of(quiet, seed=1), t, horizon)
    early, late = held_out(rows, t, horizon)
    assert rows.held > 2
    assert min(early.wins, late.wins) >= FEW_WINS
    assert early.at.max() + horizon <= late.at.min()


@pytest.mark.parametrize(("copies", "least"), [(1, 0.2), (400, 0.0)])
def test_a_difference_that_few_rows_show_is_no_reason_to_drop_a_learner(copies, least):
    """The better of two by 0.03 a row, on ten opportunities and on four thousand."""
    y = np.tile([1.0, 0.0], 5 * copies)
    better, worse = np.tile([0.7, 0.4], 5 * copies), np.tile([0.62, 0.36], 5 * copies)
    shares = weights_by_loss(np.arange(len(y)), np.stack([losses(y, better), losses(y, worse)]))
    assert shares[0] > shares[1] > least
    assert (shares[1] < 0.1) == (copies > 1)


def test_learners_that_nothing_can_be_held_against_are_mixed_as_shipped():
    """Wins enough to learn from, but all of them among landmarks that overlap the latest."""
    history = simulated(days=24, per_day=60)
    model = fit(history, START + 24, 7.0)
    assert model.kind == "learnt"
    assert model.mix == (0.0, 0.15, 0.15, 0.0, 0.7)


def scored(horizon: str, days: int, first: int, last: int, **more):
    history = simulated(days=days, **more)
    start = date(1970, 1, 1) + timedelta(days=int(START))
    first_day, last_day = start + timedelta(days=first), start + timedelta(days=last)
    return history, backtest(history, Horizon(horizon), first_day, last_day, zone=UTC)


def test_on_a_known_pipeline_it_is_as_good_as_chance_allows():
    """About 60 wins a week: chance alone misses by some 15% of a week's value."""
    _, done = scored("7d", days=100, first=72, last=93, per_day=20)
    reached = done.totals
    assert reached.periods == 4
    assert reached.accuracy_mean > 0.8
    assert reached.accuracy_mean > reached.baselines["stage_rate"] - 0.05
    assert reached.auc > 0.8
    assert reached.log_loss < reached.log_loss_stage_rate + 0.01
    assert abs(reached.bias) < 0.2


def test_while_a_pipeline_grows_it_sees_more_than_the_series_does():
    """Four weeks after four weeks of a young pipeline: the past periods lag, what is open does not."""
    reached = [
        scored("28d", days=100, first=44, last=72, per_day=20, seed=seed)[1].totals for seed in range(4)
    ]
    accuracy = np.mean([r.accuracy_mean for r in reached])
    assert accuracy > np.mean([r.baselines["mean"] for r in reached]) + 0.05
    assert accuracy > np.mean([r.baselines["stage_rate"] for r in reached]) + 0.1


def test_teams_and_people_add_up_to_the_company():
    history = simulated(days=80, per_day=15)
    start = date(1970, 1, 1) + timedelta(days=int(START))
    asked = (Horizon("7d"), start + timedelta(days=60), start + timedelta(days=73))
    company, team, rep = (
        backtest(history, *asked, level=level, zone=UTC) for level in ("company", "team", "rep")
    )
    for whole in company.rows:
        for parts in (team, rep):
            mine = [row for row in parts.rows if row.start == whole.start]
            assert sum(row.forecast for row in mine) == pytest.approx(whole.forecast)
            assert sum(row.actual for row in mine) == pytest.approx(whole.actual)
    assert {row.group for row in team.rows} == {"East", "West"}
    assert {row.group for row in rep.rows} == set(history.owners)


def test_two_people_of_one_name_are_two():
    history = simulated(days=60, per_day=15)
    day = date(1970, 1, 1) + timedelta(days=int(START) + 50)

    def by_rep(owners):
        named = replace(history, owners=owners, _seen={}, seasons={})
        return backtest(named, Horizon("7d"), day, day, level="rep", zone=UTC).rows

    apart = by_rep(history.owners)
    alike = by_rep(("Li Na", "Li Na", *history.owners[2:]))
    assert sorted(row.forecast for row in alike) == pytest.approx(sorted(row.forecast for row in apart))
    assert sorted(row.actual for row in alike) == sorted(row.actual for row in apart)
    assert [row.group for row in alike] == ["Li Na", "Li Na", "Rep 2", "Rep 3", "Rep 4", "Rep 5"]


def test_without_amounts_wins_are_counted():
    history = simulated(days=60, amounts=False)
    edges = [START + 46, START + 53, START + 60]
    books = history.as_of(np.inf)
    assert period_values(history, np.inf, edges).tolist() == [
        books.won(a, b).sum() for a, b in pairwise(edges)
    ]


def test_with_nothing_to_go_by_it_says_nothing():
    history = simulated(days=2, per_day=5)
    (only,) = walk(history, [START + 1, START + 8], ())
    assert np.isnan(only.company.forecast)
    assert set(only.baselines.values()) == {None}


def test_no_period_is_scored_before_the_books_have_seen_its_end():
    history, done = scored("7d", days=60, first=40, last=59, per_day=5)
    assert [day - done.starts[0] for day in done.starts] == [timedelta(days=7 * n) for n in range(2)]
    assert instant(done.ends[-1], UTC) <= history.last_known + 1


def past(**parts: float) -> Past:
    return Past(parts, parts["recent"], 100.0)


def test_the_view_with_the_smaller_misses_weighs_more():
    earlier = [past(recent=140.0, mean=102.0), past(recent=70.0, mean=99.0), past(recent=130.0, mean=101.0)]
    said = combine({"recent": 150.0, "mean": 100.0}, earlier, 5.0, ())
    assert said.weights["mean"] > 5 * said.weights["recent"]
    assert sum(said.weights.values()) == pytest.approx(1)
    assert said.forecast == pytest.approx(
        sum(w * {"recent": 150.0, "mean": 100.0}[name] for name, w in said.weights.items())
    )
    assert said.low < said.forecast < said.high


def test_a_pipeline_that_missed_lately_is_moved_and_at_the_same_place_of_the_season():
    earlier = [Past({"bottom_up": 100.0}, 100.0, a) for a in (150.0, 100.0, 100.0, 150.0, 100.0, 100.0)]
    said = combine({"bottom_up": 100.0}, earlier, 10.0, (3,))
    assert 100 < said.parts["corrected"] < 120
    assert 130 < said.parts["seasoned"] < 155
    assert "seasoned" not in combine({"bottom_up": 100.0}, earlier[:2], 10.0, (3,)).parts


def test_totals_by_hand():
    rows = [
        (100.0, 80.0, 70.0, 110.0, 50.0),
        (50.0, 60.0, 55.0, 70.0, None),
    ]
    scored_rows = [_row(*row) for row in rows]
    found = totals(scored_rows, np.array([0.9, 0.2]), np.array([0.5, 0.5]), np.array([1.0, 0.0]))
    assert found.accuracy_mean == pytest.approx((0.8 + 0.8) / 2)
    assert found.deviation_mean == pytest.approx((20 / 80 + 10 / 60) / 2)
    assert found.wape == pytest.approx(30 / 150)
    assert found.bias == pytest.approx(140 / 150 - 1)
    assert found.coverage == 0.5
    assert found.baselines == {"last": 0.5}
    assert found.brier == pytest.approx((0.01 + 0.04) / 2)
    assert found.auc == 1
    assert found.log_loss == pytest.approx(-(np.log(0.9) + np.log(0.8)) / 2)
    assert log_loss(np.zeros(0), np.zeros(0)) is None


def _row(actual, forecast, low, high, last):
    from core.forecast.scoring import Scored

    return Scored(0.0, 1.0, None, actual, forecast, low, high, {"last": last})


@pytest.mark.parametrize("word", ["week", "0d", "d", "7", "-7d"])
def test_a_horizon_is_a_month_a_quarter_or_days(word):
    with pytest.raises(ValueError, match=word):
        Horizon(word)
