"""A company's own fields: which definitions stand, what they ask of a record, and from when (F2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.definitions import (
    MADE,
    check_definition,
    dated,
    from_document,
    read_choices,
    to_document,
    write_choices,
)
from core.fields import Field, Kind
from core.policies import DEFAULTS, override
from core.process.actions import FIELDS, ActionContext, asked_fields, check
from core.process.sheet import read_sheet, write_sheet
from core.studio import OWN, Area, differences, items, rebase
from data.jsontext import to_json
from tests.spec.test_action_rules import CONTEXT, GOOD, NOW

INFLUENCE = Field(
    "own_influence",
    Kind.CHOICE,
    choices=("strong", "weak"),
    label={"en": "IT lead's influence", "zh": "IT负责人影响力"},
    choice_labels={"strong": {"en": "Strong", "zh": "强"}, "weak": {"en": "Weak", "zh": "弱"}},
    types=("needs_diagnosis",),
)


def own(kind: Kind, **more) -> Field:
    return replace(INFLUENCE, kind=kind, choices=(), choice_labels=None, **more)


# fmt: off
WRONG = [
    # what is changed                                       part             problem
    ({"label": {"en": "", "zh": "影响力"}},                  "name_en",       "required"),
    ({"label": {"en": "x" * 61, "zh": "影响力"}},            "name_en",       "too_long"),
    ({"label": {"en": "Seats", "zh": "影响力"}},             "name_en",       "name_taken"),
    ({"help": {"en": "", "zh": "长" * 301}},                 "help_zh",       "too_long"),
    ({"types": ()},                                         "types",         "types_required"),
    ({"types": ("lunch",)},                                 "types",         "unknown_choice"),
    ({"choices": ("strong",)},                              "choices",       "two_choices"),
    ({"kind": Kind.PEOPLE, "choices": ()},                  "kind",          "unknown_choice"),
    ({"kind": Kind.NUMBER, "low": Decimal(2), "high": Decimal(1)}, "high",   "bounds_crossed"),
    ({"required_when": "budget is"},                        "required_when", "condition_unfinished"),
    ({"required_when": "reaction = 'neutral'"},             "required_when", "condition_unknown_name"),
    ({"required_when": "own_influence = 'strong'"},         "required_when", "condition_unknown_name"),
]
# fmt: on
SEATS = own(Kind.NUMBER, key="own_seats", label={"en": "Seats", "zh": "席位数"})


def test_a_good_definition_stands():
    condition = "budget is filled and own_seats > 3 and outcome = 'open'"
    assert check_definition(replace(INFLUENCE, required_when=condition), [SEATS], FIELDS) == []


@pytest.mark.parametrize(("change", "part", "code"), WRONG)
def test_a_wrong_definition_names_its_part(change, part, code):
    found = {(p.field, p.code) for p in check_definition(replace(INFLUENCE, **change), [SEATS], FIELDS)}
    assert (part, code) in found


def test_what_a_field_holds_stays():
    found = check_definition(own(Kind.TEXT), [INFLUENCE], FIELDS)
    assert [(p.field, p.code) for p in found] == [("kind", "kind_fixed")]


YUAN = {"amount": Decimal(10), "currency": "CNY"}
WHEN, UNLESS = {"required_when": "budget contains '500'"}, {"required_when": "budget is empty"}
MASK, RANGE = {"mask": "@@-###"}, {"low": Decimal(1), "high": Decimal(9)}

# fmt: off
ASKED = [
    # field                                             value                           problem
    (INFLUENCE,                                         None,                           "required"),
    (INFLUENCE,                                         "strong",                       None),
    (INFLUENCE,                                         "middling",                     "unknown_choice"),
    (replace(INFLUENCE, required=False),                None,                           None),
    (replace(INFLUENCE, required=False, **WHEN),        None,                           "required"),
    (replace(INFLUENCE, required=False, **UNLESS),      None,                           None),
    (replace(INFLUENCE, retired=True),                  None,                           None),
    (replace(INFLUENCE, types=("appointment",)),        None,                           None),
    (replace(INFLUENCE, since=NOW + timedelta(hours=1)), None,                          None),
    (own(Kind.TEXT, **MASK),                            "CN-047",                       None),
    (own(Kind.TEXT, **MASK),                            "CN-47",                        "wrong_form"),
    (own(Kind.NUMBER, **RANGE),                         Decimal(9),                     None),
    (own(Kind.NUMBER, **RANGE),                         Decimal(0),                     "below_bound"),
    (own(Kind.NUMBER),                                  "nine",                         "not_number"),
    (own(Kind.NUMBER),                                  Decimal("NaN"),                 "not_number"),
    (own(Kind.MONEY, **RANGE),                          YUAN,                           "above_bound"),
    (own(Kind.DATE),                                    "soon",                         "bad_date"),
    (own(Kind.PERSON),                                  {"id": 7, "name": "Chen Yu"},   None),
    (own(Kind.CUSTOMER),                                "Haihe",                        "not_among_choices"),
]
# fmt: on


@pytest.mark.parametrize(("field", "value", "code"), ASKED)
def test_what_a_field_asks_of_a_record(field, value, code):
    policy = replace(DEFAULTS, own_fields=(field,))
    fields = GOOD.fields | ({} if value is None else {field.key: value})
    found = [(p.field, p.code) for p in check(replace(GOOD, fields=fields), CONTEXT, policy)]
    assert found == ([] if code is None else [(f"fields.{field.key}", code)])


def test_a_form_marks_what_must_be_filled_as_things_stand():
    field = replace(INFLUENCE, required=False, required_when="budget contains '500'")
    for budget, required in (("500k", True), ("none", False)):
        action = replace(GOOD, fields=GOOD.fields | {"budget": budget})
        assert [f.required for f in asked_fields(action, (field,), NOW)][-1] is required


def test_history_is_not_asked_for_what_nobody_knew_of_then():
    field = replace(INFLUENCE, since=NOW)
    past = ActionContext(known_at=NOW - timedelta(days=1), now=NOW, earlier_records=CONTEXT.earlier_records)
    policy = replace(DEFAULTS, own_fields=(field,))
    assert check(GOOD, past, policy) == ()
    assert [p.code for p in check(GOOD, CONTEXT, policy)] == ["required"]


def test_publishing_dates_what_is_newly_asked_for_and_loses_nothing():
    later = NOW + timedelta(days=1)
    (first,) = dated([INFLUENCE], [], NOW)
    assert (first.since, first.retired) == (NOW, False)
    reworded = replace(first, label={"en": "Influence", "zh": "影响力"})
    assert dated([reworded], [first], later)[0].since == NOW
    assert dated([replace(first, types=("appointment",))], [first], later)[0].since == later
    (gone,) = dated([], [first], later)
    assert gone.retired
    assert dated([replace(gone, retired=False)], [gone], later)[0].since == later


def test_choices_are_lines_and_keep_their_keys():
    keys, labels = read_choices("Strong | 强\n\nWeak｜弱\nIT's own")
    assert keys == ("strong", "weak", "its_own")
    assert labels["its_own"] == {"en": "IT's own", "zh": "IT's own"}
    again, reworded = read_choices("Very strong | 强\nWeak | 很弱\n强 | 强", replace(INFLUENCE, choices=keys))
    assert again == ("strong", "weak", "field")  # by their name in either language; no key twice
    assert reworded["strong"]["en"] == "Very strong"
    assert write_choices(INFLUENCE) == "Strong | 强\nWeak | 弱"


fields = st.builds(
    Field,
    key=st.sampled_from(["own_a", "own_b", "own_c"]),
    kind=st.sampled_from(MADE),
    required=st.booleans(),
    choices=st.lists(st.sampled_from(["a", "b"]), unique=True).map(tuple),
    label=st.none() | st.fixed_dictionaries({"en": st.text(max_size=5), "zh": st.text(max_size=5)}),
    types=st.lists(st.sampled_from(tuple(FIELDS)), unique=True).map(tuple),
    required_when=st.text(max_size=9),
    low=st.none() | st.decimals(-9, 9, places=2),
    since=st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive here
    retired=st.booleans(),
)


@given(fields)
def test_a_definition_comes_back_from_its_document(field):
    assert from_document(to_document(field)) == field
    assert override({OWN: [to_document(field)]}, 1).own_fields == (field,)


def contents(keys: str):
    one = st.fixed_dictionaries({"key": st.sampled_from(list(keys)), "x": st.integers(0, 2)})
    return st.lists(one, unique_by=lambda d: d["key"]).map(lambda found: {OWN: found})


@given(contents("abc"), contents("abc"), contents("abc"))
def test_two_peoples_edits_lie_over_each_other(seen, mine, now):
    area = Area.FIELDS
    result = items(area, rebase(area, seen, mine, now))
    before, typed, stands = (items(area, c) for c in (seen, mine, now))
    for key in "abc":
        changed = before.get(key) != typed.get(key)
        assert result.get(key) == (typed if changed else stands).get(key)
    assert differences(area, now, rebase(area, now, now, now)) == ()


VALUES = {
    Kind.TEXT: "words",
    Kind.LONG_TEXT: "more\nwords",
    Kind.NUMBER: Decimal("0"),
    Kind.MONEY: {"amount": Decimal("0.5"), "currency": "EUR"},
    Kind.DATE: date(2026, 5, 1),
    Kind.CHOICE: "weak",
    Kind.PERSON: {"id": 7},
    Kind.CUSTOMER: {"id": 12},
}


@pytest.mark.parametrize("kind", MADE)
def test_the_sheet_keeps_every_kind(kind):
    field = replace(INFLUENCE, kind=kind)
    action = replace(GOOD, fields=GOOD.fields | {field.key: VALUES[kind]})
    sheet = write_sheet(action, "Asia/Shanghai", (field,))
    assert to_json(sheet) == sheet
    assert read_sheet(sheet, "Asia/Shanghai", (field,)).fields == action.fields
