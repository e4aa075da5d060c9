"""Drafts: found again, saved field by field, submitted once, refused without losing a word."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.customers import ContactInput, CustomerInput
from core.messages import Conflict, NotFound
from core.process.sheet import NEW
from core.terms import Outcome
from data.commands.actions import cancel_action, record_action
from data.commands.customers import add_contact, open_customer
from data.commands.drafts import drop_draft
from data.commands.opportunities import assign_opportunity, close_opportunity, open_opportunity
from data.commands.record import (
    Link,
    move_record,
    open_record,
    save_record_fields,
    submit_record,
    take_back,
    undo_change,
)
from data.queries.drafts import draft
from data.queries.record import customer_facts
from data.queries.record_begin import begin
from data.schema import Action, Audit, Draft, Opportunity, OpportunityState, Stage
from tests.company import found
from tests.data.test_record_action import done

GOOD = {
    "type": "needs_diagnosis",
    "fields-pain": "slow",
    "fields-current_process": "paper",
    "fields-budget": "500k",
    "fields-decision_chain": "CEO",
    "summary": "They want it running by May.",
    "next_step-type": "solution_demo",
    "next_step-day": "2026-03-06",
}


def seen(store, who, draft_id):
    with store.reading() as session:
        return draft(session, who, draft_id)


def begun(store, who):
    with store.reading() as session:
        return begin(session, who, store.clock())


def filled(store, people, **more) -> int:
    """A draft of the rep that would be accepted."""
    id_ = open_record(store, people.rep, Link(customer=people.customer))
    save_record_fields(store, people.rep, id_, GOOD | more)
    return id_


def completed(store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).where(Action.status == "completed"))


def problems(store, who, draft_id) -> set[tuple[str, str]]:
    return {(p.field, p.code) for p in seen(store, who, draft_id).problems}


def test_a_link_opens_the_same_draft_again_and_another_opportunity_its_own(store):
    people = found(store)
    link = Link(people.customer, people.opportunity, type="solution_demo")
    first = open_record(store, people.rep, link)
    assert seen(store, people.rep, first).values["type"] == "solution_demo"
    save_record_fields(store, people.rep, first, {"summary": "half a sentence"})
    assert open_record(store, people.rep, link) == first
    assert open_record(store, people.rep, Link(people.customer)) == first
    assert seen(store, people.rep, first).values["summary"] == "half a sentence"
    save_record_fields(store, people.rep, first, {"opportunity": NEW})
    assert open_record(store, people.rep, link) != first


def test_a_link_to_a_step_or_type_never_opens_the_draft_of_another(store, clock):
    people = found(store)
    record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=1))
    clock.move(days=2, hours=3)
    (due,) = begun(store, people.rep).due
    quote = open_record(store, people.rep, Link(people.customer, type="quote_confirmation"))
    save_record_fields(store, people.rep, quote, {"summary": "half a sentence", "completes": None})
    step = open_record(store, people.rep, Link(people.customer, type=due.type, action=due.action_id))
    assert step != quote
    assert seen(store, people.rep, step).values["completes"] == due.action_id
    save_record_fields(store, people.rep, step, {"summary": "another", "type": "objection_handling"})
    assert open_record(store, people.rep, Link(action=due.action_id)) == step
    assert open_record(store, people.rep, Link(people.customer, type="needs_diagnosis")) not in (quote, step)
    assert open_record(store, people.rep, Link(people.customer, type="quote_confirmation")) == quote
    assert seen(store, people.rep, quote).values["summary"] == "half a sentence"


def test_a_draft_nobody_touched_is_no_unfinished_one_and_takes_new_times(store, clock):
    people = found(store)
    id_ = open_record(store, people.rep, Link(people.customer))
    assert begun(store, people.rep).unfinished == ()
    clock.move(hours=2)
    assert open_record(store, people.rep, Link(people.customer)) == id_
    assert seen(store, people.rep, id_).values["start"] == "13:00"
    save_record_fields(store, people.rep, id_, {"summary": "x"})
    assert [u.customer for u in begun(store, people.rep).unfinished] == ["Haihe Pumps"]


def test_a_second_record_is_offered_no_time_that_the_first_has_taken(store, clock):
    people = found(store)
    clock.move(hours=2)  # 14:00
    first = filled(store, people)
    submit_record(store, people.rep, first)
    assert seen(store, people.rep, first).values["start"] == "13:00"
    again = open_record(store, people.rep, Link(people.customer))
    values = seen(store, people.rep, again).values
    assert (values["start"], values["minutes"]) == (
        "12:00",
        30,
    )  # half an hour before what was, and not during it
    clock.move(hours=2)
    mate = open_record(store, people.manager, Link(people.customer))
    values = seen(store, people.manager, mate).values
    assert (values["start"], values["minutes"]) == ("15:00", 60)


def test_a_due_step_prefills_type_time_and_what_it_completes(store, clock):
    people = found(store)
    record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=1))
    clock.move(days=2, hours=3)
    (due,) = begun(store, people.rep).due
    values = seen(store, people.rep, open_record(store, people.rep, Link(action=due.action_id))).values
    assert (values["type"], values["day"], values["start"]) == ("solution_demo", "2026-03-06", "12:00")
    assert (values["completes"], values["opportunity"]) == (due.action_id, people.opportunity)


def test_what_was_typed_moves_to_another_customer_and_what_is_the_first_ones_stays(store, clock):
    people = found(store)
    add_contact(store, people.rep, people.customer, ContactInput("Wu", decision_role="buyer"))
    other = open_customer(store, people.rep, CustomerInput("Wuyi Valves"))
    line = open_opportunity(store, people.rep, other, "First line")
    typed = GOOD | {
        "type": "solution_demo",
        "opportunity": people.opportunity,
        "follows": 1,
        "start": "07:15",
    }
    draft_id = open_record(store, people.rep, Link(people.customer))
    save_record_fields(store, people.rep, draft_id, typed | {"fields-watchers": ["Wu", "Li Na"]})
    moved = move_record(store, people.rep, draft_id, Link(other))
    values = seen(store, people.rep, moved).values
    assert (values["customer"], values["opportunity"], values.get("follows")) == (other, line, None)
    assert (values["type"], values["start"], values["summary"]) == ("solution_demo", "07:15", GOOD["summary"])
    assert values["fields-watchers"] == ["Li Na"]  # the other customer knows no Wu
    with pytest.raises(NotFound):
        seen(store, people.rep, draft_id)
    assert [u.draft_id for u in begun(store, people.rep).unfinished] == [moved]
    assert move_record(store, people.rep, moved, Link(other)) == moved  # the same customer chosen again
    with pytest.raises(NotFound):  # out of reach: the words stay where they are
        move_record(store, people.mate, moved, Link(other))
    with pytest.raises(NotFound):
        move_record(store, people.rep, moved, Link(999))
    assert seen(store, people.rep, moved).values["summary"] == GOOD["summary"]


def test_a_new_opportunity_that_was_typed_moves_along(store, clock):
    people = found(store)
    other = open_customer(store, people.rep, CustomerInput("Wuyi Valves"))
    line = open_opportunity(store, people.rep, other, "First line")
    new = {"opportunity": NEW, "opportunity-name": "Line 2", "opportunity-amount": "42万"}
    moved = move_record(store, people.rep, filled(store, people, **new), Link(other))
    values = seen(store, people.rep, moved).values
    assert {name: values[name] for name in new} == new
    given_up = filled(store, people, **new | {"opportunity": people.opportunity})
    values = seen(store, people.rep, move_record(store, people.rep, given_up, Link(other))).values
    assert (values["opportunity"], values.get("opportunity-name")) == (line, None)


def test_a_record_moved_to_a_planned_step_takes_its_type_and_completes_it(store, clock):
    people = found(store)
    other = open_customer(store, people.rep, CustomerInput("Wuyi Valves"))
    line = open_opportunity(store, people.rep, other, "First line")
    record_action(store, people.rep, line, done(store, "appointment", hours_ago=30))
    clock.move(days=3)
    (step,) = [s for s in begun(store, people.rep).due if s.customer == "Wuyi Valves"]
    moved = move_record(store, people.rep, filled(store, people), Link(action=step.action_id))
    values = seen(store, people.rep, moved).values
    assert (values["type"], values["completes"]) == ("solution_demo", step.action_id)
    assert values["summary"] == GOOD["summary"]


def test_two_devices_on_one_draft_undo_nothing_of_each_other(store):
    people = found(store)
    id_ = filled(store, people)
    save_record_fields(store, people.rep, id_, {"summary": "typed on the phone"})
    save_record_fields(store, people.rep, id_, {"fields-pain": "typed at the desk"})
    save_record_fields(store, people.rep, id_, {"summary": "typed at the desk"})
    values = seen(store, people.rep, id_).values
    assert (values["summary"], values["fields-pain"]) == ("typed at the desk", "typed at the desk")
    with ThreadPoolExecutor(8) as hands:
        fields = [f"fields-x{n}" for n in range(8)]
        list(hands.map(lambda f: save_record_fields(store, people.rep, id_, {f: f}), fields))
    values = seen(store, people.rep, id_).values
    assert [values[f] for f in fields] == fields


def test_a_submit_writes_and_says_what_changed(store):
    people = found(store)
    id_ = filled(store, people)
    submit_record(store, people.rep, id_)
    sent = seen(store, people.rep, id_).sent
    assert (sent["stage_before"], sent["stage"]) == (None, "needs_diagnosis")
    assert (sent["next_type"], sent["next_at"]) == ("solution_demo", "2026-03-06T02:00:00+00:00")
    with store.reading() as session:
        action = session.get_one(Action, sent["action"])
    assert (action.summary, action.fields["pain"]) == (GOOD["summary"], "slow")
    assert begun(store, people.rep).unfinished == ()


def test_ten_clicks_write_one_record(store):
    people = found(store)
    id_ = filled(store, people)
    with ThreadPoolExecutor(10) as hands:
        list(hands.map(lambda _: submit_record(store, people.rep, id_), range(10)))
    assert completed(store) == 1


def test_a_refused_submit_keeps_every_word_and_names_all_problems(store):
    people = found(store)
    id_ = open_record(store, people.rep, Link(people.customer))
    save_record_fields(store, people.rep, id_, {"summary": "short", "opportunity": None})
    submit_record(store, people.rep, id_)
    kept = seen(store, people.rep, id_)
    assert problems(store, people.rep, id_) == {
        ("opportunity", "required"), ("type", "required"), ("summary", "summary_too_short"),
        ("next_step", "next_step_required"),
    }  # fmt: skip
    assert (kept.values["summary"], kept.refusals, kept.sent) == ("short", 1, None)
    save_record_fields(store, people.rep, id_, {"summary": "A good deal longer now."})
    assert ("summary", "summary_too_short") not in problems(store, people.rep, id_)
    assert ("type", "required") in problems(store, people.rep, id_)


def test_a_problem_with_times_says_them_after_the_store_too(store):
    people = found(store)
    earlier = done(store, "appointment", hours_ago=1)
    record_action(store, people.rep, people.opportunity, earlier)
    id_ = filled(store, people)
    save_record_fields(store, people.rep, id_, {"day": "2026-03-04", "start": "11:10", "minutes": 30})
    submit_record(store, people.rep, id_)
    (soon,) = (p for p in seen(store, people.rep, id_).problems if p.code == "too_soon_after_previous")
    assert soon.params == {"minutes": 30, "at": earlier.ended_at}


def test_a_new_opportunity_opens_with_its_first_action_or_not_at_all(store):
    people = found(store)
    early = {"opportunity-close_on": "2020-01-31"}
    new = {"opportunity": NEW, "opportunity-amount": "120000.5", "summary": "short"} | early
    id_ = filled(store, people, **new)
    submit_record(store, people.rep, id_)
    assert problems(store, people.rep, id_) == {
        ("opportunity.name", "required"),
        ("opportunity.close_on", "closes_before_opening"),
        ("summary", "summary_too_short"),
    }
    save_record_fields(store, people.rep, id_, {"opportunity-name": "Line 2", "opportunity-amount": "12 man"})
    submit_record(store, people.rep, id_)
    assert ("opportunity.amount", "unread_amount") in problems(store, people.rep, id_)
    save_record_fields(
        store, people.rep, id_, {"opportunity-amount": "12.00005万", "opportunity-close_on": None}
    )
    submit_record(store, people.rep, id_)
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Opportunity)) == 2  # summary still too short
    save_record_fields(store, people.rep, id_, {"summary": GOOD["summary"]})
    submit_record(store, people.rep, id_)
    with store.reading() as session:
        opened = session.scalar(select(Opportunity).where(Opportunity.name == "Line 2"))
        state = session.get_one(OpportunityState, opened.id)
        assert session.get_one(Stage, state.stage_id).key == "needs_diagnosis"
    assert (opened.amount, opened.owner_id) == (Decimal("120000.5"), people.rep.person_id)


@pytest.mark.parametrize(
    ("meanwhile", "problem"),
    [
        ("closed", ("opportunity", "opportunity_closed")),
        ("reassigned", ("opportunity", "opportunity_gone")),
        ("step_called_off", ("completes", "step_gone")),
    ],
)
def test_what_changed_meanwhile_is_said_and_nothing_is_lost(store, meanwhile, problem):
    people = found(store)
    record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=9))
    with store.reading() as session:
        step = session.get_one(OpportunityState, people.opportunity).next_step_id
    id_ = filled(store, people, completes=step)
    if meanwhile == "closed":
        close_opportunity(store, people.rep, people.opportunity, Outcome.LOST)
    elif meanwhile == "reassigned":
        assign_opportunity(store, people.manager, people.opportunity, people.mate.person_id)
    else:
        cancel_action(store, people.rep, step, "they moved it")
    submit_record(store, people.rep, id_)
    kept = seen(store, people.rep, id_)
    assert problem in problems(store, people.rep, id_)
    assert (kept.values["summary"], kept.sent) == (GOOD["summary"], None)
    if meanwhile == "step_called_off":
        submit_record(store, people.rep, id_)
        assert seen(store, people.rep, id_).sent


def test_a_plan_and_its_calling_off(store):
    people = found(store)
    id_ = filled(store, people, **{"state": "planned", "plan-day": "2026-03-09", "note": "bring the pump"})
    submit_record(store, people.rep, id_)
    plan = seen(store, people.rep, id_).sent
    assert (plan["state"], plan["next_at"]) == ("planned", "2026-03-09T02:00:00+00:00")
    off = filled(store, people, state="cancelled", cancels=plan["action"])
    submit_record(store, people.rep, off)
    assert problems(store, people.rep, off) == {("reason", "reason_required")}
    save_record_fields(store, people.rep, off, {"reason": "plant closed"})
    submit_record(store, people.rep, off)
    assert seen(store, people.rep, off).sent["next_at"] is None


def test_taking_back_reopens_the_draft_and_a_second_submit_writes_anew(store):
    people = found(store)
    id_ = filled(store, people)
    submit_record(store, people.rep, id_)
    take_back(store, people.rep, id_)
    assert (completed(store), seen(store, people.rep, id_).values["summary"]) == (1, GOOD["summary"])
    with store.reading() as session:
        voided = session.scalars(select(Action.voided_at).where(Action.status == "completed")).all()
    assert voided != [None]
    submit_record(store, people.rep, id_)
    assert completed(store) == 2
    with pytest.raises(Conflict):
        save_record_fields(store, people.rep, id_, {"summary": "too late"})


def test_a_record_undone_anywhere_is_a_draft_again_until_the_undo_is_undone(store, clock):
    people = found(store)
    id_ = filled(store, people)
    submit_record(store, people.rep, id_)
    undo_change(store, people.rep, seen(store, people.rep, id_).sent["audit"])
    assert open_record(store, people.rep, Link(people.customer)) == id_
    assert seen(store, people.rep, id_).values["summary"] == GOOD["summary"]
    with store.reading() as session:
        undone = session.scalars(select(Audit.id).order_by(Audit.id.desc())).first()
    undo_change(store, people.rep, undone)
    assert completed(store) == 1
    assert open_record(store, people.rep, Link(people.customer)) != id_
    clock.move(minutes=1)
    undo_change(store, people.rep, seen(store, people.rep, id_).sent["audit"])
    assert open_record(store, people.rep, Link(people.customer)) == id_


def test_taken_back_and_sent_again_it_completes_the_planned_step_at_once(store):
    people = found(store)
    record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=9))
    with store.reading() as session:
        step = session.get_one(OpportunityState, people.opportunity).next_step_id
        planned = session.get_one(Action, step).planned_for
    id_ = filled(store, people, completes=step)
    submit_record(store, people.rep, id_)
    take_back(store, people.rep, id_)
    submit_record(store, people.rep, id_)
    assert problems(store, people.rep, id_) == set()
    with store.reading() as session:
        row = session.get_one(Action, seen(store, people.rep, id_).sent["action"])
    assert (row.status, row.planned_for) == ("completed", planned)


def test_drafts_are_their_owners_alone(store):
    people = found(store)
    id_ = filled(store, people)
    for act in (
        lambda: seen(store, people.mate, id_),
        lambda: save_record_fields(store, people.mate, id_, {"summary": "mine"}),
        lambda: submit_record(store, people.mate, id_),
    ):
        with pytest.raises(NotFound):
            act()
    drop_draft(store, people.mate, id_)
    assert seen(store, people.rep, id_)
    drop_draft(store, people.rep, id_)
    with pytest.raises(NotFound):
        seen(store, people.rep, id_)


def test_customers_of_others_cannot_be_recorded_for(store):
    people = found(store)
    assert [c.name for c in begun(store, people.rep).customers] == ["Haihe Pumps"]
    assert [c.name for c in begun(store, people.mate).customers] == []
    for who, customer in ((people.rep, people.strange_customer), (people.mate, people.customer)):
        with pytest.raises(NotFound):
            open_record(store, who, Link(customer))


def test_a_manager_records_for_the_team_and_the_owner_stays(store):
    people = found(store)
    id_ = open_record(store, people.manager, Link(people.customer, people.opportunity))
    save_record_fields(store, people.manager, id_, GOOD)
    submit_record(store, people.manager, id_)
    with store.reading() as session:
        action = session.get_one(Action, seen(store, people.manager, id_).sent["action"])
    assert action.owner_id == people.rep.person_id


def test_text_of_any_kind_comes_back_as_it_was(store):
    people = found(store)
    odd = "🧯 **bold** <script>alert(1)</script> \u202e مرحبا $x$ :red[no] =1+1"
    id_ = filled(store, people, summary=odd + "x" * 10_000)
    save_record_fields(store, people.rep, id_, {"fields-pain": "nul\x00 and \ud800 half"})
    submit_record(store, people.rep, id_)
    sent = seen(store, people.rep, id_).sent
    with store.reading() as session:
        action = session.get_one(Action, sent["action"])
        facts = customer_facts(session, people.rep, people.customer)
    assert action.summary == facts.records[0].summary == odd + "x" * 10_000
    assert action.fields["pain"] == "nul and  half"


def test_old_scratch_paper_is_swept_but_nobodys_text(store, clock):
    people = found(store)
    with_text = filled(store, people)
    other = open_opportunity(store, people.rep, people.customer, "Line 2")
    untouched = open_record(store, people.rep, Link(people.customer, other))
    assert untouched != with_text
    clock.move(days=40)
    third = open_opportunity(store, people.rep, people.customer, "Line 3")
    fresh = open_record(store, people.rep, Link(people.customer, third))
    with store.reading() as session:
        assert set(session.scalars(select(Draft.id))) == {with_text, fresh}


def test_the_end_decides_which_records_are_earlier(store):
    people = found(store)
    first = record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=30))
    record_action(
        store, people.rep, people.opportunity, done(store, "solution_demo", hours_ago=3, follows=first)
    )
    id_ = filled(store, people, day="2026-03-03", start="22:00", minutes=30)
    submit_record(store, people.rep, id_)
    sent = seen(store, people.rep, id_).sent
    with store.reading() as session:
        assert session.get_one(Action, sent["action"]).follows_id == first
