"""Undo: what a change did goes back, others' work stays, and an undo can be undone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.customers import ContactInput, CustomerInput
from core.messages import Conflict, NotAllowed, NotFound
from core.process.actions import ActionInput
from core.terms import ActionStatus, Outcome
from data.commands.actions import cancel_action, record_action
from data.commands.customers import (
    add_contact,
    assign_customer,
    edit_contact,
    edit_customer,
    grade_customer,
    open_customer,
    tag_customer,
)
from data.commands.opportunities import (
    OpportunityEdit,
    assign_opportunity,
    close_opportunity,
    edit_opportunity,
)
from data.commands.projections import differences
from data.commands.undo import undo
from data.schema import (
    Action,
    Alert,
    Audit,
    Contact,
    Customer,
    CustomerState,
    Opportunity,
    OpportunityChange,
    OpportunityState,
    Stage,
    StageEvent,
)
from tests.company import found
from tests.data.test_record_action import done


def last(store) -> int:
    with store.reading() as session:
        return session.scalar(select(Audit.id).order_by(Audit.id.desc()).limit(1))


def kept(store, table, key):
    """A record's values without its version, as they stand."""
    with store.reading() as session:
        row = session.get(table, key, populate_existing=True)
        return {c.key: getattr(row, c.key) for c in table.__table__.columns if c.key != "version"}


def names(store, customer) -> tuple[str, ...]:
    from data.schema import CustomerTag, Tag

    with store.reading() as session:
        query = select(Tag.key).join(CustomerTag).where(CustomerTag.customer_id == customer)
        return tuple(sorted(session.scalars(query)))


def sound(store) -> None:
    """Projections equal their events. Rows that the test company wrote past the commands have none."""
    with store.writing() as session:
        assert [d for d in differences(session) if "kept None" not in d] == []


def edit_of(store, people, **values) -> OpportunityEdit:
    now = kept(store, Opportunity, people.opportunity)
    with store.reading() as session:
        version = session.get(Opportunity, people.opportunity).version
    usual = {k: now[k] for k in ("name", "amount", "currency", "close_on", "product")}
    return OpportunityEdit(**(usual | values), version=version)


CHANGES = {
    "customer edit": (
        Customer,
        "customer",
        lambda s, p: edit_customer(s, p.manager, p.customer, CustomerInput("Haihe", "food", "mid"), 1),
    ),
    "grade": (Customer, "customer", lambda s, p: grade_customer(s, p.manager, p.customer, "A", "budget")),
    "assign customer": (
        Customer,
        "customer",
        lambda s, p: assign_customer(s, p.manager, p.customer, p.mate.person_id),
    ),
    "opportunity edit": (
        Opportunity,
        "opportunity",
        lambda s, p: edit_opportunity(
            s, p.manager, p.opportunity, edit_of(s, p, amount=Decimal("120000.50"), name="Pumps")
        ),
    ),
    "opportunity close": (
        Opportunity,
        "opportunity",
        lambda s, p: close_opportunity(s, p.manager, p.opportunity, Outcome.LOST),
    ),
    "assign opportunity": (
        Opportunity,
        "opportunity",
        lambda s, p: assign_opportunity(s, p.manager, p.opportunity, p.mate.person_id),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_undo_redo_undo(store, name):
    people = found(store)
    table, key, make = CHANGES[name]
    before = kept(store, table, getattr(people, key))
    make(store, people)
    after = kept(store, table, getattr(people, key))
    assert after != before
    undone = undo(store, people.manager, last(store))
    assert kept(store, table, getattr(people, key)) == before
    redone = undo(store, people.manager, undone)
    assert kept(store, table, getattr(people, key)) == after
    undo(store, people.manager, redone)
    assert kept(store, table, getattr(people, key)) == before
    with store.reading() as session:
        links = session.scalars(select(Audit.undoes_id).where(Audit.command == "undo").order_by(Audit.id))
        assert links.all() == [undone - 1, undone, redone]
    sound(store)


def test_undoing_twice_is_a_conflict(store):
    people = found(store)
    grade_customer(store, people.rep, people.customer, "A", "budget")
    change = last(store)
    undo(store, people.rep, change)
    with pytest.raises(Conflict) as refused:
        undo(store, people.rep, change)
    assert refused.value.code == "undone_already"


def test_what_somebody_changed_since_is_not_undone_and_they_are_named(store):
    people = found(store)
    grade_customer(store, people.rep, people.customer, "A", "budget")
    change = last(store)
    grade_customer(store, people.manager, people.customer, "C", "budget gone")
    with pytest.raises(Conflict) as refused:
        undo(store, people.rep, change)
    assert (refused.value.code, refused.value.params) == ("changed_since", {"who": "Manager"})
    assert kept(store, Customer, people.customer)["grade"] == "C"


def test_what_others_changed_beside_it_stays(store):
    people = found(store)
    grade_customer(store, people.rep, people.customer, "A", "budget")
    change = last(store)
    edit_customer(store, people.manager, people.customer, CustomerInput("Haihe Group", "food"), 2)
    undo(store, people.rep, change)
    now = kept(store, Customer, people.customer)
    assert (now["grade"], now["graded_at"], now["name"], now["industry"]) == (
        None,
        None,
        "Haihe Group",
        "food",
    )


def test_tags_go_back_one_by_one(store):
    people = found(store)
    tag_customer(store, people.rep, people.customer, ["strategic_account", "budget_approved"])
    tag_customer(store, people.rep, people.customer, ["strategic_account", "expansion_potential"])
    change = last(store)
    tag_customer(
        store,
        people.manager,
        people.customer,
        ["strategic_account", "expansion_potential", "reference_customer"],
    )
    undone = undo(store, people.rep, change)
    assert names(store, people.customer) == ("budget_approved", "reference_customer", "strategic_account")
    assert kept(store, CustomerState, people.customer)["high_value_tags"] == 3
    undo(store, people.rep, undone)
    assert names(store, people.customer) == (
        "expansion_potential",
        "reference_customer",
        "strategic_account",
    )
    with pytest.raises(Conflict):
        undo(store, people.rep, change)
    sound(store)


def test_a_contact_edit_goes_back(store):
    people = found(store)
    contact = add_contact(store, people.rep, people.customer, ContactInput("Wu", "Buyer", "buyer"))
    edit_contact(store, people.rep, contact, ContactInput("Wu Min", "CFO", "decision_maker"), 1)
    undo(store, people.rep, last(store))
    now = kept(store, Contact, contact)
    assert (now["name"], now["title"], now["decision_role"]) == ("Wu", "Buyer", "buyer")


def test_closing_undone_gives_the_planned_steps_back_and_leaves_reverse_events(store):
    people = found(store)
    record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=2))
    step = kept(store, OpportunityState, people.opportunity)["next_step_id"]
    close_opportunity(store, people.rep, people.opportunity, Outcome.LOST)
    assert kept(store, Action, step)["status"] == "cancelled"
    undo(store, people.rep, last(store))
    assert kept(store, Action, step)["status"] == "planned"
    assert kept(store, OpportunityState, people.opportunity)["next_step_id"] == step
    with store.reading() as session:
        events = session.execute(
            select(OpportunityChange.before, OpportunityChange.after)
            .where(OpportunityChange.field == "outcome")
            .order_by(OpportunityChange.id)
        ).all()
    assert [tuple(e) for e in events] == [("open", "lost"), ("lost", "open")]
    sound(store)


def test_a_cancelled_step_is_planned_again(store):
    people = found(store)
    record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=2))
    step = kept(store, OpportunityState, people.opportunity)["next_step_id"]
    cancel_action(store, people.rep, step, "customer is travelling")
    undo(store, people.rep, last(store))
    assert kept(store, Action, step)["status"] == "planned"
    cancel_action(store, people.rep, step, "customer is travelling")
    change = last(store)
    close_opportunity(store, people.rep, people.opportunity, Outcome.LOST)
    with pytest.raises(Conflict) as refused:
        undo(store, people.rep, change)
    assert refused.value.code == "opportunity_closed"


def opportunity_as_seen(store, people):
    with store.reading() as session:
        state = session.get(OpportunityState, people.opportunity, populate_existing=True)
        stage = session.get(Stage, state.stage_id).key if state.stage_id else None
        step = session.get(Action, state.next_step_id) if state.next_step_id else None
        row = session.get(Opportunity, people.opportunity, populate_existing=True)
        return (
            stage,
            state.run_length,
            (step.type, step.planned_for, step.note) if step else None,
            row.amount,
            row.outcome,
        )


def test_a_recorded_action_undone_leaves_the_opportunity_as_it_was(store, clock):
    people = found(store)
    first = record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=50))
    before = opportunity_as_seen(store, people)
    clock.move(hours=1)
    quote = done(store, "quote_confirmation", hours_ago=1, follows=first)
    action = record_action(store, people.rep, people.opportunity, quote)
    after = opportunity_as_seen(store, people)
    assert after[0] == "quote_confirmation"
    undone = undo(store, people.rep, last(store))
    assert opportunity_as_seen(store, people) == before
    assert kept(store, Action, action)["voided_at"] == clock()
    assert kept(store, Action, action)["summary"] == quote.summary
    with store.reading() as session:
        voided = session.scalars(select(StageEvent.voided_at).where(StageEvent.action_id == action)).all()
    assert voided == [clock()]
    sound(store)
    redone = undo(store, people.rep, undone)
    assert opportunity_as_seen(store, people) == after
    sound(store)
    undo(store, people.rep, redone)
    assert opportunity_as_seen(store, people) == before
    record_action(store, people.rep, people.opportunity, quote)
    assert opportunity_as_seen(store, people)[:2] == after[:2]


def test_the_step_that_an_undone_action_completed_is_planned_again(store):
    people = found(store)
    first = record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=50))
    step = kept(store, OpportunityState, people.opportunity)["next_step_id"]
    before = opportunity_as_seen(store, people)
    demo = done(store, "solution_demo", hours_ago=1, follows=first, completes=step)
    assert record_action(store, people.rep, people.opportunity, demo) == step
    undo(store, people.rep, last(store))
    assert opportunity_as_seen(store, people) == before
    sound(store)


def test_an_undone_win_opens_the_opportunity_again(store):
    people = found(store)
    won = done(store, "quote_confirmation", hours_ago=1, outcome=Outcome.WON, next_step=None)
    record_action(store, people.rep, people.opportunity, won)
    undo(store, people.rep, last(store))
    row = kept(store, Opportunity, people.opportunity)
    assert (row["outcome"], row["closed_at"], row["amount"]) == ("open", None, None)
    sound(store)


def test_an_alert_that_the_undone_quote_had_cleared_stands_again(store):
    people = found(store)
    last_id = record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=50))
    for hours_ago in (40, 30, 20):
        demo = done(store, "solution_demo", hours_ago=hours_ago, follows=last_id)
        last_id = record_action(store, people.rep, people.opportunity, demo)
    quote = done(store, "quote_confirmation", hours_ago=1, follows=last_id)
    record_action(store, people.rep, people.opportunity, quote)
    undo(store, people.rep, last(store))
    with store.reading() as session:
        red = select(Alert.cleared_at).where(Alert.rule == "demos_without_quote")
        assert session.scalars(red).all() == [None]


def test_an_action_that_others_built_upon_stays(store):
    people = found(store)
    first = record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=50))
    change = last(store)
    record_action(
        store, people.rep, people.opportunity, done(store, "solution_demo", hours_ago=5, follows=first)
    )
    with pytest.raises(Conflict) as refused:
        undo(store, people.rep, change)
    assert (refused.value.code, refused.value.params["who"]) == ("built_upon", "Rep")


def test_after_the_grace_period_an_action_stays(store, clock):
    people = found(store)
    record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=50))
    clock.move(minutes=61)
    with pytest.raises(Conflict) as refused:
        undo(store, people.rep, last(store))
    assert refused.value.code == "undo_too_late"


def test_a_planned_action_undone_is_gone_from_the_next_steps(store):
    people = found(store)
    plan = ActionInput(
        "appointment", ActionStatus.PLANNED, started_at=store.clock() + timedelta(days=1), note="call"
    )
    record_action(store, people.rep, people.opportunity, plan)
    undo(store, people.rep, last(store))
    assert kept(store, OpportunityState, people.opportunity)["next_step_id"] is None


def test_the_redo_of_an_action_needs_its_time_free(store):
    people = found(store)
    action = done(store, "appointment", hours_ago=2)
    record_action(store, people.rep, people.opportunity, action)
    undone = undo(store, people.rep, last(store))
    mine = open_customer(store, people.rep, CustomerInput("Other"))
    from data.commands.opportunities import open_opportunity

    other = open_opportunity(store, people.rep, mine, "Other 2026")
    record_action(store, people.rep, other, action)
    with pytest.raises(Conflict) as refused:
        undo(store, people.rep, undone)
    assert refused.value.code == "time_taken"


def test_undo_keeps_to_scope_and_role(store):
    people = found(store)
    grade_customer(store, people.rep, people.customer, "A", "budget")
    change = last(store)
    for who, error in (
        (people.mate, NotFound),
        (people.stranger, NotFound),
        (people.admin, NotAllowed),
        (people.product, NotAllowed),
        (people.delivery, NotAllowed),
        (people.store_manager, NotAllowed),
    ):
        with pytest.raises(error):
            undo(store, who, change)
        with pytest.raises(error):
            undo(store, who, 10**6)
    undo(store, people.director, change)


def test_a_rep_does_not_undo_what_only_a_manager_may_do(store):
    people = found(store)
    grade_customer(store, people.rep, people.customer, "A", "budget")
    assign_customer(store, people.manager, people.customer, people.mate.person_id)
    with pytest.raises(NotAllowed):
        undo(store, people.mate, last(store))
    undone = undo(store, people.manager, last(store))
    with pytest.raises(NotAllowed):
        undo(store, people.rep, undone)


def test_adding_cannot_be_undone(store):
    people = found(store)
    open_customer(store, people.rep, CustomerInput("New"))
    with pytest.raises(Conflict) as refused:
        undo(store, people.rep, last(store))
    assert refused.value.code == "cannot_undo"
