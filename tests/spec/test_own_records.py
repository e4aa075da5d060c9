# ruff: noqa: E501 - a table of rows reads better in long lines
"""Own fields of customers and opportunities: what a record holds after somebody said something, and what is
refused (F2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.definitions import CUSTOMER, OPPORTUNITY, check_definition
from core.exchange.kinds import ACTIONS, CUSTOMERS, OPPORTUNITIES, with_own
from core.fields import Kind
from core.own_records import SHIPPED, about, settle
from tests.spec.test_definitions import INFLUENCE, own

NOW = datetime(2026, 3, 4, 4, tzinfo=UTC)
ERP = replace(INFLUENCE, key="own_erp", types=(CUSTOMER,), since=NOW - timedelta(days=1))
SEATS = own(
    Kind.NUMBER, key="own_seats", label={"en": "Seats", "zh": "席位数"}, types=(CUSTOMER,), required=False,
    required_when="segment = 'large'", low=Decimal(1),
)  # fmt: skip
OLD = own(Kind.TEXT, key="own_old", label={"en": "Old", "zh": "旧"}, types=(CUSTOMER,), retired=True)
DEAL = replace(ERP, key="own_deal", types=(OPPORTUNITY,))
ALL = (ERP, SEATS, OLD, DEAL)

E, S, R = "own_erp", "own_seats", "own_old"
THREE = Decimal(3)

# fmt: off
TABLE = [
    # kept                  said                            segment  holds                               problems
    ({},                    {E: "strong"},                  "small", {E: "strong"},                      []),
    ({},                    {},                             "small", {},                                 [f"{E} required"]),
    ({},                    {E: "strong"},                  "large", {E: "strong"},                      [f"{S} required"]),
    ({E: "weak"},           {S: Decimal(0)},                "large", {E: "weak", S: Decimal(0)},         [f"{S} below_bound"]),
    ({E: "gone"},           {},                             "small", {E: "gone"},                        []),
    ({E: "gone"},           {E: "gone"},                    "small", {E: "gone"},                        []),
    ({E: "weak"},           {E: "gone"},                    "small", {E: "gone"},                        [f"{E} unknown_choice"]),
    ({E: "weak"},           {E: None},                      "small", {},                                 [f"{E} required"]),
    ({E: "weak", R: "x"},   {S: THREE},                     "small", {E: "weak", R: "x", S: THREE},      []),
    ({E: "weak", S: "3"},   {S: None},                      "small", {E: "weak"},                        []),
    ({},                    {"own_deal": "weak", E: "weak"}, "small", {E: "weak"},                       []),
]
# fmt: on


@pytest.mark.parametrize(("kept", "said", "segment", "holds", "problems"), TABLE)
def test_what_a_customer_holds_afterwards(kept, said, segment, holds, problems):
    found = settle(CUSTOMER, kept, said, {"segment": segment}, ALL, NOW)
    assert found.fields == holds
    assert [f"{p.field.removeprefix('fields.')} {p.code}" for p in found.problems] == problems


def test_what_was_known_before_a_field_need_not_have_it():
    assert settle(CUSTOMER, {}, {}, {}, ALL, NOW - timedelta(days=2)).problems == ()


def test_conditions_read_what_the_record_says_by_itself():
    class Head:
        segment, industry = "large", "steel"

    assert about(CUSTOMER, Head())["industry"] == "steel"
    assert about(CUSTOMER, Head())["grade"] is None
    condition = replace(SEATS, required_when="segment = 'large' and own_erp is filled and grade = 'A'")
    assert check_definition(condition, [ERP], SHIPPED) == []
    unknown = check_definition(replace(SEATS, required_when="amount > 3 or type = 'x'"), [ERP], SHIPPED)
    assert [p.params["value"] for p in unknown] == ["amount", "type"]


def test_a_field_belongs_to_one_kind_of_record_and_stays_there():
    mixed = replace(ERP, since=None, types=(CUSTOMER, "needs_diagnosis"))
    assert ("types", "types_mixed") in {(p.field, p.code) for p in check_definition(mixed, [], SHIPPED)}
    moved = check_definition(replace(ERP, types=(OPPORTUNITY,)), [ERP], SHIPPED)
    assert [(p.field, p.code) for p in moved] == [("types", "place_fixed")]


def test_files_have_a_column_where_the_field_belongs():
    columns = {
        kind.name: {c.name for c in with_own(kind, ALL).columns}
        for kind in (ACTIONS, CUSTOMERS, OPPORTUNITIES)
    }
    assert {"own_erp", "own_seats", "own_old"} <= columns["customers"]
    assert "own_deal" in columns["opportunities"]
    assert "own_erp" not in columns["opportunities"]
    assert not {c for c in columns["actions"] if c.startswith("own_")}
