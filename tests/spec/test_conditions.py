"""Conditions over fields, as a table; and that no text whatever is more than read (PRODUCT.md F2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conditions import DEEPEST, LONGEST, Fault, holds, names, read

RECORD = {
    "reaction": "sceptical",
    "quote": {"amount": Decimal(120_000), "currency": "CNY"},
    "seats": Decimal("12.5"),
    "valid_until": date(2026, 4, 1),
    "go_live": date(2026, 6, 1),
    "attendees": [{"name": "Wu Lei", "role": "buyer"}, {"name": "Li Na", "role": "user"}],
    "consultant": {"id": 7, "name": "Chen Yu"},
    "budget": "  ",
    "place": "Tianjin, site 2",
}

# fmt: off
TABLE = [
    ("reaction = 'sceptical'",                                  True),
    ("reaction != 'sceptical'",                                 False),
    ("quote > 100000",                                          True),
    ("quote <= 100000",                                         False),
    ("seats = 12.5",                                            True),
    ("seats >= -3",                                             True),
    ("valid_until < '2026-05-01'",                              True),
    ("valid_until < go_live",                                   True),
    ("attendees contains 'wu'",                                 True),
    ("consultant = 'Chen Yu'",                                  True),
    ("place contains 'tianjin'",                                True),
    ("budget is empty",                                         True),
    ("budget is filled or reaction = 'sceptical'",              True),
    ("not (budget is filled) and quote > 1",                    True),
    ("reaction = 'x' and seats > 1 or seats > 2",               True),   # and binds first
    ("reaction = 'x' and (seats > 1 or seats > 2)",             False),
    ("quote > 'many'",                                          False),  # what cannot be compared is false
    ("seats < reaction",                                        False),
    ("no_such_field > 1",                                       False),
    ("no_such_field = ''",                                      False),
    ("reaction ＝ “sceptical”",                                  True),   # as Chinese keyboards write it
]
FAULTS = [
    ("",                        "condition_unfinished"),
    ("budget",                  "condition_unfinished"),
    ("budget is",               "condition_unfinished"),
    ("(budget is empty",        "condition_unfinished"),
    ("budget is empty)",        "condition_unreadable"),
    ("quote > 1 > 0",           "condition_unreadable"),
    ("__import__('os')",        "condition_unreadable"),
    ("quote.amount > 1",        "condition_unreadable"),
    ("quote > (1)",             "condition_unreadable"),
    ("and = 1",                 "condition_unreadable"),
    ("a is empty " * 40,        "condition_too_long"),
    ("not " * 13 + "a = 1",     "condition_too_deep"),
]
# fmt: on


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_a_condition_holds_or_not(text, expected):
    assert holds(read(text), RECORD) is expected


@pytest.mark.parametrize(("text", "code"), FAULTS)
def test_what_cannot_be_read_says_so(text, code):
    found = read(text)
    assert isinstance(found, Fault)
    assert found.code == code


def test_a_condition_names_what_it_reads():
    assert names(read("not (a = b) and (c is empty or d > 1)")) == {"a", "b", "c", "d"}


PIECES = st.sampled_from(
    ["a", "b", "and", "or", "not", "is", "empty", "filled", "contains", "(", ")", "=", "<", "1", "'x'", "."]
)
ANYTHING = st.one_of(st.text(max_size=LONGEST + 5), st.lists(PIECES, max_size=30).map(" ".join))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=9) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["amount", "id", "name"]), inner)
    ),
    max_leaves=4,
)


@given(ANYTHING, st.fixed_dictionaries({"a": VALUES, "b": VALUES}))
def test_reading_and_holding_never_raise(text, record):
    found = read(text)
    assert isinstance(found, Fault) or holds(found, record) in (True, False)


def test_brackets_are_read_as_deep_as_is_said():
    assert not isinstance(read("(" * (DEEPEST - 1) + "a = 1" + ")" * (DEEPEST - 1)), Fault)
