"""Why a number moved: parts that add up, the part that is named, and what chance alone does (D2)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.reports.catalogue import METRICS, Dimension
from core.reports.drivers import LEAST_ROWS, chance, change, parts
from core.reports.facts import NOTHING, Tallied, Tally
from data.report_words import driver_line, value_words

SUM, RATE = METRICS["won_amount"], METRICS["win_rate"]
TEAM = Dimension.TEAM

amounts = st.floats(-1e6, 1e6, allow_nan=False)
weights = st.one_of(st.just(0.0), st.floats(1e-3, 1e6))
tables = st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(amounts, weights), max_size=8)


def split(groups: dict[str, tuple[float, float]], dimension: Dimension = TEAM, n: int = 50) -> Tallied:
    """Groups by numerator and denominator; every row of a ratio weighs the same."""
    tallies = {
        key: (key.upper(), Tally(n, top, of, abs(top), abs(top), of)) for key, (top, of) in groups.items()
    }
    whole = sum((tally for _, tally in tallies.values()), NOTHING)
    return Tallied(whole, {dimension: tallies})


@settings(max_examples=150)
@given(tables, tables)
def test_parts_of_a_sum_add_up_to_its_change(before, after):
    old, new = split(before), split(after)
    moved = sum(part.part for part in parts(SUM, TEAM, old, new))
    assert moved == pytest.approx(new.whole.top - old.whole.top, rel=1e-9, abs=1e-9 * 1e6)


@settings(max_examples=150)
@given(tables, tables)
def test_mix_and_rate_add_up_to_the_change_of_a_ratio(before, after):
    """Whatever the tables: groups that come or go, ratios of nothing, denominators of nothing."""
    old, new = split(before), split(after)
    found = parts(RATE, TEAM, old, new)
    ratios = old.whole.value(True), new.whole.value(True)
    if None in ratios:
        assert found == []
        return
    size = max(1.0, *(abs(r) for r in ratios), *(abs(p.mix) for p in found), *(abs(p.rate) for p in found))
    assert sum(p.mix + p.rate for p in found) == pytest.approx(ratios[1] - ratios[0], abs=1e-9 * size)


# groups: won of closed, before and after; which group is named, its mix and its rate in points
NAMED = [
    ({"a": (5, 10), "b": (5, 10)}, {"a": (5, 10), "b": (1, 10)}, "b", 0.0, -20.0),
    ({"a": (8, 10), "b": (2, 10)}, {"a": (8, 10), "b": (6, 30)}, "a", -9.375, 0.0),
    ({"a": (8, 10)}, {"a": (8, 10), "b": (0, 10)}, "b", -30.0, 0.0),
    ({"a": (9, 10), "b": (1, 10)}, {"a": (1, 10), "b": (2, 40)}, "a", -6.6, -28.0),
    # the mix of a (+20.6) and its rate (−25) all but cancel: it takes 4.4 from a whole that rose by 5
    ({"a": (9, 10), "b": (10, 50)}, {"a": (20, 50), "b": (2, 10)}, "b", 100 * 2 / 3 * (41 / 120 - 0.2), 0.0),
]


@pytest.mark.parametrize(("before", "after", "key", "mix", "rate"), NAMED)
def test_the_group_that_adds_most_in_all_is_named(before, after, key, mix, rate):
    driver = change(RATE, split(before), split(after)).driver
    assert driver.key == key
    assert (driver.mix * 100, driver.rate * 100) == pytest.approx((mix, rate), abs=1e-9)


def test_a_paradox_is_told_as_what_it_is():
    """Every team got better and the whole got worse: mix did it, and the rates speak against it."""
    before, after = split({"a": (90, 100), "b": (2, 10)}), split({"a": (19, 20), "b": (25, 100)})
    found = {p.key: p for p in parts(RATE, TEAM, before, after)}
    told = change(RATE, before, after)
    assert told.delta < 0
    assert all(p.rate > 0 for p in found.values())
    assert told.driver.mix < 0


SUMS = [
    ({"a": (50, 1), "b": (50, 1)}, {"a": (50, 1), "b": (90, 1)}, "b", 40),
    ({"a": (900, 1), "b": (100, 1)}, {"a": (990, 1), "b": (190, 1)}, "b", 90),  # a only kept its share
    ({}, {"a": (10, 1), "b": (70, 1)}, "b", 70),
    ({"a": (10, 1), "b": (70, 1)}, {"b": (70, 1)}, "a", -10),
]


@pytest.mark.parametrize(("before", "after", "key", "amount"), SUMS)
def test_of_a_sum_the_group_beyond_its_share_is_named(before, after, key, amount):
    driver = change(SUM, split(before), split(after)).driver
    assert (driver.key, driver.part) == (key, amount)


def test_one_group_explains_nothing():
    assert change(SUM, split({"a": (10, 1)}), split({"a": (30, 1)})).driver is None


def counted(n: int) -> Tallied:
    return Tallied(Tally(n, n, n, n, n, n))


def rate(won: int, of: int) -> Tallied:
    return Tallied(Tally(of, won, of, won, won, of))


CHANCE = [
    (METRICS["wins"], counted(10), counted(14), True),
    (METRICS["wins"], counted(10), counted(25), False),
    (METRICS["wins"], counted(0), counted(4), True),  # too few to say
    (METRICS["wins"], counted(0), counted(6), False),
    (RATE, rate(10, 20), rate(13, 20), True),
    (RATE, rate(100, 200), rate(130, 200), False),
    (RATE, rate(0, 4), rate(4, 4), True),  # too few to say
    (RATE, rate(0, 0), rate(4, 4), True),
]


@pytest.mark.parametrize(("metric", "before", "after", "noise"), CHANCE)
def test_what_chance_alone_may_do(metric, before, after, noise):
    assert change(metric, before, after).noise is noise


def test_rows_that_stand_in_both_periods_move_nothing():
    """Of what stands at an instant only what came or went counts for chance."""
    open_amount = METRICS["open_amount"]
    many = Tally(100, 1e6, 100, 0.0, 1e6, 100)
    assert chance(open_amount, many, Tally(101, 1.01e6, 101, 1e8, 1e6, 101)) == pytest.approx(1.96 * 1e4)


def test_chance_is_called_chance_19_times_in_20():
    """Drawn many times with nothing behind it; and a doubling is seen nearly always."""
    rng = np.random.default_rng(5)

    def drawn(expected: float) -> Tallied:
        values = np.exp(rng.normal(9, 0.6, rng.poisson(expected)))
        return Tallied(Tally(len(values), values.sum(), len(values), (values**2).sum()))

    tries = 1000
    wrong = sum(not change(SUM, drawn(40), drawn(40)).noise for _ in range(tries)) / tries
    wins = rng.binomial(40, 0.3, (tries, 2))
    wrong_rate = sum(not change(RATE, rate(a, 40), rate(b, 40)).noise for a, b in wins.tolist()) / tries
    seen = sum(not change(SUM, drawn(40), drawn(90)).noise for _ in range(tries)) / tries
    assert wrong < 0.07
    assert wrong_rate < 0.07
    assert seen > 0.9


SAID = [
    ("en", RATE, {"a": (5, 10), "b": (5, 10)}, {"a": (5, 10), "b": (1, 10)},
     "Win rate fell from 50% to 30% (−20 pts). That is within what chance alone moves it (up to 30 pts "
     "either way). What stands out most for its size is B (team), which went from 50% to 10% and moves the "
     "whole by −20 pts."),
    ("zh", RATE, {"a": (5, 10), "b": (5, 10)}, {"a": (5, 10), "b": (1, 10)},
     "赢单率从 50% 降到 30%（−20 个百分点）。这个变化在随机波动范围内（上下 30 个百分点）。"
     "相对自身规模最突出的是团队“B”：自身由 50% 变为 10%，带动整体 −20 个百分点。"),
    ("en", RATE, {"a": (9, 10), "b": (1, 10)}, {"a": (1, 10), "b": (2, 40)},
     "Win rate fell from 50% to 6.0% (−44 pts). What stands out most for its size is A (team): −35 pts in "
     "all. It went from 90% to 10% (−28 pts), and its share of all that is counted from 50% to 20% "
     "(−6.6 pts)."),
    ("zh", RATE, {"a": (9, 10), "b": (1, 10)}, {"a": (1, 10), "b": (2, 40)},
     "赢单率从 50% 降到 6.0%（−44 个百分点）。相对自身规模最突出的是团队“A”：合计 −35 个百分点。"
     "其中自身由 90% 变为 10%（−28 个百分点），占比由 50% 变为 20%（−6.6 个百分点）。"),
    ("en", RATE, {"a": (9, 10), "b": (10, 50)}, {"a": (20, 50), "b": (2, 10)},
     "Win rate rose from 32% to 37% (+5.0 pts). That is within what chance alone moves it (up to 17 pts "
     "either way). What stands out most for its size is B (team), whose share of all that is counted went "
     "from 83% to 17%: that mix moves the whole by +9.4 pts."),
    ("en", SUM, {"a": (50_000, 1), "b": (50_000, 1)}, {"a": (50_000, 1), "b": (90_000, 1)},
     "Won amount rose from CN¥100K to CN¥140K (+CN¥40K). What stands out most for its "
     "size is B (team): +CN¥40K."),
    ("zh", SUM, {"a": (50_000, 1), "": (50_000, 1)}, {"a": (50_000, 1), "": (90_000, 1)},
     "赢单金额从 ¥10万 升到 ¥14万（+¥4万）。相对自身规模最突出的是团队“未分团队”：+¥4万。"),
    ("en", RATE, {"a": (876, 1000)}, {"a": (880, 1000)},
     "Win rate stayed at about 88% (+0.4 pts). That is within what chance alone moves it (up to 2.9 pts "
     "either way)."),
    ("zh", RATE, {"a": (876, 1000)}, {"a": (880, 1000)},
     "赢单率基本保持在 88%（+0.4 个百分点）。这个变化在随机波动范围内（上下 2.9 个百分点）。"),
    ("en", SUM, {"a": (5, 1)}, {"a": (5, 1)}, "Won amount stayed at CN¥5."),
    ("en", RATE, {}, {"a": (5, 10)},
     "Win rate stands at 50%; in the period before there was nothing to count."),
    ("en", RATE, {}, {}, "Win rate: nothing to count in this period, nor in the one before."),
    ("zh", RATE, {"a": (5, 10)}, {}, "赢单率：本期没有可统计的数据，上期为 50%。"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "metric", "before", "after", "said"), SAID)
def test_the_sentence(language, metric, before, after, said):
    old, new = split(before, n=10), split(after, n=10)
    line = driver_line(language, change(metric, old, new), (old.whole, new.whole), "CNY")
    assert line.text == said


VALUES = [
    ("win_rate", 0.256, "26%", "26%"),
    ("win_rate", 0.056, "5.6%", "5.6%"),
    ("forecast_deviation", -0.85, "−85%", "−85%"),
    ("dwell_days", 2.14, "2.1 days", "2.1 天"),
    ("talk_minutes", 1234.4, "1,234 min", "1,234 分钟"),
    ("response_hours", 8.04, "8.0 h", "8.0 小时"),
    ("wins", 12.0, "12", "12"),
    ("won_amount", 1_234_567.0, "CN¥1.23M", "¥123万"),
    ("average_won", None, "–", "–"),
]


@pytest.mark.parametrize(("name", "value", "english", "chinese"), VALUES)
def test_a_value_in_words(name, value, english, chinese):
    assert value_words("en", METRICS[name], value, "CNY") == english
    assert value_words("zh", METRICS[name], value, "CNY") == chinese


def test_few_rows_are_said_to_be_few():
    old, new = split({"a": (1, 2)}, n=2), split({"a": (3, 3)}, n=LEAST_ROWS - 1)
    line = driver_line("en", change(RATE, old, new), (old.whole, new.whole), "CNY")
    assert line.chance == "Too few rows to tell it from chance (2 before, 4 now)."
