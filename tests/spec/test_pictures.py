"""What a picture says of its data: the finding, "too few" and "no change beyond noise" (D1)."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pictures.courses import LEAST_POINTS, against, moved, trend
from core.pictures.limits import Bar, late, over
from core.pictures.parts import leading, step
from core.pictures.rates import Rate, came_true, lowest

# amounts by key; what is said, of whom
LEADING = [
    ({}, "nothing", None),
    ({"a": 0, "b": 0}, "nothing", None),
    ({"a": 3, "b": 0}, "alone", "a"),
    ({"a": 3, "b": 5, "c": 1}, "leads", "b"),
    ({"a": 3, "b": 3, "c": 1}, "tied", "a"),
]


@pytest.mark.parametrize(("parts", "code", "most"), LEADING)
def test_the_largest_part_is_named(parts, code, most):
    said = leading(parts)
    assert (said.code, said.names.get("most")) == (code, most)


def test_a_share_is_of_the_whole_that_is_given():
    assert leading({"a": 3, "b": 2}, whole=10).shares == {"share": 0.3}


# steps from 10 on; what is said
STEPS = [
    ({}, "still", None),
    ({"won": 0.0}, "still", None),
    ({"won": 4.0, "lost": -3.0}, "added", "won"),
    ({"won": 4.0, "lost": -9.0}, "took", "lost"),
]


@pytest.mark.parametrize(("parts", "code", "most"), STEPS)
def test_the_largest_step_is_named_whichever_way_it_leads(parts, code, most):
    said = step(parts, 10.0, 10.0 + sum(parts.values()))
    assert (said.code, said.names.get("most")) == (code, most)
    assert said.values["change"] == pytest.approx(abs(sum(parts.values())))


# value, limit, rows of each bar (five rows are enough); what is said of which
OVER = [
    ([], "few", None),
    ([(9.0, 3.0, 4), (None, 3.0, 0)], "few", None),
    ([(9.0, None, 5), (4.0, None, 9)], "no_limit", 0),
    ([(3.0, 3.0, 5), (2.0, 3.0, 9)], "within", 0),
    ([(9.0, 6.0, 5), (4.0, 2.0, 9), (90.0, 1.0, 4)], "over", 1),
    ([(9.0, 6.0, 5), (40.0, None, 9)], "over", 0),
]


@pytest.mark.parametrize(("bars", "code", "most"), OVER)
def test_the_value_furthest_over_its_limit_is_named(bars, code, most):
    said = over([Bar(n, *bar) for n, bar in enumerate(bars)], least=5)
    assert (said.code, said.names.get("most")) == (code, most)


def test_how_many_are_over_is_told_of_those_that_can_be_judged():
    said = over([Bar("a", 9.0, 6.0, 5), Bar("b", 1.0, 6.0, 5), Bar("c", 9.0, 1.0, 1)], least=5)
    assert (said.counts["over"], said.counts["of"], said.values["times"]) == (1, 2, 1.5)


# days that plans lie after their promised days; how many days passed unconfirmed; what is said
LATE = [
    ([], 0, "few", {}),
    ([0, -3], 0, "kept", {"late": 0, "unplanned": 0, "missed": 0, "of": 2}),
    ([0, -3], 1, "missed", {"late": 0, "unplanned": 0, "missed": 1, "of": 2}),
    ([0, None], 0, "unplanned", {"late": 0, "unplanned": 1, "missed": 0, "of": 2}),
    ([2, 9, None, -1], 1, "late", {"late": 2, "unplanned": 1, "missed": 1, "of": 4}),
]


@pytest.mark.parametrize(("days", "missed", "code", "counts"), LATE)
def test_promises_are_late_unplanned_missed_or_kept(days, missed, code, counts):
    said = late(list(enumerate(days)), missed)
    assert (said.code, dict(said.counts)) == (code, counts)


# part and whole of each group; what is said
LOWEST = [
    ([(1, 9)], "few"),
    ([(40, 50), (1, 4)], "few"),
    ([(40, 50), (38, 50)], "alike"),
    ([(50, 50), (50, 50)], "alike"),
    ([(4, 5), (2, 5)], "alike"),
    ([(40, 50), (15, 50)], "lowest"),
]


@pytest.mark.parametrize(("groups", "code"), LOWEST)
def test_the_lowest_rate_is_named_when_chance_does_not_explain_it(groups, code):
    assert lowest([Rate(n, *group) for n, group in enumerate(groups)], least=5).code == code


def test_equal_groups_are_hardly_ever_told_apart():
    """The lowest of eight equal groups is picked, and yet is named in fewer than one of ten tries."""
    dice = random.Random(7)
    tries = [[Rate(k, sum(dice.random() < 0.6 for _ in range(40)), 40) for k in range(8)] for _ in range(150)]
    assert sum(lowest(groups, least=5).code == "lowest" for groups in tries) < 15


# won, all and told chance of each group; what is said, of which
CHANCES = [
    ([(3, 10, 0.3)], "few", None),
    ([(30, 100, 0.3), (55, 100, 0.6)], "fits", None),
    ([(10, 100, 0.5), (60, 100, 0.6)], "high", 0),
    ([(30, 100, 0.3), (90, 100, 0.6)], "low", 1),
    ([(0, 30, 0.02)], "fits", None),
]


@pytest.mark.parametrize(("groups", "code", "most"), CHANCES)
def test_chances_that_did_not_come_true_are_named(groups, code, most):
    said = came_true([Rate(n, *group) for n, group in enumerate(groups)], least=30)
    assert (said.code, said.names.get("most")) == (code, most)


# weeks; what is said
TRENDS = [
    ([1.0, 2.0, 3.0, 4.0], "few"),
    ([None, 1.0, None, 2.0, 3.0, 4.0], "few"),
    ([0.5] * 8, "noise"),
    ([0.5, 0.7, 0.4, 0.6, 0.5, 0.7, 0.4, 0.6], "noise"),
    ([0.5, None, 0.52, 0.6, 0.58, 0.66, 0.7], "rises"),
    ([9.0, 8.0, 8.0, 6.0, 5.0, 5.0], "falls"),
    ([1.0, 2.0, 3.0, 4.0, 5.0, 99.0], "rises"),
    ([5.0, 5.1, 5.0, 5.1, 5.0, 99.0], "noise"),
]


@pytest.mark.parametrize(("values", "code"), TRENDS)
def test_a_course_rises_or_falls_only_beyond_noise(values, code):
    assert trend(values).code == code


@settings(max_examples=100)
@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), max_size=15))
def test_a_course_turned_round_says_the_opposite(values):
    opposite = {"rises": "falls", "falls": "rises", "noise": "noise", "few": "few"}
    assert trend(values[::-1]).code == opposite[trend(values).code]


def test_noise_is_hardly_ever_called_a_trend():
    dice = random.Random(3)
    tries = [[dice.gauss(0, 1) for _ in range(12)] for _ in range(200)]
    assert sum(trend(values).code != "noise" for values in tries) < 20
    assert all(trend(values[: LEAST_POINTS - 1]).code == "few" for values in tries[:5])


# first and last forecast, and the interval of the first; what is said
MOVED = [
    (10.0, 10.0, (8.0, 12.0), "still"),
    (10.0, 11.0, (8.0, 12.0), "inside"),
    (10.0, 13.0, (8.0, 12.0), "above"),
    (10.0, 7.0, (8.0, 12.0), "below"),
    (10.0, 7.0, None, "bare"),
]


@pytest.mark.parametrize(("first", "last", "band", "code"), MOVED)
def test_a_forecast_that_leaves_its_first_interval_says_so(first, last, band, code):
    assert moved(first, last, band).code == code


# forecast, what came, how luck explains it; what is said, of how many
AGAINST = [
    ([], "few", None),
    ([(10.0, 9.0, None), (0.0, 5.0, "within")], "few", None),
    ([(10.0, 9.0, "within"), (10.0, 12.0, "within")], "explained", 0),
    ([(10.0, 9.0, "within")] * 5, "explained", 0),
    ([(10.0, 9.0, "within")] * 6, "high", 0),
    ([(10.0, 11.0, "within")] * 6, "low", 0),
    ([(10.0, 9.0, "within"), (10.0, 4.0, "edge"), (10.0, 15.0, "edge")], "edge", 2),
    ([(10.0, 9.0, "within")] * 5 + [(10.0, 4.0, "edge")], "high", 0),
    ([(10.0, 4.0, "edge"), (10.0, 3.0, "beyond")], "beyond", 1),
]


@pytest.mark.parametrize(("periods", "code", "far"), AGAINST)
def test_forecasts_are_off_when_luck_does_not_explain_it(periods, code, far):
    said = against([(n, *period) for n, period in enumerate(periods)])
    assert (said.code, said.counts.get("far")) == (code, far)
    assert dict(said.names) == ({"most": 1} if far else {})
