"""What is exported imports again without loss: every kind, both formats, both databases."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.access import Who
from core.customers import ContactInput, CustomerInput, InteractionInput
from core.exchange.kinds import KINDS
from core.process.actions import ActionInput
from core.promises.demands import Answer, Decline, DemandInput, Effect, PromiseInput
from core.signals import SignalInput
from core.terms import ActionStatus, Outcome, Role
from data.commands.actions import cancel_action, record_action
from data.commands.customers import add_contact, grade_customer, open_customer, tag_customer
from data.commands.demands import answer_demand, decline_demand, file_demand, pause_demand
from data.commands.interactions import record_interaction
from data.commands.opportunities import OpportunityEdit, close_opportunity, edit_opportunity, open_opportunity
from data.commands.projections import differences
from data.commands.promises import make_promise, move_promise
from data.commands.signals import record_signal
from data.engine import Store
from data.install import install
from data.schema import Audit, Person, Team
from tests.company import found
from tests.data.test_record_action import done
from tests.importing import count, export, import_text, shown

FOREIGN = """opportunity,stage,at
T-1,Opened,2026-01-02T08:00:00Z
T-1,Checked,2026-01-03T08:00:00Z
T-1,Checked,2026-01-03T08:00:00Z
T-2,Checked,2026-01-05T08:00:00Z
"""
TICKETS = '[pipeline]\nname = "Tickets"\nstages = ["Opened", "Checked"]'
MAY = date(2026, 5, 1)
ODD = "=cmd|'/c calc'!A1\nsecond line, \"quoted\"; '=x \t–"


def work(store: Store, clock) -> None:
    """A company whose people have done a bit of everything."""
    people = found(store)
    _shop(store, people.store_manager.person_id)
    twin = open_customer(
        store, people.rep, CustomerInput("Haihe Pumps", "metal works", "mid", "Tianjin", None, ODD)
    )
    open_opportunity(
        store, people.rep, twin, "-1 pump", amount=Decimal("0.0001"), currency="USD", product="+MES"
    )
    tag_customer(store, people.rep, people.customer, ["budget_approved", "strategic_account"])
    grade_customer(store, people.rep, people.customer, "B", "pays")
    buyer = add_contact(
        store, people.rep, people.customer, ContactInput("Wu @ Haihe", "buyer", "buyer", "+86 10 1", "w@x.cn")
    )
    add_contact(store, people.rep, twin, ContactInput("Wu @ Haihe"))
    _demands(store, people, buyer)
    touch = InteractionInput(
        "call", "inbound", store.clock() - timedelta(days=2), people.opportunity, buyer, 200, 3, "@home"
    )
    record_interaction(store, people.rep, people.customer, touch)
    told = SignalInput("ticket", store.clock() - timedelta(days=1), people.opportunity, 2.5, "+desk", ODD)
    record_signal(store, people.rep, people.customer, told)
    last = record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=90))
    clock.move(hours=1)
    for type_, hours in (("solution_demo", 60), ("objection_handling", 50), ("quote_confirmation", 40)):
        last = record_action(
            store, people.rep, people.opportunity, done(store, type_, hours_ago=hours, follows=last)
        )
        clock.move(minutes=5)
    plan = ActionInput("needs_diagnosis", ActionStatus.PLANNED, started_at=store.clock() + timedelta(days=9))
    cancel_action(store, people.rep, record_action(store, people.rep, people.opportunity, plan), "ill")
    edit = OpportunityEdit("Haihe 2026", Decimal("777.7"), "CNY", store.clock().date(), "ERP", 1)
    edit_opportunity(store, people.rep, people.opportunity, edit)
    won = {"outcome": Outcome.WON, "next_step": None}
    quoted = done(store, "quote_confirmation", hours_ago=3, **won)
    blank = replace(quoted, fields={**quoted.fields, "changes": ""})  # as the form leaves it
    record_action(store, people.stranger, people.strange_opportunity, blank)
    third = open_opportunity(store, people.mate, _own_customer(store, people), "Lost one")
    record_action(store, people.mate, third, done(store, "appointment", hours_ago=7))
    close_opportunity(store, people.mate, third, Outcome.LOST)
    import_text(
        store,
        "stage_changes",
        FOREIGN,
        mapping='[pipeline]\nname = "Tickets"\nstages = ["Opened", "Never", "Checked"]',
    )


def _demands(store, people, contact: int) -> None:
    """One that was paused and answered, one that still waits; odd words stay as they are."""
    effect = Effect("=Changeover", Decimal("45.5"), Decimal(-25), "@min")
    asked = DemandInput(ODD, "cost", effect, "P1", people.opportunity, contact)
    first = file_demand(store, people.rep, people.customer, asked)
    pause_demand(store, people.product, first, "a) sample; b) data | more")
    answer = Answer("Dashboard", "=One table", "Two weeks", "screen", "YQ-1", store.clock().date())
    answer_demand(store, people.product, first, answer)
    second = file_demand(store, people.rep, people.customer, asked)
    pause_demand(store, people.product, second, "asked")
    third = file_demand(store, people.rep, people.customer, asked)
    feature = answer_demand(store, people.product, third, answer)  # another feature of the same name
    fourth = file_demand(store, people.rep, people.customer, asked)
    decline_demand(store, people.product, fourth, Decline("effort", '=no, "not" now'))
    told = PromiseInput("-1 month", store.clock().date(), None, first, feature, contact)
    move_promise(store, people.rep, make_promise(store, people.rep, people.customer, told), MAY, "agreed")
    make_promise(store, people.stranger, people.strange_customer, PromiseInput("Nothing planned", MAY))


def _shop(store, person_id: int) -> None:
    with store.writing() as session:
        shop = Team(name="Shop 7", kind="store")
        session.add(shop)
        session.flush()
        session.get_one(Person, person_id).team_id = shop.id


def _own_customer(store, people) -> int:
    return open_customer(store, people.mate, CustomerInput("Third Ltd"))


@pytest.fixture
def worked(store, clock):
    work(store, clock)
    return store


@pytest.fixture
def empty(tmp_path, clock):
    made = Store(f"sqlite:///{tmp_path / 'second.db'}", tmp_path / "files", clock=clock)
    install(made)
    yield made
    made.close()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_empty_store_becomes_the_same(worked, empty, form):
    files = {kind: export(worked, kind, form) for kind in KINDS}
    for kind, content in files.items():
        result = import_text(empty, kind, content, f"{kind}.{form}")
        new = result.accepted + result.duplicates if kind == "stage_changes" else result.accepted
        assert shown(result) == (result.accepted, 0, result.duplicates, []), kind
        assert new > 0, kind
    for kind, content in files.items():
        assert export(empty, kind).decode() == export(worked, kind).decode(), kind
        repeated = import_text(empty, kind, content, f"{kind}.{form}")
        assert (repeated.accepted, repeated.updated, repeated.rejected) == (0, 0, ()), kind
    with empty.writing() as session:
        assert differences(session) == []


def test_into_the_same_store_nothing_is_new(worked):
    for kind in KINDS:
        result = import_text(worked, kind, export(worked, kind))
        assert (result.accepted, result.updated, result.rejected) == (0, 0, ()), kind


def test_a_spreadsheet_finds_no_formula(worked):
    for kind in KINDS:
        for line in export(worked, kind).decode("utf-8-sig").splitlines():
            assert not re.search(r'(^|,)"?[=+\-@\t](?!\d+(\.\d+)?(,|$))', line), (kind, line)


def test_people_export_what_they_see_and_it_is_on_record(worked):
    people = _people(worked)
    own = export(worked, "opportunities", who=people["mate"]).decode()
    assert "Lost one" in own
    assert "Haihe" not in own
    assert "Taihu" not in export(worked, "opportunities", who=people["manager"]).decode()
    assert "Taihu" in export(worked, "opportunities", who=people["director"]).decode()
    assert count(worked, Audit, Audit.command == "export.run") == 3


def _people(store):
    with store.reading() as session:
        return {
            p.username: Who(p.id, Role(p.role), p.team_id, p.name) for p in session.scalars(select(Person))
        }
