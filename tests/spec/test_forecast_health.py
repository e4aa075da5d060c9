"""Forecast health: deviation, the two-months rule, luck, coverage, overrides; drawn as months and lines."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.forecast.coaching import causes
from core.forecast.health import Figures, Verdict, company_figures, group_figures, health
from core.forecast.luck import luck
from core.forecast.months import Line, MonthRun, Taken, Win, counting
from core.forecast.reliability import overrides, reliability
from core.policies import DEFAULTS, override

MAY = date(2026, 5, 1)


def line(
    value: float = 50,
    *,
    chance: float = 0.5,
    amount: float = 100,
    scorecard: float = 40,
    decision: str | None = None,
    actual: float = 0,
    number: int = 1,
) -> Line:
    money = [Decimal(str(x)) for x in (amount, value, scorecard)]
    won = Decimal(str(actual))
    return Line(number, number, MAY, 1, 1, chance, scorecard / amount, *money, decision, won > 0, won)


def run(value: float = 0, *, whole: float = 100, fresh: float = 0, low=None, high=None) -> MonthRun:
    money = [Decimal(str(x)) for x in (value, fresh, whole)]
    ends = [None if x is None else Decimal(str(x)) for x in (low, high)]
    return MonthRun(1, MAY, date(2026, 6, 1), MAY, money[0], *ends, Decimal(0), money[1], money[2])


def month(number: int, forecast: float | None, actual: float = 0) -> Figures | None:
    if forecast is None:
        return None
    on = date(2026 + (number - 1) // 12, (number - 1) % 12 + 1, 1)
    said = Decimal(str(forecast))
    return Figures(on, on, said, said, Decimal(str(actual)), None, None, 1, 0, 0, None)


def opened(*drawn: tuple[float, float] | None, first: int = 1, policy=DEFAULTS) -> list[tuple[int, int]]:
    """(first month, how many) of each cause in months drawn as (forecast, actual)."""
    months = [month(first + n, *pair) for n, pair in enumerate(drawn) if pair is not None]
    return [(c.first.month, len(c.months)) for c in causes(months, policy)]


@pytest.mark.parametrize(
    ("drawn", "counts"),
    [
        ([(1, 1), (2, 2)], 0),
        ([(1, 3), (2, 2)], 1),  # what was shown comes before what was computed later
        ([(1, 31), (8, 8)], 0),  # on the eighth it is too late to count
        ([(2, 20), (1, 30)], 1),
        ([(1, 32)], None),  # the month is over
        ([(1, 32), (3, 3)], 1),
        ([(8, 8)], None),
        ([], None),
    ],
)
def test_the_run_that_counts_was_shown_in_the_first_days(drawn, counts):
    """Runs drawn as (day of May taken, day kept); the 32nd is the first of June."""
    runs = [
        Taken(n, MAY, date(2026, 6, 1), *(MAY + timedelta(days=day - 1) for day in days))
        for n, days in enumerate(drawn)
    ]
    assert counting(runs) == ([] if counts is None else [counts])


OVER, EXACT, FINE = (100, 126), (100, 125), (100, 90)


@pytest.mark.parametrize(
    ("drawn", "found"),
    [
        ([OVER, OVER], [(1, 2)]),
        ([OVER], []),
        ([OVER, EXACT], []),  # exactly 25% is not over 25%
        ([EXACT, EXACT, EXACT], []),
        ([(100, 75), (100, 75)], []),  # nor is it below
        ([(100, 74.99), (100, 125.01)], [(1, 2)]),  # either way counts
        ([OVER, FINE, OVER], []),
        ([OVER, None, OVER], []),  # a month without a forecast breaks the row
        ([OVER, (0, 50), OVER], []),  # as does a forecast of nothing: its rate is not defined
        ([OVER, (0, 0), OVER], []),
        ([FINE, OVER, OVER, OVER], [(2, 3)]),  # a row that goes on is one cause
        ([OVER, OVER, FINE, OVER, OVER], [(1, 2), (4, 2)]),
        ([OVER, OVER, None, OVER, OVER], [(1, 2), (4, 2)]),
        ([], []),
    ],
)
def test_two_months_in_a_row_over_a_quarter(drawn, found):
    assert opened(*drawn) == found


def test_a_row_runs_over_the_new_year():
    assert opened(OVER, OVER, first=12) == [(12, 2)]


def test_the_company_sets_limit_and_months():
    assert opened(EXACT, EXACT, policy=override({"deviation_limit": 0.2}, 1)) == [(1, 2)]
    assert opened(OVER, OVER, policy=override({"deviation_months": 3}, 1)) == []


def test_a_third_of_a_hundred_is_compared_exactly():
    """0.1 + 0.2 has no exact float: money is compared as money."""
    assert not month(1, 0.3, 0.375).over(0.25)
    assert month(1, 0.3, 0.3751).over(0.25)


@pytest.mark.parametrize(
    ("forecast", "actual", "deviation"), [(100, 80, 0.2), (100, 130, 0.3), (100, 0, 1.0), (0, 10, None)]
)
def test_deviation_rate(forecast, actual, deviation):
    assert month(1, forecast, actual).deviation == deviation


def test_totals_over_months():
    found = health([month(1, 100, 80), month(2, 50, 100), month(3, 60, 60)])
    assert found.wape == pytest.approx((20 + 50 + 0) / 240)
    assert found.bias == pytest.approx(210 / 240 - 1)
    assert found.adoption is None
    assert health([]).wape is None
    assert health([month(1, 10, 0)]).bias is None


def test_what_counts_of_a_line():
    drawn = [line(50), line(50, decision="accepted"), line(50, decision="rejected")]
    assert [x.counted for x in drawn] == [50, 50, 40]
    found = group_figures(run(whole=300, fresh=60), drawn, [])
    assert found.forecast == 140 + 30  # half of the lines' value, half of what is fresh
    assert found.suggested == 150 + 30
    assert (found.lines, found.submitted, found.accepted) == (3, 2, 1)
    assert health([found]).adoption == 0.5


def test_wins_without_a_line_came_and_those_before_the_run_were_known():
    wins = [
        Win(8, MAY, 1, 1, Decimal(30), Decimal(25)),  # the run had it at 25
        Win(9, MAY, 1, 1, Decimal(20), None),
    ]
    found = group_figures(run(whole=50), [line(50, actual=100)], wins)
    assert (found.forecast, found.actual) == (75, 150)


def test_groups_of_a_run_add_up_to_what_counts():
    lines = [line(10 * n, number=n, decision="rejected" if n % 3 == 0 else None) for n in range(1, 8)]
    whole = sum(x.value for x in lines)
    parts = [group_figures(run(whole=float(whole), fresh=70), lines[n::2], []) for n in (0, 1)]
    assert sum(p.forecast for p in parts) == sum(x.counted for x in lines) + 70


@pytest.mark.parametrize("n", range(1, 8))
def test_a_month_without_a_win_lies_within_chance_and_within_the_interval(n):
    """Sums are known to a step of the grid: none of it makes an interval begin above nothing."""
    drawn = [line(7.77 + k / 3, chance=0.1, amount=77.7 + k / 0.3, number=k) for k in range(n)]
    found = group_figures(run(fresh=5.1), drawn, [Win(99, MAY, 1, 1, Decimal(30), Decimal(30))])
    assert (found.low, found.covered) == (30, True)


def test_the_companys_own_value_and_interval():
    drawn = [line(50, actual=100, decision="rejected"), line(50)]
    found = company_figures(run(120, low=90, high=150), drawn, [])
    assert (found.forecast, found.actual, found.covered) == (120, 100, True)
    assert company_figures(run(120, low=101, high=150), drawn, []).covered is False
    assert company_figures(run(120), drawn, []).covered is None


def test_the_companys_luck_is_around_what_the_run_said():
    drawn = [line(50, number=n) for n in range(40)]
    half = company_figures(run(1000, whole=2000), drawn, [])
    assert half.luck.mean == pytest.approx(1000, rel=0.01)
    assert half.by_luck(0.8) == pytest.approx(luck([0.25] * 40, [100] * 40).miss(0.8) / 1000, rel=0.01)


@pytest.mark.parametrize(
    ("decision", "actual", "added"),
    [
        ("rejected", 0, 10),  # the override said 40, not 50, and nothing came
        ("rejected", 100, -10),
        ("accepted", 100, 0),
        (None, 0, 0),
    ],
)
def test_what_an_override_brought(decision, actual, added):
    assert line(50, decision=decision, actual=actual).added == added


def test_overrides_count_rejections_alone():
    drawn = [line(50, decision="rejected", actual=a) for a in (0, 0, 100)] + [line(50, decision="accepted")]
    found = overrides(drawn)
    assert (found.lines, found.added, found.helped, found.hurt) == (3, 10, 2, 1)


def test_the_curve_has_counts_and_what_they_can_say():
    drawn = [line(chance=0.12, actual=100)] + [line(chance=0.18) for _ in range(3)] + [line(chance=1.0)]
    first, last = reliability(drawn)
    assert (first.low, first.high, first.n, first.won, first.rate) == (0.1, 0.2, 4, 1, 0.25)
    assert first.chance == pytest.approx(0.165)
    assert first.bounds[0] < 0.25 < first.bounds[1]
    assert (last.n, last.won) == (1, 0)
    wide = reliability(drawn * 50)[0].bounds
    assert wide[0] > first.bounds[0]
    assert wide[1] < first.bounds[1]


def simulated(p, a, fresh, n=200_000):
    rng = np.random.default_rng(11)
    p, a = np.array(p), np.array(a)
    size = (a**2).mean() / a.mean()
    sums = sum(c * rng.binomial(1, q, n) for q, c in zip(p, a, strict=True))
    return sums + size * rng.poisson(fresh / size, n)


@pytest.mark.parametrize(
    ("p", "a", "fresh"),
    [
        ([0.5], [100], 0),
        ([0.5, 0.2, 0.1], [100, 900, 50], 0),
        ([0.3] * 20, [10 * n + 5 for n in range(20)], 0),
        ([0.1, 0.6, 0.4], [120, 80, 200], 150),
        ([0.15] * 300, [50 + n % 7 * 20 for n in range(300)], 400),  # the normal way
    ],
)
def test_luck_is_what_a_simulation_gives(p, a, fresh):
    found, sums = luck(p, a, fresh), simulated(p, a, fresh)
    assert found.mean == pytest.approx(sums.mean(), rel=0.02)
    far = np.abs(sums - found.mean)
    step = sum(a) / 1000
    for distance in (0.2 * found.mean, 0.4 * found.mean, 0.9 * found.mean):
        assert found.beyond(distance) == pytest.approx((far > distance).mean(), abs=0.02)
    for q in (0.8, 0.95):
        reach = found.miss(q)
        assert (far <= reach + step).mean() >= q - 0.01
        assert (far < reach - step).mean() <= q + 0.01


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(1, 1e6)), min_size=1, max_size=30), st.floats(0, 1e5))
def test_luck_is_a_distribution_around_the_expectation(drawn, fresh):
    p, a = [x for x, _ in drawn], [x for _, x in drawn]
    found = luck(p, a, fresh)
    assert found.share.sum() == pytest.approx(1)
    assert (found.share >= -1e-12).all()
    assert found.mean == pytest.approx(np.dot(p, a) + fresh, rel=0.03, abs=sum(a) * 0.01)
    assert found.miss(0.8) <= found.miss(0.95)


@pytest.mark.parametrize("opportunities", [200, 100_000])
def test_luck_of_many_groups_and_months_is_kept_without_its_thousands_of_sums(opportunities):
    found = luck([0.5] * opportunities, [100.0] * opportunities)
    assert len(found.values) > 2000
    assert len(pickle.dumps(found)) < 6000  # bytes


def test_nothing_to_win_leaves_nothing_to_luck():
    assert luck([], []) is None
    assert luck([0.5], [0]) is None


@pytest.mark.parametrize(
    ("lines", "actual_wins", "said"),
    [
        (3, 0, Verdict.WITHIN),  # three deals at one half: nothing at all comes in one month of eight
        (40, 20, Verdict.WITHIN),
        (40, 15, Verdict.EDGE),
        (40, 10, Verdict.BEYOND),
    ],
)
def test_in_words(lines, actual_wins, said):
    drawn = [line(50, actual=100 if n < actual_wins else 0, number=n) for n in range(lines)]
    found = group_figures(run(whole=50 * lines), drawn, [])
    assert found.verdict is said


def test_with_few_deals_luck_alone_often_exceeds_a_quarter():
    few = group_figures(run(whole=150), [line(50, number=n) for n in range(3)], [])
    many = group_figures(run(whole=5000), [line(50, number=n) for n in range(100)], [])
    assert few.luck_over(0.25) == 1.0  # 0, 1, 2 or 3 of three: never within a quarter of one and a half
    assert many.luck_over(0.25) < 0.02
