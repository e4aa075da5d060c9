"""How a delivery stands, what a link leads to, and what became of a promise (PRODUCT.md C4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.messages import Problem
from core.promises.acceptance import (
    Answer,
    Door,
    Link,
    Stand,
    Standing,
    confirmation_rate,
    fulfilment,
    may_revoke,
    may_send,
    reminder_due,
    second_due,
    second_rate,
    standing,
)
from core.promises.consistency import ahead, consistency
from core.promises.handover import AnswerInput, DeliveryInput, check_answer, check_delivery

START = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
MARCH = [None, *(date(2026, 3, n) for n in range(1, 32))]


def on(day: float) -> datetime:
    return START + timedelta(days=day)


def links(drawn: str) -> list[Link]:
    """`1@0` round 1 on day 0 for 14 days; a new turn each, `=` the same turn; `x5` revoked on day 5."""
    found: list[Link] = []
    for word in drawn.split():
        head, _, gone = word.partition("x")
        same, head = head.startswith("="), head.lstrip("=")
        round_, _, day = head.partition("@")
        turn = found[-1].turn + (not same) if found else 1
        revoked = on(float(gone)) if gone else None
        found.append(Link(int(round_), turn, on(float(day)), on(float(day) + 14), revoked))
    return found


def answers(drawn: str) -> list[Answer]:
    """`1c3` turn 1 confirmed on day 3, `2p40*` turn 2 a problem on day 40, in the second round."""
    kinds = {"c": "confirmed", "p": "problem"}
    words = [(w.rstrip("*"), 2 if w.endswith("*") else 1) for w in drawn.split()]
    return [Answer(round_, int(w[0]), kinds[w[1]], on(float(w[2:]))) for w, round_ in words]


# fmt: off
STANDS = [
    # links            answers        day   state        delivered  second       open
    ("",               "",            0,    "not_ready", False,     "",          False),
    ("1@0",            "",            -1,   "not_ready", False,     "",          False),  # not known yet
    ("1@0",            "",            13,   "sent",      False,     "",          True),
    ("1@0",            "",            14,   "expired",   False,     "",          False),
    ("1@0x5",          "",            4,    "sent",      False,     "",          True),
    ("1@0x5",          "",            5,    "revoked",   False,     "",          False),
    ("1@0x5 =1@5",     "",            6,    "sent",      False,     "",          True),   # a fresh link
    ("1@0",            "1c3",         2,    "sent",      False,     "",          True),
    ("1@0",            "1c3",         3,    "confirmed", True,      "",          False),
    ("1@0",            "1c3",         99,   "confirmed", True,      "",          False),
    ("1@0",            "1p3",         20,   "problem",   False,     "",          False),
    ("1@0 1@8",        "1p3",         9,    "sent",      False,     "",          True),   # mended, asked anew
    ("1@0 1@8",        "1p3",         23,   "expired",   False,     "",          False),
    ("1@0 1@8",        "1p3 2c9",     10,   "confirmed", True,      "",          False),
    ("1@0 2@33",       "1c3",         34,   "confirmed", True,      "asked",     True),
    ("1@0 2@33",       "1c3",         60,   "confirmed", True,      "asked",     False),  # silence
    ("1@0 2@33",       "1c3 2c34*",   40,   "confirmed", True,      "confirmed", False),
    ("1@0 2@33",       "1c3 2p34*",   40,   "problem",   False,     "problem",   False),  # taken back
    ("1@0 2@33 2@41",  "1c3 2p34*",   42,   "sent",      False,     "problem",   True),
    ("1@0 2@33 2@41",  "1c3 2p34* 3c43*", 44, "confirmed", True,    "confirmed", False),
]

DOORS = [
    # answered  revoked  day   door
    (False,     None,    1,    "open"),
    (False,     None,    14,   "expired"),
    (False,     2,       1,    "open"),
    (False,     2,       2,    "revoked"),
    (False,     2,       20,   "revoked"),
    (True,      None,    1,    "answered"),
    (True,      2,       20,   "answered"),  # the result stays to be seen
]

FULFILMENTS = [
    # promised  state        ready on  today  became of it
    (10,        "not_ready", 0,        10,    "open"),
    (10,        "not_ready", 0,        11,    "missed"),
    (10,        "sent",      0,        10,    "open"),
    (10,        "sent",      0,        11,    "missed"),  # ready in time, but nobody has confirmed it
    (10,        "problem",   0,        11,    "missed"),
    (10,        "confirmed", 10,       25,    "kept"),    # confirmed later: it was ready in time
    (10,        "confirmed", 11,       25,    "late"),
    (10,        "confirmed", 5,        6,     "kept"),
]
# fmt: on


@pytest.mark.parametrize(("sent", "said", "day", "state", "delivered", "second", "can_answer"), STANDS)
def test_how_a_delivery_stands(sent, said, day, state, delivered, second, can_answer):
    seen = standing(links(sent), answers(said), on(day))
    assert (seen.state, seen.delivered, seen.second) == (Stand(state), delivered, second)
    assert (seen.expires_at is not None) is can_answer
    assert may_revoke(seen) is can_answer
    assert may_send(seen) is (state not in ("not_ready", "confirmed") or second == "asked")


@pytest.mark.parametrize(("answered", "revoked", "day", "door"), DOORS)
def test_what_a_link_leads_to(answered, revoked, day, door):
    link = Link(1, 1, on(0), on(14), None if revoked is None else on(revoked))
    assert link.door(answered, on(day)) is Door(door)


@pytest.mark.parametrize(("promised", "state", "ready", "today", "expected"), FULFILMENTS)
def test_without_a_confirmation_nothing_is_delivered(promised, state, ready, today, expected):
    seen = Standing(Stand(state))
    assert fulfilment(MARCH[promised], seen, MARCH[ready], MARCH[today]).value == expected


def test_a_promise_is_held_against_the_day_of_what_was_confirmed():
    seen = standing(links("1@0 1@8"), answers("1p3 2c9"), on(10))
    assert seen.kept_at == on(8)  # the first try did not work
    again = standing(links("1@0 2@33 2@41"), answers("1c3 2p34* 3c43*"), on(44))
    assert again.kept_at == on(0)  # a problem a month later is not a broken date
    assert again.confirmed_at == on(3)


def test_what_is_delivered_is_neither_ahead_nor_a_conflict():
    promised, planned = MARCH[10], MARCH[20]
    assert consistency(promised, planned, 3).light == "red"
    assert consistency(promised, planned, 3, delivered=True).light == "green"
    assert consistency(promised, None, 3, delivered=True).code == "delivered"
    assert ahead(promised, planned, MARCH[5])
    assert not ahead(promised, planned, MARCH[5], delivered=True)


def test_what_is_ready_by_the_promised_day_is_no_conflict_and_waits_for_that_day():
    promised, planned = MARCH[10], MARCH[20]
    for plan in (planned, None):
        in_time, late = (consistency(promised, plan, 3, ready_on=MARCH[n]) for n in (10, 11))
        assert (in_time.light, in_time.code, in_time.gap_days, late.light) == ("green", "ready", 0, "red")
        assert ahead(promised, plan, MARCH[10], ready_on=MARCH[10])
        assert not ahead(promised, plan, MARCH[11], ready_on=MARCH[10])


@pytest.mark.parametrize(
    ("sent", "said", "day", "expected"),
    [
        ("1@0", "1c3", 32.9, False),
        ("1@0", "1c3", 33, True),
        ("1@0", "1p3", 60, False),
        ("1@0", "", 60, False),
        ("1@0 2@33", "1c3", 60, False),  # asked already
    ],
)
def test_when_the_second_question_is_due(sent, said, day, expected):
    seen = standing(links(sent), answers(said), on(day))
    assert second_due(seen, 30, on(day)) is expected


@pytest.mark.parametrize(
    ("sent", "said", "day", "expected"),
    [
        ("1@0 2@33", "1c3", 40, False),
        ("1@0 2@33", "1c3", 50, True),
        ("1@0 2@33x35", "1c3", 36, True),
        ("1@0 2@33 =2@50", "1c3", 51, False),  # a fresh link
        ("1@0 2@33", "1c3 2c34*", 50, False),
        ("1@0", "", 20, False),  # the first question is not the second
    ],
)
def test_when_the_second_question_has_no_link_any_more(sent, said, day, expected):
    assert standing(links(sent), answers(said), on(day)).second_ended is expected


@pytest.mark.parametrize(("day", "life", "expected"), [(10.9, 14, False), (11, 14, True), (13.9, 14, True),
                                                       (14, 14, False), (12, 3, False)])  # fmt: skip
def test_when_a_reminder_is_due(day, life, expected):
    assert reminder_due(standing(links("1@0"), [], on(day)), life, 3, on(day)) is expected


def test_rates_say_what_they_are_made_of():
    drawn = [("", ""), ("1@0x5", ""), ("1@0", ""), ("1@0", "1p3"), ("1@0", "1c3"), ("1@0 2@33", "1c3 2c34*"),
             ("1@0 2@33", "1c3"), ("1@0 2@33", "1c3 2p34*")]  # fmt: skip
    seen = [standing(links(sent), answers(said), on(60)) for sent, said in drawn]
    first, second = confirmation_rate(seen), second_rate(seen)
    assert (first.part, first.whole, first.share) == (3, 6, 0.5)
    assert (second.part, second.whole) == (1, 3)
    assert second_rate([]).share is None


def codes(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(p.field, p.code) for p in problems]


@pytest.mark.parametrize(
    ("delivery", "expected"),
    [
        (DeliveryInput("Dashboard", "zh"), []),
        (DeliveryInput(" ", "fr"), [("title", "required"), ("language", "unknown_choice")]),
        (DeliveryInput("D", "en", video_url="http://plain.example"), [("video_url", "bad_url")]),
        (DeliveryInput("D", "en", video_url="javascript:alert(1)"), [("video_url", "bad_url")]),
        (DeliveryInput("D", "en", video_url='https://a.example/"onload'), [("video_url", "bad_url")]),
        (DeliveryInput("D", "en", video_url="https://x;sandbox/a.mp4"), [("video_url", "bad_url")]),
        (DeliveryInput("D", "en", video_url="https://x,y.example/a.mp4"), [("video_url", "bad_url")]),
        (DeliveryInput("D", "en", video_url="https://视频.example/a.mp4"), [("video_url", "bad_url")]),
        (DeliveryInput("D", "en", video_url="https://v.example:8443/视频.mp4"), []),
        (DeliveryInput("D", "en", video="ab", video_url="https://a.example"), [("video_url", "one_video")]),
        (DeliveryInput("D" * 201, "en"), [("title", "too_long")]),
    ],
)
def test_what_a_delivery_lacks(delivery, expected):
    assert codes(check_delivery(delivery, ("en", "zh"))) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (AnswerInput("confirmed"), []),
        (AnswerInput("problem", "Slow"), []),
        (AnswerInput("problem", "\n"), [("text", "required")]),
        (AnswerInput("problem", "x" * 4001), [("text", "too_long")]),
        (AnswerInput("delete"), [("kind", "unknown_choice")]),
    ],
)
def test_what_an_answer_lacks(answer, expected):
    assert codes(check_answer(answer)) == expected
