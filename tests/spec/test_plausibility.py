"""What is worth a look in a person's records, drawn as days of entries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.policies import DEFAULTS, override
from core.process.plausibility import CHECKS, Entry, back_to_back, bursts, identical_text, on_the_hour

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai


def entry(
    number: int, *, start: float = 0, length: float = 30, entered: float | None = None, **more
) -> Entry:
    """An action `start` minutes after nine; entered when it ended unless said otherwise."""
    begun = MORNING + timedelta(minutes=start)
    end = begun + timedelta(minutes=length)
    at = end if entered is None else MORNING + timedelta(minutes=entered)
    return Entry(number, f"Customer {number}", begun, end, at, begun.minute, **more)


def entered(*minutes: float, **more) -> list[Entry]:
    return [entry(n, start=-600 * n, entered=m, **more) for n, m in enumerate(minutes)]


@pytest.mark.parametrize(
    ("minutes", "seen"),
    [
        ((0, 2, 4, 6, 10), {0, 1, 2, 3, 4}),
        ((0, 2, 4, 6, 10.1), None),  # a moment too slow
        ((0, 2, 4, 6), None),  # one too few
        ((0, 9, 10, 11, 12, 13), {1, 2, 3, 4, 5}),  # wherever the ten minutes begin
        ((0, 1, 2, 3, 4, 300, 301, 302, 303, 304), set(range(10))),  # twice
    ],
)
def test_many_entries_within_minutes(minutes, seen):
    sign = bursts(entered(*minutes), DEFAULTS)
    assert (sign and set(sign.actions)) == seen


def test_a_burst_says_how_many_in_how_long_and_when():
    sign = bursts(entered(300, 0, 2, 4, 6.5, 1), DEFAULTS)
    assert sign.params == {"actions": 5, "minutes": 7, "at": MORNING}


def test_what_a_file_brought_is_no_burst():
    assert bursts(entered(0, 1, 2, 3, 4, 5, typed=False), DEFAULTS) is None


@pytest.mark.parametrize(
    ("gap", "places", "seen"),
    [
        (14, ("Wuxi, plant 2", "Suzhou, park 9"), True),
        (0, ("Wuxi, plant 2", "Suzhou, park 9"), True),
        (15, ("Wuxi, plant 2", "Suzhou, park 9"), False),  # enough to get there
        (5, ("Expo hall 3", "expo hall 3."), False),  # one place, two customers
        (5, ("Wuxi, plant 2", "https://meet.example/9"), False),  # a call from where one is
        (5, ("Wuxi, plant 2", ""), False),  # no visit
    ],
)
def test_visits_with_no_time_between(gap, places, seen):
    day = [entry(1, start=0, place=places[0]), entry(2, start=30 + gap, place=places[1])]
    sign = back_to_back(day, DEFAULTS)
    assert (sign is not None) == seen
    if sign:
        assert sign.actions == (1, 2)
        assert sign.params == {"pairs": 1, "minutes": gap, "from": "Customer 1", "to": "Customer 2"}


@pytest.mark.parametrize(
    ("texts", "seen"),
    [
        (("All went well.", "all went well", "ALL WENT WELL!"), (0, 1, 2)),
        (("All went well.", "all went well", "All went quite well."), None),  # two alike are chance
        (("", " ", "…"), None),  # nothing is not alike
        (("谈得很好，下周再约。", "谈得很好下周再约", "谈得很好，下周再约"), (0, 1, 2)),
    ],
)
def test_one_text_again_and_again(texts, seen):
    day = [entry(n, start=40 * n, text=text) for n, text in enumerate(texts)]
    sign = identical_text(day, DEFAULTS)
    assert (sign and sign.actions) == seen


def test_identical_text_counts_texts_and_shows_the_commonest():
    texts = ["a b"] * 3 + ["c d"] * 4 + ["x"]
    sign = identical_text([entry(n, start=40 * n, text=text) for n, text in enumerate(texts)], DEFAULTS)
    assert sign.params == {"texts": 2, "actions": 7, "most": 4, "text": "c d"}


@pytest.mark.parametrize(
    ("sharp", "other", "seen"),
    [(20, 0, True), (19, 0, False), (19, 1, True), (18, 2, False), (40, 2, True), (40, 3, False)],
)
def test_times_always_on_the_hour(sharp, other, seen):
    day = [entry(n, start=60 * n) for n in range(sharp)]
    day += [entry(100 + n, start=60 * n + 10) for n in range(other)]
    sign = on_the_hour(day, DEFAULTS)
    assert (sign is not None) == seen
    if sign:
        assert sign.params == {"actions": sharp, "of": sharp + other}


def test_an_honest_fortnight_shows_nothing():
    """Two or three visits a day, written down in the evening one after the other."""
    days = [
        entry(
            10 * day + n,
            start=1440 * day + 150 * n + 7 * day % 45,
            entered=1440 * day + 540 + 4 * n,
            text=f"What was said on day {day} at the {n}th",
            place=f"Site {n}",
        )
        for day in range(14)
        for n in range(3)
    ]
    assert {kind: check(days, DEFAULTS) for kind, check in CHECKS.items()} == dict.fromkeys(CHECKS)


def test_a_company_sets_its_own_thresholds():
    own = override({"burst_actions": 3, "same_text_actions": 2}, version=1)
    day = [entry(n, start=40 * n, entered=n, text="Same") for n in range(3)]
    assert bursts(day, own)
    assert identical_text(day[:2], own)
    assert bursts(day, DEFAULTS) is None
