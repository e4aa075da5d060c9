"""Own fields of customers and opportunities through the store: forms, files, undo, audit, other teams."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from core.customers import CustomerInput
from core.definitions import CUSTOMER, OPPORTUNITY
from core.fields import Kind
from core.messages import NotFound
from core.studio import Area
from data.commands.customers import edit_customer, open_customer
from data.commands.opportunities import OpportunityEdit, edit_opportunity, open_opportunity
from data.commands.studio import publish
from data.commands.studio_fields import drop_field, keep_field
from data.commands.undo import undo
from data.queries.audit_log import AuditFilters, audit_log
from data.queries.customer_file import customer_file
from data.queries.studio_preview import fields_preview
from data.schema import Customer, Opportunity
from tests.data.test_studio import made, refused
from tests.importing import export, import_text, shown
from tests.spec.test_definitions import INFLUENCE, own

ERP = replace(INFLUENCE, key="own_erp", types=(CUSTOMER,), label={"en": "ERP", "zh": "现用系统"})
WHO = own(Kind.PERSON, key="own_who", types=(CUSTOMER,), label={"en": "Who", "zh": "谁"}, required=False)
COST = own(
    Kind.MONEY, key="own_cost", types=(OPPORTUNITY,), label={"en": "Cost", "zh": "成本"}, required=False
)


@pytest.fixture
def studio(store):
    return defined(store)


@pytest.fixture
def small(sqlite_store):
    return defined(sqlite_store)


def defined(store):
    studio = made(store)
    store.clock.move(hours=1)  # the company's customers are older than its own fields
    studio.put(ERP, WHO, COST)
    return studio


def edit(studio, who=None, customer=None, version=1, **fields):
    said = CustomerInput("Haihe Pumps", segment="large", fields=fields)
    asked = studio.people.customer if customer is None else customer
    return edit_customer(studio.store, who or studio.people.rep, asked, said, version)


def head(studio):
    with studio.store.reading() as session:
        return customer_file(session, studio.people.rep, studio.people.customer).head


def test_a_customer_is_asked_for_its_own_fields_and_shows_them_as_they_were_defined(studio):
    assert refused(lambda: edit(studio)) == {("fields.own_erp", "required")}
    wrong = {"own_erp": "middling", "own_who": {"id": 999}}
    assert refused(lambda: edit(studio, **wrong)) == {
        ("fields.own_erp", "unknown_choice"), ("fields.own_who", "not_among_choices"),
    }  # fmt: skip
    edit(studio, own_erp="weak", own_who={"id": studio.people.product.person_id})
    studio.put(replace(studio.fields()["own_erp"], label={"en": "Backbone", "zh": "核心系统"}))
    found = head(studio)
    assert found.fields["own_erp"] == "weak"
    assert found.fields["own_who"]["name"] == "Product"
    assert {f.key: f.label["en"] for f in found.own}["own_erp"] == "ERP"  # as it was when it was written
    edit(studio, version=2)  # what is not named stays
    assert head(studio).fields == found.fields


def test_new_records_hold_them_too(studio):
    people, store = studio.people, studio.store
    assert refused(lambda: open_customer(store, people.rep, CustomerInput(""))) == {
        ("name", "required"), ("fields.own_erp", "required"),
    }  # fmt: skip
    customer = open_customer(store, people.rep, CustomerInput("New Ltd", fields={"own_erp": "strong"}))
    cost = {"amount": Decimal("12.5"), "currency": "EUR"}
    opportunity = open_opportunity(store, people.rep, customer, "Line 2", fields={"own_cost": cost})
    with store.reading() as session:
        assert session.get_one(Customer, customer).fields == {"own_erp": "strong"}
        assert session.get_one(Opportunity, opportunity).fields["own_cost"]["amount"] == "12.5"
    less = OpportunityEdit("Line 2", None, "CNY", None, None, 1, {"own_cost": None})
    edit_opportunity(store, people.rep, opportunity, less)
    with store.reading() as session:
        assert session.get_one(Opportunity, opportunity).fields == {}


def test_another_teams_customer_is_out_of_reach(small):
    with pytest.raises(NotFound):
        edit(small, customer=small.people.strange_customer, own_erp="weak")
    with pytest.raises(NotFound):
        open_opportunity(small.store, small.people.rep, small.people.strange_customer, "Theirs")


def test_a_change_is_in_the_log_by_name_and_is_undone(small, clock):
    edit(small, own_erp="weak")
    clock.move(hours=1)
    edit(small, version=2, own_erp="strong")
    with small.store.reading() as session:
        entry = audit_log(session, small.people.admin, AuditFilters(), clock.at).entries[0]
    (change,) = (c for c in entry.changes if c.own)
    assert (change.own.label["en"], change.before, change.after) == ("ERP", "weak", "strong")
    undo(small.store, small.people.rep, entry.id)
    assert head(small).fields == {"own_erp": "weak"}


def test_what_goes_out_comes_in_again_and_the_rules_hold_for_files(studio):
    edit(studio, own_erp="weak", own_who={"id": studio.people.product.person_id})
    drop_field(studio.store, studio.people.director, "own_who")  # retired: still in files
    publish(studio.store, studio.people.director, Area.FIELDS, "Nobody needs it.")
    for kind in ("customers", "opportunities"):
        again = import_text(studio.store, kind, export(studio.store, kind))
        assert (*shown(again)[:2], shown(again)[3]) == (0, 0, []), kind
    before = head(studio).fields
    rows = ("Haihe Pumps,强,large,", "New Ltd,,,", "Old Ltd,,,2024-01-02", "Odd Ltd,middling,,")
    text = "\n".join(("name,ERP,segment,created_at", *rows, ""))
    accepted, updated, _, rejected = shown(import_text(studio.store, "customers", text))
    assert (accepted, updated) == (1, 1)  # a customer of before the field need not have it
    assert sorted(rejected) == [(3, "own_erp", "required"), (5, "own_erp", "unknown_choice")]
    assert head(studio).fields == before | {"own_erp": "strong"}
    head_line, row = export(studio.store, "opportunities").decode("utf-8-sig").splitlines()[:2]
    ref = row.split(",")[0]
    priced = shown(import_text(studio.store, "opportunities", f"ref,成本,Cost (currency)\n{ref},99.50,USD\n"))
    assert priced[1] == 1
    assert "own_cost_currency" in head_line
    with studio.store.reading() as session:
        kept = session.query(Opportunity).filter_by(ref=ref).one().fields
    assert kept["own_cost"]["currency"] == "USD"


def test_a_draft_is_held_against_customers_and_open_opportunities(small, clock):
    must = replace(COST, required=True)
    keep_field(small.store, small.people.director, must)
    with small.store.reading() as session:
        (cost,) = fields_preview(session, small.people.director, (ERP, must), {"own_cost"}, clock.at)
        (erp,) = fields_preview(session, small.people.director, (ERP, must), {"own_erp"}, clock.at)
    assert (cost.place, cost.records, cost.missing) == (OPPORTUNITY, 2, 2)
    assert (erp.place, erp.records, erp.missing, erp.examples[0].type) == (CUSTOMER, 2, 2, CUSTOMER)
