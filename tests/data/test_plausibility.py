"""What is worth a look in the store's records: whose, which rows, who may see it, and what came of it."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from core.access import OPERATOR
from core.messages import Invalid, NotFound
from core.process.actions import ActionInput
from core.process.evidence import NextStep
from core.terms import ActionStatus
from data.commands.actions import record_action
from data.commands.plausibility import review_sign
from data.queries.plausibility import plausibility
from data.schema import Action, Audit, ImportBatch, Team
from tests.company import found
from tests.data.test_alerts import FIELDS


@pytest.fixture
def office(store, clock):
    people = found(store)

    latest: dict[int, int] = {}

    def record(person, opportunity, summary: str, hours_ago: float) -> int:
        start = clock.at - timedelta(hours=hours_ago)
        latest[opportunity] = record_action(
            store,
            person,
            opportunity,
            ActionInput(
                "appointment",
                ActionStatus.COMPLETED,
                started_at=start,
                ended_at=start + timedelta(minutes=30),
                summary=summary,
                follows=latest.get(opportunity),
                next_step=NextStep("needs_diagnosis", clock.at + timedelta(days=2), ""),
                fields=FIELDS["appointment"],
            ),
        )
        return latest[opportunity]

    def day(person, opportunity, summary: str) -> list[int]:
        return [record(person, opportunity, summary, hours_ago) for hours_ago in (7.2, 5.7, 3.3)]

    def look(who=None, **shown):
        with store.reading() as session:
            return plausibility(session, who or people.manager, clock.at, **shown)

    return SimpleNamespace(people=people, record=record, day=day, look=look, store=store)


def kinds(shown) -> dict[str, str]:
    return {s.sign.kind: s.person for s in shown.signs}


def test_a_sign_names_its_person_and_the_rows_that_show_it(office):
    made = office.day(office.people.rep, office.people.opportunity, "Went well, next week again.")
    shown = office.look()
    assert kinds(shown) == {"identical_text": "Rep"}
    (sign,) = shown.signs
    assert [row.action_id for row in sign.rows] == made
    assert {row.customer for row in sign.rows} == {"Haihe Pumps"}
    assert {row.text for row in sign.rows} == {"Went well, next week again."}
    assert (sign.team, shown.days, shown.people, shown.actions) == ("East", 28, 1, 3)


def test_whoever_leads_the_person_sees_it_and_nobody_else(office):
    office.day(office.people.rep, office.people.opportunity, "Went well, next week again.")
    office.day(office.people.stranger, office.people.strange_opportunity, "All as agreed last time.")
    people = office.people
    assert kinds(office.look(people.manager)) == {"identical_text": "Rep"}
    assert [s.person for s in office.look(people.director).signs] == ["Rep", "Stranger"]
    assert [s.person for s in office.look(OPERATOR).signs] == ["Rep", "Stranger"]
    for who in (people.rep, people.product, people.admin):
        assert office.look(who).signs == ()
        assert office.look(who).actions == 0


def test_of_many_signs_the_first_come_and_all_are_counted(office):
    office.day(office.people.rep, office.people.opportunity, "Went well, next week again.")
    office.day(office.people.stranger, office.people.strange_opportunity, "All as agreed last time.")
    director = office.people.director
    some, every = office.look(director, shown=1), office.look(director)
    assert (some.signs, some.total, some.actions) == (every.signs[:1], 2, 6)
    assert every.total == len(every.signs) == 2


def test_nobody_looks_at_their_own_records(office):
    office.day(office.people.rep, office.people.opportunity, "Went well, next week again.")
    with office.store.writing() as session:
        for action in session.query(Action):
            action.owner_id = office.people.manager.person_id
    assert office.look(office.people.manager).signs == ()
    assert kinds(office.look(office.people.director)) == {"identical_text": "Manager"}


def test_what_lies_before_the_window_is_left_alone(office, clock):
    office.day(office.people.rep, office.people.opportunity, "Went well, next week again.")
    clock.move(days=27)
    assert kinds(office.look()) == {"identical_text": "Rep"}
    clock.move(days=2)
    assert office.look().actions == 0


def test_a_burst_is_of_what_people_enter_not_of_files(office, clock):
    office.record(office.people.rep, office.people.opportunity, "The first of all visits", 7.2)
    assert office.look().signs == ()
    with office.store.writing() as session:
        first = session.query(Action).filter_by(status="completed").one()
        for n in range(4):
            session.add(copy_of(first, f"Note {n}", minutes=-300 * (n + 1)))
    assert kinds(office.look()) == {"bursts": "Rep"}
    with office.store.writing() as session:
        batch = ImportBatch(kind="actions", filename="a.csv", at=clock.at, counts={})
        session.add(batch)
        session.flush()
        for action in session.query(Action):
            action.batch_id = batch.id
    assert office.look().signs == ()


def test_the_hour_is_the_one_where_the_person_lives(office, clock):
    with office.store.writing() as session:
        for team in session.query(Team):
            team.timezone = "Asia/Kolkata"  # half an hour off every full hour of UTC
    office.record(office.people.rep, office.people.opportunity, "The first of all visits", 7.2)
    with office.store.writing() as session:
        first = session.query(Action).filter_by(status="completed").first()
        sharp = clock.at.replace(minute=30, second=0, microsecond=0)
        for n in range(57):
            action = copy_of(first, f"Visit {n}", minutes=0)
            action.started_at = sharp - timedelta(hours=2 * n + 10)
            action.ended_at = action.started_at + timedelta(minutes=30)
            action.recorded_at = action.ended_at
            session.add(action)
    assert kinds(office.look()) == {"on_the_hour": "Rep"}
    with office.store.writing() as session:
        for team in session.query(Team):
            team.timezone = "Asia/Shanghai"
    assert office.look().signs == ()


def test_what_was_looked_at_comes_back_with_new_entries_only(office, clock):
    office.day(office.people.rep, office.people.opportunity, "Went well, next week again.")
    rep = office.people.rep.person_id
    review_sign(office.store, office.people.manager, rep, "identical_text", " They agreed on the phrase. ")
    shown = office.look()
    assert shown.signs == ()
    (review,) = shown.reviews
    assert (review.person, review.kind, review.note) == (
        "Rep",
        "identical_text",
        "They agreed on the phrase.",
    )
    assert (review.reviewed_at, review.reviewed_by) == (clock.at, "Manager")
    with office.store.reading() as session:
        audit = session.query(Audit).order_by(Audit.id.desc()).first()
        assert (audit.command, audit.entity_id) == ("sign.review", rep)
    clock.move(days=1)
    again = office.day(office.people.rep, office.people.opportunity, "Went well, next week again.")
    (sign,) = office.look().signs
    assert [row.action_id for row in sign.rows] == again


def test_a_review_needs_a_note_a_known_sign_and_a_person_in_reach(office):
    people, store = office.people, office.store
    rep, stranger = people.rep.person_id, people.stranger.person_id
    with pytest.raises(Invalid) as refused:
        review_sign(store, people.manager, rep, "bursts", "  ")
    assert [(p.field, p.code) for p in refused.value.problems] == [("note", "reason_required")]
    for who, person, kind in (
        (people.manager, stranger, "bursts"),
        (people.manager, people.manager.person_id, "bursts"),
        (people.manager, rep, "guilt"),
        (people.manager, 999, "bursts"),
    ):
        with pytest.raises(NotFound):
            review_sign(store, who, person, kind, "Asked.")
    review_sign(store, people.director, stranger, "bursts", "Asked.")


def copy_of(action: Action, summary: str, minutes: float) -> Action:
    by = timedelta(minutes=minutes)
    return Action(
        type=action.type,
        status="completed",
        customer_id=action.customer_id,
        opportunity_id=action.opportunity_id,
        owner_id=action.owner_id,
        started_at=action.started_at + by,
        ended_at=action.ended_at + by,
        recorded_at=action.recorded_at,
        summary=summary,
        fields={"place": "https://meet.example/1"},
    )
