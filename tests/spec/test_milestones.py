"""Milestones as rules: what a criterion counts, when it is met, where it goes, how likely it is reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.milestones.assess import State, Trend, assess, verdict, whole_chance
from core.milestones.completeness import Follow, missing
from core.milestones.criteria import BY_NAME, CRITERIA, DAYS, Window, window
from core.milestones.evidence import Evidence, commonest, mean, weeks, worst
from core.milestones.outlook import everybody_chance, mean_chance, share_chance
from core.milestones.path import Phase, check_launch, phase
from core.milestones.samples import Found, tally
from core.policies import DEFAULTS
from data.milestone_words import next_words

LAUNCH = date(2026, 1, 1)
FIRST = date(2026, 3, 2)


def rows(drawn: str, start: date = LAUNCH, whose: str = "Li") -> list[Evidence]:
    """One row a day: + and - for yes and no, a digit for tens of a number, a dot for a day without one."""
    found = []
    for n, mark in enumerate(drawn):
        if mark != ".":
            value = {"+": 1.0, "-": 0.0}.get(mark)
            value = float(mark) * 10 if value is None else value
            found.append(Evidence(n, start + timedelta(days=n), whose, "", value))
    return found


def test_the_four_milestones_ask_for_what_the_product_says():
    assert {(c.name, c.day, c.limit(DEFAULTS), c.unit, c.lower_is_better) for c in CRITERIA} == {
        ("recording", 30, 1.0, "rate", False),
        ("completeness", 30, 0.85, "rate", False),
        ("accuracy", 60, 0.75, "rate", False),
        ("adoption", 60, 0.60, "rate", False),
        ("response", 90, 24.0, "hours", True),
        ("kept", 90, 0.80, "rate", False),
        ("reporting", 120, 30.0, "minutes", True),
        ("located", 120, 15.0, "minutes", True),
    }
    assert DAYS == (30, 60, 90, 120)


# fmt: off
STATES = [
    # criterion       its rows, from the launch on    state
    ("completeness", "+++++++++++++++++---",          State.MET),     # 17 of 20 are exactly 85%
    ("completeness", "++++++++++++++++----",          State.MISSED),
    ("completeness", "++++",                          State.LITTLE),  # four rows say too little
    ("completeness", "",                              State.LITTLE),
    ("recording",    "+",                             State.MET),     # one rep, who records
    ("recording",    "++++-",                         State.MISSED),  # every rep, not most
    ("adoption",     "+++--",                         State.MET),
    ("adoption",     "++---",                         State.MISSED),
    ("response",     "12345",                         State.MISSED),  # a mean of 30 hours
    ("response",     "12342",                         State.MET),     # 24 hours exactly
    ("kept",         "++++-",                         State.MET),
    ("reporting",    "33333",                         State.MET),
    ("reporting",    "33334",                         State.MISSED),
    ("located",      "11112",                         State.MET),
]
# fmt: on


@pytest.mark.parametrize(("name", "drawn", "state"), STATES)
def test_a_criterion_is_met_missed_or_not_to_be_judged(name, drawn, state):
    criterion = BY_NAME[name]
    days = window(LAUNCH, criterion.day)
    told = assess(criterion, rows(drawn, days.first), days, days.due_on - timedelta(days=1), DEFAULTS)
    assert told.state is state
    assert told.n == len(drawn)
    assert told.value == mean(rows(drawn))
    assert told.chance is None  # its day is here: what happened is no chance


@pytest.mark.parametrize(("drawn", "rejected"), [("+++--", True), ("+++++", False)])
def test_who_rejected_nothing_is_not_sent_to_the_rejected(drawn, rejected):
    days = window(LAUNCH, 60)
    told = assess(BY_NAME["adoption"], rows(drawn, days.first), days, days.due_on, DEFAULTS)
    for language, word in (("en", "rejected"), ("zh", "不采纳")):
        assert (word in next_words(language, told, over=True)) is rejected


def test_accuracy_is_one_less_what_was_missed_over_what_was_forecast():
    months = [
        Evidence(1, date(2026, 1, 31), "", "", 1 - 20 / 100, 100, "short"),  # forecast 100, came 80
        Evidence(2, date(2026, 2, 28), "", "", 1 - 90 / 300, 300, "over"),  # forecast 300, came 390
    ]
    assert mean(months) == pytest.approx(1 - (20 + 90) / 400)
    days = window(LAUNCH, 60)
    told = assess(BY_NAME["accuracy"], months, days, date(2026, 3, 1), DEFAULTS)
    assert told.state is State.MISSED


# fmt: off
WINDOWS = [
    # day  today                counted from    up to, without
    (30,  date(2026, 1, 10),   (2026, 1, 1),   (2026, 1, 11)),
    (30,  date(2026, 2, 20),   (2026, 1, 1),   (2026, 1, 31)),   # over: its own days
    (120, date(2026, 4, 15),   (2026, 4, 1),   (2026, 4, 16)),   # the last 30 days before its own
    (120, date(2026, 2, 1),    (2026, 1, 3),   (2026, 2, 2)),    # not begun: as many days up to today
]
# fmt: on


@pytest.mark.parametrize(("day", "today", "first", "end"), WINDOWS)
def test_which_days_are_looked_at(day, today, first, end):
    assert window(LAUNCH, day).shown(today) == Window(date(*first), date(*end))


def test_how_a_milestone_lies_in_time():
    days = window(LAUNCH, 120)
    assert [phase(LAUNCH, days.first, days.due_on, d) for d in (LAUNCH, days.first, days.due_on)] == [
        Phase.COMING, Phase.RUNNING, Phase.OVER,
    ]  # fmt: skip


# fmt: off
TRENDS = [
    # 28 days before            the last 28 days     trend
    ("-" * 14 + "+" * 14,      "+" * 28,             Trend.BETTER),
    ("+" * 28,                 "-" * 14 + "+" * 14,  Trend.WORSE),
    ("+" * 28,                 "+" * 28,             Trend.STEADY),
    ("." * 28,                 "+" * 28,             Trend.UNKNOWN),
]
# fmt: on


@pytest.mark.parametrize(("before", "recent", "trend"), TRENDS)
def test_the_trend_holds_four_weeks_against_the_four_before(before, recent, trend):
    days, today = window(LAUNCH, 90), LAUNCH + timedelta(days=55)
    told = assess(BY_NAME["kept"], rows(before + recent), days, today, DEFAULTS)
    assert told.trend is trend


def test_fewer_hours_are_better():
    days, today = window(LAUNCH, 90), LAUNCH + timedelta(days=55)
    told = assess(BY_NAME["response"], rows("4" * 28 + "1" * 28), days, today, DEFAULTS)
    assert (told.trend, told.recent, told.before) == (Trend.BETTER, 10.0, 40.0)


def test_the_outlook_of_a_share_depends_on_pace_and_limit():
    good, bad = rows("+" * 28), rows("+" * 14 + "-" * 14)
    sure = share_chance(good, good, 30, 0.8, 5)
    poor = share_chance(bad, bad, 30, 0.8, 5)
    assert sure is not None
    assert poor is not None
    assert sure > 0.95
    assert poor < 0.05
    assert share_chance(good[:4], good[:4], 30, 0.8, 5) is None  # too few rows
    assert share_chance(bad, bad, 0, 0.5, 5) == 1.0  # nothing more to come: it is reached
    assert share_chance(bad, bad, 0, 0.51, 5) == 0.0


def test_the_outlook_of_a_mean_falls_with_what_is_used_up():
    low, high = rows("1212121212"), rows("3434343434")
    chances = [mean_chance(held, low, 10, 24.0, 5) for held in ([], low, high)]
    assert None not in chances
    assert chances[0] > 0.99
    assert chances[1] > 0.99
    assert chances[2] < 0.7
    assert mean_chance(low[:3], low[:3], 10, 24.0, 5) is None


def test_who_has_not_begun_makes_the_outlook_of_every_rep():
    quick = everybody_chance([(1, True), (2, True), (3, False)], 20)
    slow = everybody_chance([(1, True), (20, False), (20, False)], 3)
    assert quick is not None
    assert slow is not None
    assert quick > 0.9
    assert slow < 0.1
    assert everybody_chance([], 10) is None


def test_months_bring_their_own_outlook_until_the_day_comes():
    days = window(LAUNCH, 60)
    for today, expected in ((LAUNCH + timedelta(days=10), 0.7), (days.due_on - timedelta(days=1), None)):
        told = assess(BY_NAME["accuracy"], [], days, today, DEFAULTS, months_chance=0.7)
        assert told.chance == expected


# fmt: off
VERDICTS = [
    ([State.MET, State.MET],       State.MET),
    ([State.MET, State.MISSED],    State.MISSED),
    ([State.MET, State.LITTLE],    State.LITTLE),
    ([State.LITTLE, State.MISSED], State.MISSED),
    ([],                           State.LITTLE),
]
# fmt: on


@pytest.mark.parametrize(("states", "expected"), VERDICTS)
def test_a_milestone_is_met_with_all_its_criteria(states, expected):
    assert verdict(states) is expected


def test_chances_together():
    assert whole_chance([0.5, 0.5]) == 0.25
    assert whole_chance([0.5, None]) is None
    assert whole_chance([]) is None


def test_who_stands_worst_and_why():
    mine = rows("++-", whose="Li") + rows("--+", whose="Wang")
    assert worst(mine, lower_is_better=False) == "Wang"
    assert worst(rows("12", whose="Li") + rows("34", whose="Wang"), lower_is_better=True) == "Wang"
    told = [replace(row, why="link next_step") for row in rows("--")] + [replace(rows("-")[0], why="link")]
    assert commonest(told) == (("link", 3), ("next_step", 2))


def test_values_by_week_add_up_to_the_whole():
    found = weeks(rows("+" * 7 + "-" * 7), LAUNCH, LAUNCH + timedelta(days=14))
    assert [(w.starts_on, w.value, w.n) for w in found] == [
        (LAUNCH, 1.0, 7), (LAUNCH + timedelta(days=7), 0.0, 7),
    ]  # fmt: skip


WHOLE = Follow(
    "solution_demo",
    True,
    {"shown": "x", "watchers": [{"name": "Wu", "role": "user"}], "reaction": "neutral"},
    "The customer saw it and liked it",
    False,
    True,
    True,
)

# fmt: off
LACKS = [
    ({},                                 ()),
    ({"recorded": False},                ("not_recorded",)),
    ({"fields": {"shown": "x"}},         ("fields",)),
    ({"summary": "short"},               ("summary",)),
    ({"linked": False},                  ("link",)),
    ({"continued": False, "summary": ""}, ("summary", "next_step")),
]
# fmt: on


@pytest.mark.parametrize(("changes", "expected"), LACKS)
def test_what_a_record_lacks(changes, expected):
    assert missing(replace(WHOLE, **changes), DEFAULTS) == expected


def test_a_recording_is_asked_for_where_the_policy_does():
    strict = replace(DEFAULTS, recording_required=True)
    assert missing(WHOLE, strict) == ("voice",)
    assert missing(replace(WHOLE, heard=True), strict) == ()


# fmt: off
LAUNCHES = [
    # date                 reason    the one that stands   what is wrong
    (date(2026, 3, 2),    "",       None,                  []),
    (None,                "",       None,                  ["required"]),
    (date(2026, 3, 2),    "x",      date(2026, 3, 2),      ["same_date"]),
    (date(2026, 3, 3),    " ",      date(2026, 3, 2),      ["reason_required"]),
    (date(2020, 3, 3),    "x",      date(2026, 3, 2),      ["launch_far"]),
    (date(2030, 3, 3),    "",       None,                  ["launch_far"]),
    (date(2026, 3, 3),    "x" * 501, date(2026, 3, 2),     ["too_long"]),
]
# fmt: on


@pytest.mark.parametrize(("on", "reason", "before", "codes"), LAUNCHES)
def test_a_launch_date_is_checked(on, reason, before, codes):
    assert [p.code for p in check_launch(on, reason, before, FIRST)] == codes


# fmt: off
SAMPLES = [
    # all rows  confirmed  differ  cannot be told   of all rows, in percent
    (100,       0,         0,      3,               None),
    (100,       9,         1,      0,               (60, 98)),
    (4,         0,         1,      0,               (0, 75)),     # three may still be confirmed, not four
    (4,         1,         0,      0,               (25, 100)),
    (4,         2,         1,      1,               (50, 75)),
    (4,         3,         1,      0,               None),        # all are known: the counts say it
]
# fmt: on


@pytest.mark.parametrize(("population", "confirmed", "differs", "unclear", "said"), SAMPLES)
def test_a_sample_says_of_all_rows_no_more_than_can_be(population, confirmed, differs, unclear, said):
    found = [Found.CONFIRMED] * confirmed + [Found.DIFFERS] * differs + [Found.UNCLEAR] * unclear
    told = tally(len(found), found, population)
    ends = None if told.low is None or told.high is None else (round(told.low * 100), round(told.high * 100))
    assert ends == said
