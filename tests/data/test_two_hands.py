"""Two hands at once on PostgreSQL: the second waits, reads anew what it waited for, and is told.

SQLite has one writer: there the second begins when the first has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.access import OPERATOR
from core.api import MAX_TOKENS
from core.customers import ContactInput, CustomerInput
from core.exchange.mapping import FileMapping
from core.messages import AppError, Conflict, Invalid
from core.people import PersonInput
from core.promises.demands import Decline, PromiseInput
from core.studio import Area
from data.commands.account import change_own_name
from data.commands.actions import cancel_action, record_action
from data.commands.attribution import answer_factor, ask_for_factor
from data.commands.ballots import draw_paper, open_boxes, vote
from data.commands.briefs import issue_brief
from data.commands.customers import add_contact, edit_contact, edit_customer, tag_customer
from data.commands.demand_files import keep_upload
from data.commands.demands import MOST_FILES, attach_file, decline_demand
from data.commands.exchange import export_file, import_table
from data.commands.leaving import hand_over
from data.commands.morning import CommitmentInput, assign, drop_commitment, start_meeting
from data.commands.opportunities import open_opportunity
from data.commands.people import activate_person, create_person, edit_person
from data.commands.promises import escalate_promise, make_promise, move_promise
from data.commands.studio_fields import keep_field
from data.commands.taking_back import take_back_promise
from data.commands.turns import take_turn
from data.commands.weights import apply_weights, draft_weights, keep_backtest
from data.engine import Store
from data.exchange.reading import read_table
from data.queries.exchange import dry_run
from data.queries.studio import own_draft
from data.schema import (
    Action,
    Commitment,
    Contact,
    Customer,
    Demand,
    Escalation,
    ImportChange,
    Opportunity,
    OpportunityState,
    Person,
    Promise,
    PromisedDate,
    SealedBallot,
    Tag,
)
from tests.api import token_of
from tests.company import found
from tests.conftest import installed
from tests.data.test_demand_files import Upload
from tests.data.test_demands import answered, filed
from tests.data.test_record_action import done
from tests.spec.test_definitions import INFLUENCE, SEATS


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Any) -> Iterator[Store]:
    """A store on PostgreSQL."""
    with installed(request, "postgresql", tmp_path) as url:
        made = Store(url, tmp_path / "files", clock=clock)
        yield made
        made.close()


def at_once(store: Store, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """What becomes of `second` when `first` is committed only once it waits for it, or is done."""
    with ThreadPoolExecutor(1) as pool:
        with store.batch() as session:
            first()
            session.flush()
            other = pool.submit(second)
            until_it_waits(session, other)
        try:
            return other.result()
        except AppError as refused:
            return refused


def until_it_waits(session: Session, other: Future[Any]) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(500):
        if other.done() or session.scalar(waiting):
            break
        sleep(0.01)


def rows(store: Store, query: Any) -> list[Any]:
    with store.reading() as session:
        return list(session.execute(query))


def test_an_edit_of_what_was_read_before_the_lock(store, tmp_path):
    """As over the API, which reads a record before it changes it."""
    people, other = found(store), Store(store.url, tmp_path / "files", clock=store.clock)
    with store.batch() as session:
        assert session.get_one(Customer, people.customer).version == 1
        edit_customer(other, people.rep, people.customer, CustomerInput("Haihe Pumps and Valves"), 1)
        with pytest.raises(Conflict):
            edit_customer(store, people.rep, people.customer, CustomerInput("Haihe"), 1)
    other.close()


def test_a_contact_edited_by_two(store):
    people = found(store)
    wu = add_contact(store, people.rep, people.customer, ContactInput("Wu"))
    told = at_once(
        store,
        lambda: edit_contact(store, people.rep, wu, ContactInput("Wu", "buyer"), 1),
        lambda: edit_contact(store, people.manager, wu, ContactInput("Wu", phone="1"), 1),
    )
    assert isinstance(told, Conflict)
    assert rows(store, select(Contact.title, Contact.version)) == [("buyer", 2)]


def test_a_person_edited_by_two(store):
    people = found(store)
    wanted = [PersonInput("rep", name, "rep", people.rep.team_id) for name in ("Rep One", "Rep Two")]
    told = at_once(
        store,
        lambda: edit_person(store, people.admin, people.rep.person_id, wanted[0], 1),
        lambda: edit_person(store, people.admin, people.rep.person_id, wanted[1], 1),
    )
    assert isinstance(told, Conflict)


def test_a_name_that_an_administrator_changes_at_the_same_time(store):
    people = found(store)
    wanted = PersonInput("rep", "Rep One", "rep", people.rep.team_id)
    told = at_once(
        store,
        lambda: edit_person(store, people.admin, people.rep.person_id, wanted, 1),
        lambda: change_own_name(store, people.rep, "Li Na", 1),
    )
    assert isinstance(told, Conflict)
    assert rows(store, select(Person.name).where(Person.id == people.rep.person_id)) == [("Rep One",)]


def test_two_administrators_who_lock_one_another_out(store):
    people = found(store)
    second = create_person(store, people.admin, PersonInput("second", "Second", "admin"))
    told = at_once(
        store,
        lambda: activate_person(store, people.admin, second, False),
        lambda: activate_person(store, OPERATOR, people.admin.person_id, False),
    )
    assert isinstance(told, Invalid)
    assert rows(store, select(func.count()).where(Person.role == "admin", Person.active)) == [(1,)]


def test_a_rep_in_two_meetings(store):
    people = found(store)
    other = open_opportunity(store, people.rep, people.customer, "Second line")
    meeting = done(store, "appointment", hours_ago=2)
    told = at_once(
        store,
        lambda: record_action(store, people.rep, people.opportunity, meeting),
        lambda: record_action(store, people.rep, other, meeting),
    )
    assert isinstance(told, Invalid)
    assert "two_meetings_with" in {p.code for p in told.problems}


def test_a_step_carried_out_and_called_off(store):
    people = found(store)
    last = record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=9))
    (step,) = rows(store, select(OpportunityState.next_step_id).where(OpportunityState.next_step_id > 0))[0]
    demo = done(store, "solution_demo", hours_ago=2, follows=last, completes=step)
    told = at_once(
        store,
        lambda: record_action(store, people.rep, people.opportunity, demo),
        lambda: cancel_action(store, people.manager, step, "They are ill"),
    )
    assert isinstance(told, AppError)
    assert rows(store, select(Action.status).where(Action.id == step)) == [("completed",)]


def test_a_leaver_who_records_while_their_work_is_handed_over(store):
    """Both take the opportunity first and the person after it: neither waits for the other for ever."""
    people = found(store)
    with ThreadPoolExecutor(1) as pool:
        with store.batch() as session:
            session.execute(select(Opportunity).where(Opportunity.id == people.opportunity).with_for_update())
            other = pool.submit(hand_over, store, people.admin, people.rep.person_id, people.mate.person_id)
            until_it_waits(session, other)
            take_turn(session, people.rep.person_id)
        assert other.result() == people.rep.person_id
    assert rows(store, select(Opportunity.owner_id).where(Opportunity.id == people.opportunity)) == [
        (people.mate.person_id,)
    ]


def test_one_token_more_than_a_person_may_have(store):
    people = found(store)
    for _ in range(MAX_TOKENS - 1):
        token_of(store, people.rep)
    told = at_once(store, lambda: token_of(store, people.rep), lambda: token_of(store, people.rep))
    assert isinstance(told, Invalid)


def test_one_file_more_than_a_demand_may_have(store):
    people = found(store)
    demand = filed(store, people)
    kept = [keep_upload(store, people.rep, Upload(f"{n}.pdf")) for n in range(MOST_FILES + 1)]
    for file in kept[: MOST_FILES - 1]:
        attach_file(store, people.rep, demand, file)
    told = at_once(
        store,
        lambda: attach_file(store, people.rep, demand, kept[-2]),
        lambda: attach_file(store, people.product, demand, kept[-1]),
    )
    assert isinstance(told, Invalid)


def test_a_demand_declined_while_it_is_answered(store):
    people = found(store)
    demand = filed(store, people)
    told = at_once(
        store,
        lambda: answered(store, people, demand),
        lambda: decline_demand(store, people.product, demand, Decline("effort", "No")),
    )
    assert isinstance(told, Conflict)
    assert rows(store, select(Demand.feature_id.is_not(None), Demand.declined_for)) == [(True, None)]


def test_a_factor_answered_by_two(store):
    people = found(store)
    wish = ask_for_factor(store, people.manager, "Open demands", "Three waited.")
    told = at_once(
        store,
        lambda: answer_factor(store, people.director, wish, "taken_up", "Next month"),
        lambda: answer_factor(store, people.director, wish, "declined", "Too few rows"),
    )
    assert isinstance(told, Conflict)


def test_a_promise_escalated_by_two(store):
    people = found(store)
    told = PromiseInput("Next week", store.clock().date() + timedelta(days=7))
    promise = make_promise(store, people.rep, people.customer, told)
    refused = at_once(
        store,
        lambda: escalate_promise(store, people.rep, promise, "They open a plant"),
        lambda: escalate_promise(store, people.manager, promise, "They wait"),
    )
    assert isinstance(refused, Conflict)
    assert len(rows(store, select(Escalation.id))) == 1


def test_a_promise_moved_by_two_to_one_day(store):
    people = found(store)
    day = store.clock().date() + timedelta(days=7)
    promise = make_promise(store, people.rep, people.customer, PromiseInput("Next week", day))
    later = day + timedelta(days=1)
    refused = at_once(
        store,
        lambda: move_promise(store, people.rep, promise, later, "Agreed by phone"),
        lambda: move_promise(store, people.manager, promise, later, "Agreed by phone"),
    )
    assert isinstance(refused, Invalid)
    assert len(rows(store, select(PromisedDate.id))) == 2


def test_a_promise_taken_back_by_two(store):
    people = found(store)
    told = PromiseInput("Next week", store.clock().date() + timedelta(days=7))
    promise = make_promise(store, people.rep, people.customer, told)
    refused = at_once(
        store,
        lambda: take_back_promise(store, people.rep, promise, "Twice"),
        lambda: take_back_promise(store, people.manager, promise, "Another customer's"),
    )
    assert isinstance(refused, Conflict)
    assert rows(store, select(Promise.taken_back_by, Promise.taken_back_for)) == [
        (people.rep.person_id, "Twice")
    ]


def test_two_exports_give_a_record_one_reference(store):
    people = found(store)
    exported: list[Any] = []
    told = at_once(
        store,
        lambda: exported.append(export_file(store, people.admin, "customers", "csv")),
        lambda: export_file(store, people.director, "customers", "csv"),
    )
    assert exported == [told]


def test_two_imports_of_one_file(store):
    people = found(store)
    table = read_table("c.csv", b"name,owner\nTaishan Steel,rep\nHuashan Glass,rep\n", "customers")
    at_once(
        store,
        lambda: import_table(store, people.admin, "customers", "c.csv", table, FileMapping()),
        lambda: import_table(store, people.admin, "customers", "c.csv", table, FileMapping()),
    )
    names = select(Customer.name).where(Customer.name.in_(("Taishan Steel", "Huashan Glass")))
    assert len(rows(store, names)) == 2


@pytest.mark.parametrize(("looked", "industry"), [(True, "chemicals"), (False, "food")])
def test_an_import_that_waits_for_an_edit(store, looked, industry):
    """Whoever saw a preview overwrites nothing that they did not see; a file alone is the later word."""
    people = found(store)
    table = read_table("c.csv", b"name,industry\nHaihe Pumps,food\n", "customers")
    file = ("customers", "c.csv", table, FileMapping())
    seen = dry_run(store, people.admin, *file).seen if looked else None
    told = at_once(
        store,
        lambda: edit_customer(
            store, people.rep, people.customer, CustomerInput("Haihe Pumps", "chemicals"), 1
        ),
        lambda: import_table(store, people.admin, *file, seen),
    )
    assert (told.updated, len(told.rejected)) == ((0, 1) if looked else (1, 0))
    assert rows(store, select(Customer.industry).where(Customer.id == people.customer)) == [(industry,)]
    if not looked:  # what an undo brings back is the edit, not what stood before it
        assert rows(store, select(ImportChange.before)) == [({"industry": "chemicals"},)]


def test_tags_that_wait_for_an_edit(store):
    people = found(store)
    with store.writing() as session:
        session.add_all([Tag(key=key, high_value=False) for key in ("big", "old")])
    table = read_table("c.csv", b"name,tags\nHaihe Pumps,big\n", "customers")
    told = at_once(
        store,
        lambda: tag_customer(store, people.rep, people.customer, ["old"]),
        lambda: import_table(store, people.admin, "customers", "c.csv", table, FileMapping(), None),
    )
    assert told.updated == 1
    (change,) = rows(store, select(ImportChange.before))
    assert len(change[0]["tags"]) == 1


def test_a_draft_of_the_studio_in_two_tabs(store):
    people = found(store)
    at_once(
        store,
        lambda: keep_field(store, people.director, SEATS),
        lambda: keep_field(store, people.director, INFLUENCE),
    )
    with store.reading() as session:
        assert len(own_draft(session, people.director, Area.FIELDS).content["own_fields"]) == 2


def test_a_commitment_given_up_by_two(store):
    people = found(store)
    held = start_meeting(store, people.manager, issue_brief(store, people.manager, people.rep.team_id))
    due = store.clock() + timedelta(hours=4)
    given = CommitmentInput("Call", people.rep.person_id, due, people.customer)
    made = assign(store, people.manager, held, given)
    told = at_once(
        store,
        lambda: drop_commitment(store, people.manager, made, "They bought elsewhere"),
        lambda: drop_commitment(store, people.director, made, "Something else"),
    )
    assert isinstance(told, Conflict)
    assert rows(store, select(Commitment.drop_reason)) == [("They bought elsewhere",)]


def test_a_vote_that_waits_while_its_box_is_opened(store, clock, tmp_path):
    people, march = found(store), clock.at
    paper = draw_paper(store, people.rep)
    vote(store, people.rep, paper, "report:outlook:1", 3)
    late = Store(store.url, tmp_path / "files", clock=lambda: march)
    clock.move(days=40)
    told = at_once(
        store,
        lambda: open_boxes(store, OPERATOR),
        lambda: vote(late, people.rep, paper, "report:outlook:1", 5),
    )
    late.close()
    assert isinstance(told, Conflict)
    assert rows(store, select(SealedBallot.mark)) == []


def test_two_sets_of_weights_that_were_held_against_the_same(store):
    people = found(store)
    drafts = [
        draft_weights(store, people.director, {"": {"stage": weight}}, "Stages tell more.")
        for weight in (1.5, 2.0)
    ]
    for version in drafts:
        keep_backtest(store, people.director, version, None, {"landmarks": 0})
    told = at_once(
        store,
        lambda: apply_weights(store, people.director, drafts[0], "Now."),
        lambda: apply_weights(store, people.director, drafts[1], "Now."),
    )
    assert isinstance(told, Invalid)
