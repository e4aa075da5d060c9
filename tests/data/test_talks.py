"""One-to-one talks: who holds them with whom, steps shown by records, and the numbers of the sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.messages import Conflict, Invalid, NotFound
from core.reports.catalogue import METRICS
from core.reports.commitments import Kept
from core.terms import ActionStatus
from data.commands.talks import StepInput, agree, drop_step, move_step, record_talk, settle, take_up_step
from data.notices import sentence
from data.queries.metrics.rows import behind
from data.queries.one_to_one import SINCE, sheet
from data.queries.talks import reps
from data.schema import Action, Message, Person, Talk
from tests.morning import at_risk, customer_of, deal_of


@pytest.fixture
def company(store, clock):
    return at_risk(store, clock)


def seen(store, who, rep):
    with store.reading() as session:
        return sheet(session, who, rep.person_id, store.clock())


def done(store, rep, name, at):
    with store.writing() as session:
        session.add(
            Action(
                customer_id=customer_of(store, name), opportunity_id=deal_of(store, name),
                owner_id=rep.person_id, type="needs_diagnosis",
                status=ActionStatus.COMPLETED, ended_at=at, recorded_at=at, fields={},
            )
        )  # fmt: skip


def test_a_manager_holds_talks_with_the_own_team_and_the_rep_reads_them(store, company):
    assert record_talk(store, company.manager, company.rep.person_id, " Went well ")
    for who in (company.manager, company.director, company.rep):
        assert [t.note for t in seen(store, who, company.rep).talks] == ["Went well"]
    for who in (company.mate, company.stranger):
        with pytest.raises(NotFound):
            seen(store, who, company.rep)
    with pytest.raises(NotFound):
        record_talk(store, company.manager, company.stranger.person_id, "Not mine")
    with pytest.raises(Invalid):
        record_talk(store, company.manager, company.rep.person_id, " ")
    with store.reading() as session:
        assert [r.name for r in reps(session, company.manager)] == ["Mate", "Rep"]
        assert [(r.name, r.led) for r in reps(session, company.rep)] == [("Rep", False)]
        assert len(reps(session, company.director)) == 3


def test_a_step_with_a_customer_is_shown_by_a_record_alone(store, company, clock):
    talk = record_talk(store, company.manager, company.rep.person_id, "Haihe first")
    haihe = customer_of(store, "Haihe")
    step = agree(store, company.manager, talk, StepInput("See them", clock.at + timedelta(days=2), haihe))
    with store.reading() as session:
        [told] = session.scalars(select(Message).where(Message.kind == "talk_step"))
        assert (told.person_id, told.page) == (company.rep.person_id, "one_to_one")
    with pytest.raises(Conflict):
        settle(store, company.rep, step)
    clock.move(days=1)
    [first] = seen(store, company.rep, company.rep).talks[0].steps
    assert first.state is Kept.OPEN
    done(store, company.rep, "Haihe", clock.at - timedelta(hours=2))
    [first] = seen(store, company.manager, company.rep).talks[0].steps
    assert (first.state, first.record.word) == (Kept.KEPT, "needs_diagnosis")


def test_a_step_without_a_customer_is_done_by_word(store, company, clock):
    talk = record_talk(store, company.manager, company.rep.person_id, "Learn the new module")
    step = agree(store, company.manager, talk, StepInput("Read the guide", clock.at + timedelta(days=1)))
    with pytest.raises(NotFound):
        settle(store, company.stranger, step)
    settle(store, company.rep, step)
    assert seen(store, company.rep, company.rep).talks[0].steps[0].state is Kept.KEPT
    with pytest.raises(Conflict):
        settle(store, company.manager, step)
    take_up_step(store, company.manager, step)  # the wrong line was pressed
    assert seen(store, company.rep, company.rep).talks[0].steps[0].state is Kept.OPEN


@pytest.mark.parametrize("name", ["Haihe", None])
def test_a_step_is_given_up_with_a_reason_and_taken_up_again(store, company, clock, name):
    talk = record_talk(store, company.manager, company.rep.person_id, "Haihe first")
    customer = customer_of(store, name) if name else None
    step = agree(store, company.manager, talk, StepInput("See them", clock.at + timedelta(days=2), customer))
    clock.move(days=3)

    def stands():
        [found] = seen(store, company.rep, company.rep).talks[0].steps
        return found.state, found.commitment.drop_reason

    elsewhere = replace(company.manager, team_id=company.stranger.team_id)
    for refused in (
        lambda: drop_step(store, elsewhere, step, "Ours"),
        lambda: take_up_step(store, elsewhere, step),
    ):
        with pytest.raises(NotFound):
            refused()
    with pytest.raises(Invalid):
        drop_step(store, company.manager, step, " ")
    with pytest.raises(Conflict):
        take_up_step(store, company.manager, step)  # it stands
    drop_step(store, company.manager, step, " The wrong customer ")
    assert stands() == (Kept.DROPPED, "The wrong customer")
    for again in (
        lambda: drop_step(store, company.manager, step, "Again"),
        lambda: settle(store, company.rep, step),
    ):
        with pytest.raises(Conflict):
            again()
    take_up_step(store, company.manager, step)
    assert stands() == (Kept.MISSED, "")


def test_a_step_that_was_not_done_gets_a_new_day_in_the_same_words_and_the_rep_is_told(store, company, clock):
    talk = record_talk(store, company.manager, company.rep.person_id, "Haihe first")
    given = StepInput("See them", clock.at + timedelta(days=2), customer_of(store, "Haihe"))
    step = agree(store, company.manager, talk, given)
    clock.move(days=3)
    later = clock.at + timedelta(days=1)
    with pytest.raises(NotFound):
        move_step(store, replace(company.manager, team_id=company.stranger.team_id), step, later)
    with pytest.raises(Invalid) as refused:
        move_step(store, company.manager, step, clock.at)
    assert [p.field for p in refused.value.problems] == ["due_at"]
    move_step(store, company.manager, step, later)
    [stands] = seen(store, company.rep, company.rep).talks[0].steps
    assert (stands.commitment.what, stands.commitment.due_at, stands.state) == ("See them", later, Kept.OPEN)
    with store.reading() as session:
        told = session.scalars(select(Message).where(Message.kind.startswith("talk_step"))).all()
        said = [sentence("en", m.kind, m.params)[1] for m in told]
    assert len(said) == 2
    assert said[1] == "Now until Sun 8 Mar, 07:00, no longer until Fri 6 Mar, 07:00. (Manager)"
    drop_step(store, company.manager, step, "They bought elsewhere")
    with pytest.raises(Conflict):
        move_step(store, company.manager, step, later + timedelta(days=1))


def test_a_step_that_a_record_shows_is_not_given_up(sqlite_store, clock):
    company = at_risk(sqlite_store, clock)
    talk = record_talk(sqlite_store, company.manager, company.rep.person_id, "Haihe first")
    later, haihe = clock.at + timedelta(days=2), customer_of(sqlite_store, "Haihe")
    step = agree(sqlite_store, company.manager, talk, StepInput("See them", later, haihe))
    clock.move(days=1)
    done(sqlite_store, company.rep, "Haihe", clock.at - timedelta(hours=2))
    with pytest.raises(Conflict):
        drop_step(sqlite_store, company.manager, step, "Too late")


def test_a_wrong_step_is_refused_at_its_field_and_a_talk_ends(sqlite_store, clock):
    company = at_risk(sqlite_store, clock)
    talk = record_talk(sqlite_store, company.manager, company.rep.person_id, "Short")
    later = clock.at + timedelta(days=1)
    for wrong, field in (
        (StepInput(" ", later), "what"),
        (StepInput("Call", clock.at), "due_at"),
        (StepInput("Call", later, company.strange_customer), "customer"),
        (StepInput("Call", later, expects="luck"), "expects"),
    ):
        with pytest.raises(Invalid) as refused:
            agree(sqlite_store, company.manager, talk, wrong)
        assert [p.field for p in refused.value.problems] == [field]
    with sqlite_store.writing() as session:
        session.get_one(Talk, talk).rep_id = company.stranger.person_id
    with pytest.raises(NotFound):
        agree(sqlite_store, company.manager, talk, StepInput("Call", later))
    with sqlite_store.writing() as session:
        session.get_one(Talk, talk).rep_id = company.rep.person_id
    clock.move(days=1, minutes=1)
    with pytest.raises(Conflict):
        agree(sqlite_store, company.manager, talk, StepInput("Call", clock.at + timedelta(days=1)))


def test_the_sheet_looks_back_to_the_last_talk_and_every_number_has_its_rows(store, company, clock):
    record_talk(store, company.manager, company.rep.person_id, "First")
    held = clock.at
    clock.move(days=6)
    done(store, company.rep, "Haihe", clock.at - timedelta(days=1))
    done(store, company.rep, "Wuyi", held - timedelta(days=1))
    done(store, company.mate, "Haihe", clock.at - timedelta(days=1))
    found = seen(store, company.manager, company.rep)
    assert (found.since.ask.span.since, found.since.ask.span.until) == (held, clock.at)
    for who in (company.manager, company.rep):
        with store.reading() as session:
            for name in SINCE.metrics:
                metric = METRICS[name]
                rows = behind(session, who, found.since.ask, metric)
                assert rows.total.value(metric.ratio) == found.since.change(name).after
                assert {f.rep for f in rows.facts} <= {"Rep"}
    assert {line.rep for line in found.deals.lines} == {"Rep"}
    assert [item.name for item in found.risks][:2] == ["Haihe", "Minjiang"]
    assert "Taihu Bearings" not in [item.name for item in found.risks]


def test_a_rep_of_no_team_has_a_sheet(sqlite_store, clock):
    company = at_risk(sqlite_store, clock)
    with sqlite_store.writing() as session:
        session.get_one(Person, company.rep.person_id).team_id = None
    found = seen(sqlite_store, company.director, company.rep)
    assert (found.risks, found.months, found.talks) == ((), (), ())
