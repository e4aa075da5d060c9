"""Layouts of Today: order, what is shown, how many; what must be seen stays (F1, F2)."""

from __future__ import annotations

import pytest

from core.home import (
    FIRST,
    MANDATORY,
    Kind,
    Layout,
    check_layout,
    from_document,
    in_order,
    is_hidden,
    kinds_of,
    layout_of,
    moved,
    to_document,
    with_limit,
    with_shown,
)
from core.policies import override
from core.terms import Role
from data.text import LANGUAGES, has

OWN = Layout("rep", ("grade", "overdue"), ("draft", "summary"), (("due", 9),))

# fmt: off
WRONG = [
    # layout                                        problems, each at its field
    (Layout(),                                      []),
    (OWN,                                           []),
    (Layout(hidden=("conflict", "draft")),          [("hidden", "kind_mandatory")]),   # a promise that burns
    (Layout(hidden=("red",)),                       [("hidden", "kind_mandatory")]),
    (Layout(order=("luck",)),                       [("order", "unknown_choice")]),
    (Layout(role="king"),                           [("role", "unknown_choice")]),
    (Layout(limits=(("due", 0),)),                  [("limit_due", "out_of_range")]),
    (Layout(limits=(("draft", 51),)),               [("limit_draft", "out_of_range")]),
    (Layout(limits=(("due", 1), ("draft", 50))),    []),
]
# fmt: on


@pytest.mark.parametrize(("layout", "expected"), WRONG)
def test_a_layout_is_refused_where_it_is_wrong(layout, expected):
    problems = check_layout(layout)
    assert [(p.field, p.code) for p in problems] == expected
    assert all(has(language, f"problems.{p.code}") for p in problems for language in LANGUAGES)


@pytest.mark.parametrize("kind", sorted(MANDATORY))
def test_what_must_be_seen_is_seen_whatever_a_document_says(kind):
    assert not is_hidden(from_document({"key": "rep", "hidden": [kind]}), kind)


def test_kinds_come_in_the_order_of_the_layout_and_others_after_them():
    kinds = kinds_of(Role.REP)
    assert in_order(Layout(), kinds) == kinds == tuple(k for k in Kind if k in kinds)
    assert in_order(OWN, kinds)[:2] == (Kind.GRADE, Kind.OVERDUE)
    assert sorted(in_order(OWN, kinds)) == sorted(kinds)
    up = moved(Layout(), kinds, kinds[1], -1)
    assert in_order(up, kinds)[:2] == (kinds[1], kinds[0])
    assert in_order(moved(up, kinds, kinds[1], -1), kinds) == in_order(up, kinds)  # at the end it stays


def test_a_layout_is_kept_as_a_document_and_the_policy_has_it_by_role():
    assert from_document(to_document(OWN)) == OWN
    assert from_document({"key": "rep", "order": ["from_the_future", "due"]}).order == ("due",)
    policy = override({"home": [to_document(OWN)]}, 1)
    assert layout_of(policy.home, "rep") == OWN
    assert layout_of(policy.home, "manager") == Layout("manager")


def test_showing_and_limits_leave_no_trace_when_they_are_taken_back():
    assert with_shown(with_shown(Layout(), "draft", False), "draft", True) == Layout()
    assert with_limit(with_limit(Layout(), "due", 9), "due", FIRST) == Layout()
    assert with_limit(Layout(), "due", 9).limit("due") == 9
