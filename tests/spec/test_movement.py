"""Why a forecast moved: drawn snapshots, expected parts; whatever happens, the parts are the difference."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.forecast.movement import Move, Stood, Whole, movement, sums

MARCH, APRIL = date(2026, 3, 20), date(2026, 4, 20)


def drawn(words: str) -> Stood | None:
    """`"won 90"`, `"50% 200 Mar"`, `"50% 160/200"` where 200 is booked, `"-"` for not in the snapshot."""
    if words == "-":
        return None
    first, *rest = words.split()
    if first == "won":
        return Stood(Decimal(rest[0]), won=True)
    chance = float(first.rstrip("%")) / 100
    amount, booked = map(Decimal, (rest[0].split("/") * 2)[:2])
    close_on = {"Mar": MARCH, "Apr": APRIL}.get(rest[1]) if rest[1:] else None
    return Stood(Decimal(str(chance)) * amount, False, chance, amount, close_on, booked)


def whole(stood: Stood | None, fresh: int = 0, adjustment: int = 0) -> Whole:
    value = (stood.value if stood else Decimal(0)) + fresh + adjustment
    return Whole(value, {7: stood} if stood else {}, Decimal(fresh))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("-", "40% 100", {"new": 40}),
        ("40% 100", "won 90", {"won": 50}),
        ("-", "won 90", {"won": 90}),
        ("40% 100", "-", {"lost": -40}),
        ("won 90", "40% 100", {"reopened": -50}),
        ("won 90", "-", {"reopened": -90}),
        ("won 90", "won 80", {"amount_down": -10}),
        ("40% 100 Mar", "60% 100 Mar", {"chance_up": 20}),
        ("40% 100 Mar", "10% 100 Mar", {"chance_down": -30}),
        ("40% 100 Apr", "60% 100 Mar", {"pulled_in": 20}),
        ("40% 100 Mar", "10% 100 Apr", {"pushed_out": -30}),
        ("40% 100 Mar", "60% 100 Apr", {"chance_up": 20}),  # pushed, and likelier all the same
        ("40% 100", "40% 150", {"amount_up": 20}),
        ("40% 100", "60% 200", {"chance_up": 30, "amount_up": 50}),
        ("50% 160/200", "50% 180/200", {"usual_up": 10}),  # nobody touched the amount
        ("50% 180/180", "50% 160/200", {"amount_up": 9, "usual_down": -19}),
        ("50% 160/0", "50% 180/200", {"amount_up": 10}),  # booked for the first time
        ("40% 100", "40% 100", {}),
    ],
)
def test_each_turn_has_its_part(before, after, expected):
    moves = movement(whole(drawn(before)), whole(drawn(after)))
    assert {m.part: m.value for m in moves} == expected
    assert {m.opportunity_id for m in moves} <= {7}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("40% 100", "-", {"handed_over": -40}),
        ("-", "40% 100", {"taken_over": 40}),
        ("-", "won 90", {"taken_over": 90}),
    ],
)
def test_what_passes_to_or_from_others_is_neither_lost_nor_new(before, after, expected):
    moves = movement(whole(drawn(before)), whole(drawn(after)), {7})
    assert {m.part: m.value for m in moves} == expected


def test_what_is_not_in_the_books_and_the_adjustment_move_on_their_own():
    found = movement(whole(None, fresh=30, adjustment=5), whole(None, fresh=10, adjustment=25))
    assert found == (Move("arrivals", None, Decimal(-20)), Move("adjustment", None, Decimal(20)))


money = st.decimals(0, 10**7, places=4)
opened = st.builds(
    lambda p, a, c, b: Stood((Decimal(repr(p)) * a).quantize(Decimal("0.0001")), False, p, a, c, b),
    st.floats(0, 1),
    money,
    st.sampled_from([None, MARCH, APRIL]),
    st.none() | money,
)
snapshots = st.builds(
    Whole,
    money,
    st.dictionaries(st.integers(1, 6), opened | st.builds(Stood, money, st.just(True))),
    money,
)


@given(snapshots, snapshots)
def test_the_parts_add_up_exactly(before, after):
    moves = movement(before, after)
    assert sum((m.value for m in moves), Decimal(0)) == after.value - before.value
    assert sum(sums(moves).values(), Decimal(0)) == after.value - before.value
    assert movement(before, before) == ()
