"""Customers as queries tell them: within scope, narrowed, sorted, and the timeline in one order."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.access import Permission
from core.customers import CustomerInput, InteractionInput
from core.messages import NotAllowed, NotFound
from core.terms import HIGH_VALUE_TAGS
from data.commands.actions import record_action
from data.commands.customers import grade_customer, open_customer, tag_customer
from data.commands.interactions import record_interaction
from data.commands.opportunities import assign_opportunity, open_opportunity
from data.queries.audit_log import PAGE, AuditFilters, audit_log
from data.queries.begun_for import start
from data.queries.customer_file import customer_file
from data.queries.customers import Filters, customer_list
from data.queries.named_customers import customer_names
from data.queries.record_begin import begin
from data.queries.room_candidates import room_candidates
from data.queries.talks import customer_choices, reps
from data.queries.timeline import timeline
from tests.company import found
from tests.data.test_record_action import done
from tests.importing import import_text


def names(store, who, **filters):
    with store.reading() as session:
        return [r.name for r in customer_list(session, who, Filters(**filters), store.clock()).rows]


def test_each_role_sees_its_own(store):
    people = found(store)
    seen = {
        role: names(store, getattr(people, role))
        for role in ("rep", "mate", "stranger", "manager", "director", "admin", "product")
    }
    both = ["Haihe Pumps", "Taihu Bearings"]
    assert seen == {
        "rep": both[:1], "mate": [], "stranger": both[1:], "manager": both[:1],
        "director": both, "admin": both, "product": [],
    }  # fmt: skip


def test_an_opportunity_of_ones_own_opens_the_whole_customer(store):
    people = found(store)
    assign_opportunity(store, people.manager, people.opportunity, people.mate.person_id)
    with store.reading() as session:
        file = customer_file(session, people.mate, people.customer)
        owners = customer_file(session, people.rep, people.customer)
    assert file.head.owner == "Rep"
    assert [(c.owner, c.editable) for c in file.opportunities] == [("Mate", True)]
    assert [(c.owner, c.editable) for c in owners.opportunities] == [("Mate", False)]


@pytest.mark.parametrize("query", [customer_file, timeline])
@pytest.mark.parametrize("role", ["rep", "manager", "product", "delivery", "store_manager"])
def test_out_of_reach_is_as_missing(store, query, role):
    people = found(store)
    for customer in (people.strange_customer, 10**6):
        with store.reading() as session, pytest.raises(NotFound):
            query(session, getattr(people, role), customer)


def test_narrowed_sorted_and_paged(store, clock):
    people = found(store)
    for i in range(30):
        open_customer(
            store, people.rep, CustomerInput(f"C{i:02} 100%", ("food", "chemicals")[i % 2], "small")
        )
    record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=1))
    tag_customer(store, people.rep, people.customer, ["strategic_account"])
    grade_customer(store, people.rep, people.customer, "A", "budget")
    assert names(store, people.rep)[:2] == ["C00 100%", "C01 100%"]
    assert names(store, people.rep, page=2)[-1] == "Haihe Pumps"
    assert names(store, people.rep, search="00%") == names(store, people.rep, search="100%")
    assert names(store, people.rep, search="0_%") == []
    assert names(store, people.rep, industry="food", search="c0") == [
        f"C{i:02} 100%" for i in (0, 2, 4, 6, 8)
    ]
    for one in ({"tag": "strategic_account"}, {"grade": "A"}):
        assert names(store, people.rep, **one) == ["Haihe Pumps"]
    assert names(store, people.rep, sort="recent")[0] == "Haihe Pumps"
    assert "Haihe Pumps" not in names(store, people.rep, sort="silent")
    assert "Haihe Pumps" not in names(store, people.rep, quiet=True, page=2)
    clock.move(days=31)
    assert "Haihe Pumps" in names(store, people.rep, quiet=True, page=2)


def test_a_row_adds_up_by_currency_and_knows_the_next_step(store):
    people = found(store)
    for amount, currency in ((Decimal("10.5"), "CNY"), (Decimal("2.5"), "CNY"), (Decimal(7), "USD")):
        open_opportunity(store, people.rep, people.customer, "x", amount=amount, currency=currency)
    record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=1))
    with store.reading() as session:
        row = customer_list(session, people.rep, Filters(), store.clock()).rows[0]
    assert row.amounts == (("CNY", Decimal(13)), ("USD", Decimal(7)))
    assert (row.open_opportunities, row.next_step) == (
        4,
        ("solution_demo", store.clock() + timedelta(days=2)),
    )


def test_the_head_says_who_graded_when_and_why(store):
    people = found(store)
    grade_customer(store, people.manager, people.customer, "B", "budget confirmed")
    with store.reading() as session:
        head = customer_file(session, people.rep, people.customer).head
    assert (head.grade, head.graded_by, head.graded_at, head.grade_reason) == (
        "B",
        "Manager",
        store.clock(),
        "budget confirmed",
    )


def test_the_timeline_is_newest_first_narrowed_and_goes_back_to_a_linked_record(store, clock):
    people = found(store)
    first = record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=90))
    for i in range(25):
        touch = InteractionInput("call", "inbound", clock() - timedelta(hours=25 - i))
        record_interaction(store, people.rep, people.customer, touch)
    grade_customer(store, people.rep, people.customer, "A", "budget")
    with store.reading() as session:
        page = timeline(session, people.rep, people.customer)
        calls = timeline(session, people.rep, people.customer, kind="interaction", shown=40)
        jump = timeline(session, people.rep, people.customer, jump_to=first)
        of_one = timeline(session, people.rep, people.customer, opportunity=people.opportunity)
    assert ([e.at for e in page.events], page.more) == (
        sorted((e.at for e in page.events), reverse=True),
        True,
    )
    assert len(page.events) == 20
    assert (len(calls.events), calls.more) == (25, False)
    assert (jump.events[-1].kind, jump.events[-1].id, jump.more) == ("action", first, False)
    assert {e.kind for e in of_one.events} == {"action"}


def test_the_log_is_for_those_who_may_and_is_paged(store):
    people = found(store)
    for i in range(32):
        open_customer(store, people.rep, CustomerInput(f"C{i}"))
    with store.reading() as session:
        first = audit_log(session, people.director, AuditFilters(), store.clock())
        rest = audit_log(session, people.director, AuditFilters(before=first.earlier), store.clock())
        none = audit_log(session, people.admin, AuditFilters(person=people.manager.person_id), store.clock())
        for role in ("rep", "manager", "product", "delivery", "store_manager"):
            with pytest.raises(NotAllowed):
                audit_log(session, getattr(people, role), AuditFilters(), store.clock())
    assert (len(first.entries), len(rest.entries), rest.earlier, none.entries) == (PAGE, 32 - PAGE, None, ())
    assert first.entries[0].name == "C31"


def test_customers_of_one_name_are_told_apart_in_choices(store):
    company = found(store)
    for owner in (company.mate, company.rep):
        tag_customer(store, owner, open_customer(store, owner, CustomerInput("Twin")), HIGH_VALUE_TAGS[:3])
    import_text(store, "customers", "name,owner,ref\nSame,rep,C-1\nSame,rep,C-2\n")
    with store.reading() as session:
        offered = customer_names(session, company.manager, Permission.SEE_CUSTOMERS).values()
        mine = {c.name for c in begin(session, company.rep, store.clock()).customers}
        (rep,) = (one for one in reps(session, company.manager) if one.id == company.rep.person_id)
        talked_of = customer_choices(session, company.manager, rep)
        could_begin = {row.customer for row in room_candidates(session, company.manager).rows}
        promised = start(session, company.rep, "promise", Permission.MAKE_PROMISES).customers
    assert list(offered) == ["Haihe Pumps", "Same · C-1", "Same · C-2", "Twin · Mate", "Twin · Rep"]
    assert mine == {"Haihe Pumps", "Same · C-1", "Same · C-2", "Twin"}
    assert could_begin == {"Twin · Mate", "Twin · Rep"}
    assert mine == set(talked_of.values()) == {name for _, name in promised}
