"""Who may take back what was entered by mistake, and until when (C1, C3, C6)."""

from __future__ import annotations

import pytest

from core.access import OPERATOR, Permission, Who
from core.promises.taking_back import MAX_REASON, Entered, check_reason, hindrance
from core.terms import Role

PEOPLE = {
    "rep": Who(1, Role.REP, 1, "Li"),
    "colleague": Who(2, Role.REP, 1, "Wu"),
    "manager": Who(3, Role.MANAGER, 1, "Zhou"),
    "director": Who(4, Role.DIRECTOR, None, "Lin"),
    "product": Who(5, Role.PRODUCT, None, "He"),
    "operator": OPERATOR,
}

# fmt: off
CASES = [
    # who         taken back  settled  over   what stands in the way
    ("rep",       False,      False,   False, None),
    ("colleague", False,      False,   False, "not_yours"),
    ("manager",   False,      False,   False, None),
    ("director",  False,      False,   False, None),
    ("product",   False,      False,   False, "not_yours"),
    ("operator",  False,      False,   False, None),
    ("rep",       False,      False,   True,  "day_is_past"),  # nobody unsays what they did not keep
    ("manager",   False,      False,   True,  None),
    ("rep",       False,      True,    False, "acted_upon"),
    ("director",  False,      True,    False, "acted_upon"),
    ("rep",       True,       False,   False, "taken_back"),
    ("manager",   True,       True,    True,  "taken_back"),
]
# fmt: on


@pytest.mark.parametrize(("who", "taken_back", "settled", "over", "expected"), CASES)
def test_who_takes_back_what(who, taken_back, settled, over, expected):
    record = Entered(1, taken_back, settled, over)
    assert hindrance(record, PEOPLE[who], Permission.MAKE_PROMISES) == expected


def test_what_nobody_entered_is_taken_back_by_who_leads():
    found = {
        n: hindrance(Entered(None, False, False), who, Permission.FILE_DEMANDS) for n, who in PEOPLE.items()
    }
    assert {name for name, hinders in found.items() if hinders is None} == {"manager", "director", "operator"}


def test_a_reason_is_needed_and_short():
    assert check_reason("Twice") == ()
    assert [p.code for p in check_reason("x" * (MAX_REASON + 1))] == ["too_long"]
