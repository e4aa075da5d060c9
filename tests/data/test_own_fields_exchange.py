"""The company's own fields come in from files and go out again without loss, under the same rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.fields import Field, Kind
from core.studio import OWN, Area
from data.commands.studio import edit_draft, publish
from data.commands.studio_fields import drop_field
from data.engine import Store
from data.exchange.exporting import template
from data.install import install
from data.queries.policies import policy_changes
from data.schema import Action, PolicyVersion
from tests.data.test_studio import made
from tests.importing import export, import_text, shown
from tests.spec.test_definitions import INFLUENCE, own

OWN_FIELDS = (
    INFLUENCE,
    own(Kind.TEXT, key="own_code", label={"en": "Code", "zh": "编号"}),
    own(Kind.NUMBER, key="own_seats", label={"en": "Seats", "zh": "席位数"}),
    own(Kind.MONEY, key="own_cost", label={"en": "Own cost", "zh": "内部成本"}),
    own(Kind.DATE, key="own_day", label={"en": "Day", "zh": "日子"}),
    own(Kind.PERSON, key="own_who", label={"en": "Who", "zh": "谁"}),
    own(Kind.CUSTOMER, key="own_like", label={"en": "Like", "zh": "像谁"}),
)
ROW = {
    "type": "needs_diagnosis",
    "started_at": "2026-03-03 10:00",
    "ended_at": "2026-03-03 11:00",
    "summary": "They plan on paper.",
    "pain": "slow",
    "current_process": "paper",
    "budget": "1",
    "decision_chain": "CEO",
    "next_type": "solution_demo",
    "next_at": "2026-03-09 10:00",
}


@pytest.fixture
def studio(store):
    studio = made(store)
    studio.put(*OWN_FIELDS)
    return studio


@pytest.fixture
def empty(tmp_path, clock):
    made_ = Store(f"sqlite:///{tmp_path / 'second.db'}", tmp_path / "files", clock=clock)
    install(made_)
    yield made_
    made_.close()


def values(people) -> dict:
    return {
        "own_influence": "weak",
        "own_code": "=1+1",
        "own_seats": Decimal("12.50"),
        "own_cost": {"amount": Decimal("99.5"), "currency": "USD"},
        "own_day": date(2026, 5, 1),
        "own_who": {"id": people.product.person_id},
        "own_like": {"id": people.customer},
    }


def test_what_goes_out_comes_in_again(studio, empty):
    studio.record(**values(studio.people))
    drop_field(studio.store, studio.people.director, "own_code")  # retired: still in files
    publish(studio.store, studio.people.director, Area.FIELDS, "Nobody needs it.")
    files = {kind: export(studio.store, kind) for kind in ("users", "customers", "opportunities", "actions")}
    again = import_text(studio.store, "actions", files["actions"])
    assert shown(again)[:2] == (0, 0)
    assert again.rejected == ()
    _same_definitions(studio.store, empty)
    for kind, content in files.items():
        rejected = import_text(empty, kind, content).rejected
        assert rejected == () or kind == "users", kind  # a store manager without a team
    assert export(empty, "actions").decode() == files["actions"].decode()
    with empty.reading() as session:
        kept = session.scalars(select(Action.fields).where(Action.status == "completed")).one()
    assert kept["own_cost"] == {"amount": "99.5000", "currency": "USD"}
    assert kept["own_who"]["name"] == "Product"


def _same_definitions(one: Store, other: Store) -> None:
    with one.reading() as session:
        version, changes = policy_changes(session)
    with other.writing() as session:
        session.add(PolicyVersion(version=version, changes=changes, published_at=other.clock()))


def load(studio, **cells):
    """Import one needs diagnosis for the rep's opportunity."""
    lines = export(studio.store, "opportunities").decode("utf-8-sig").splitlines()
    ref = next(line for line in lines if "Haihe" in line).split(",")[0]
    row = {"opportunity": ref} | ROW | cells
    return shown(import_text(studio.store, "actions", f"{','.join(row)}\n{','.join(row.values())}\n"))


FILLED = {
    "recorded_at": "2026-03-04 12:00",
    "IT负责人影响力": "强",
    "Code": "A",
    "席位数": "1",
    "Own cost": "2",
    "Own cost (currency)": "EUR",
    "Day": "2026-05-01",
    "Who": "product",
    "像谁": "Haihe Pumps",
}


# fmt: off
WRONG = [
    # cells                        column           problem
    ({"Who": "nobody"},            "own_who",       "unknown_owner"),
    ({"像谁": "Nowhere Ltd"},       "own_like",      "unknown_customer"),
    ({"IT负责人影响力": "middling"}, "own_influence", "unknown_choice"),
    ({"IT负责人影响力": ""},         "own_influence", "required"),
    ({"席位数": "many"},            "own_seats",     "unread_number"),
]
# fmt: on


@pytest.mark.parametrize(("cells", "field", "code"), WRONG)
def test_the_rules_of_the_form_hold_for_files(studio, cells, field, code):
    assert load(studio, **(FILLED | cells))[3] == [(2, field, code)]


def test_words_of_both_languages_are_read(studio):
    assert load(studio, **FILLED)[0] == 1


def test_history_from_before_is_taken_as_it_was(studio):
    assert load(studio)[0] == 1


def test_a_template_asks_for_what_is_in_use():
    retired: Field = replace(OWN_FIELDS[1], retired=True)
    head = template("actions", "csv", (INFLUENCE, retired)).decode("utf-8-sig")
    assert "own_influence" in head
    assert "own_code" not in head


def test_a_definition_that_a_newer_release_wrote_is_read(studio):
    def newer(content):
        return {OWN: [d | {"from_the_future": 1} for d in content[OWN]]}

    edit_draft(studio.store, studio.people.director, Area.FIELDS, newer)
    assert len(studio.look().policy.own_fields) == len(OWN_FIELDS)
