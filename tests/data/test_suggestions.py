"""Answering suggestions: who may, until when, which answer counts, and what is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.messages import AppError, Conflict, Invalid, NotFound
from data.commands.calibration import decide_suggestion
from data.jobs.forecast import forecast
from data.jobs.registry import Run
from data.queries.suggestions import queue, suggestion
from data.queries.suggestions_answered import answers
from data.queries.timeline_events import change_events
from data.queries.today import Kind, today
from data.schema import Audit, ForecastDecision, ForecastRun, Opportunity
from tests.company import found
from tests.suggestions import line, month_run

MARCH_4 = date(2026, 3, 4)  # the clock's day, a Wednesday; the month's fifth working day is Friday the 6th
IN_TIME = datetime(2026, 3, 6, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
LATE = datetime(2026, 3, 6, 16, 1, tzinfo=UTC)


@pytest.fixture
def asked(store):
    """The company with one suggestion for `rep` and one for `stranger`."""
    people = found(store)
    run = month_run(store, MARCH_4)
    mine = line(store, run, people.opportunity, 340, 400)
    strange = line(store, run, people.strange_opportunity, 700, 200)
    return people, mine, strange


def kept(store) -> list[ForecastDecision]:
    with store.reading() as session:
        return list(session.scalars(select(ForecastDecision).order_by(ForecastDecision.id)))


def of(store, who, period="month", rep=None):
    with store.reading() as session:
        return queue(session, who, store.clock(), period, rep)


def test_an_answer_keeps_both_values_the_model_and_the_instant(store, asked, clock):
    people, mine, _ = asked
    id_ = decide_suggestion(store, people.rep, mine, "rejected", "customer_said", " They signed. ")
    [row] = kept(store)
    assert (row.id, row.decision, row.reason, row.note) == (id_, "rejected", "customer_said", "They signed.")
    assert (row.suggested, row.scorecard, row.value) == (Decimal(340), Decimal(400), Decimal(400))
    assert (row.person_id, row.decided_at, row.late) == (people.rep.person_id, clock.at, False)
    assert (row.period, row.starts_on, row.model) == ("month", date(2026, 3, 1), "pooled 2026-03-04")
    with store.reading() as session:
        audit = session.scalars(select(Audit).where(Audit.command == "forecast.decide")).one()
    assert (audit.entity, audit.entity_id) == ("opportunity", people.opportunity)
    assert audit.after["decision"] == "rejected"


def test_the_log_of_an_answer_says_what_its_values_are_in(store, asked, clock):
    people, mine, _ = asked
    decide_suggestion(store, people.rep, mine, "accepted", "agreed")
    clock.at += timedelta(hours=1)
    decide_suggestion(store, people.rep, mine, "rejected", "customer_said", "They signed.")
    with store.reading() as session:
        currency = session.scalars(select(ForecastRun.currency)).one()
        found = change_events(session, people.rep, people.customer, None, 10)
    values = {c.field: c.currency for event in found for c in event.change.changes}
    assert currency
    assert {k: v for k, v in values.items() if v} == {"suggested": currency, "scorecard": currency}


def test_an_accepted_suggestion_counts(store, asked):
    people, mine, _ = asked
    decide_suggestion(store, people.rep, mine, "accepted", "agreed")
    assert kept(store)[0].value == Decimal(340)


# What is answered, and the field that it fails at.
# fmt: off
REFUSED = [
    ("perhaps",  "agreed",  "",         "decision"),
    ("accepted", "budget",  "",         "reason"),
    ("rejected", "",        "",         "reason"),
    ("rejected", "agreed",  "",         "reason"),
    ("rejected", "nonsense", "",        "reason"),
    ("rejected", "other",   "  ",       "note"),
    ("rejected", "budget",  "x" * 501,  "note"),
]
# fmt: on


@pytest.mark.parametrize(("decision", "reason", "note", "at"), REFUSED)
def test_what_is_no_answer(sqlite_store, decision, reason, note, at):
    people = found(sqlite_store)
    mine = line(sqlite_store, month_run(sqlite_store, MARCH_4), people.opportunity, 340, 400)
    with pytest.raises(Invalid) as refused:
        decide_suggestion(sqlite_store, people.rep, mine, decision, reason, note)
    assert [p.field for p in refused.value.problems] == [at]
    assert kept(sqlite_store) == []


def test_only_within_reach(store, asked):
    people, mine, strange = asked
    strangers_manager = replace(people.manager, team_id=people.stranger.team_id)
    for who, which in ((people.rep, strange), (people.mate, mine), (strangers_manager, mine)):
        with pytest.raises(NotFound):
            decide_suggestion(store, who, which, "accepted", "agreed")
    with pytest.raises(AppError):
        decide_suggestion(store, people.director, mine, "accepted", "agreed")
    decide_suggestion(store, people.manager, mine, "accepted", "agreed")
    assert [row.person_id for row in kept(store)] == [people.manager.person_id]


def test_pressed_twice_it_is_answered_once(store, asked):
    people, mine, _ = asked
    ids = {decide_suggestion.once(store, people.rep, "7:0", mine, "accepted", "agreed") for _ in range(2)}
    assert ids == {row.id for row in kept(store)}
    assert len(ids) == 1


# When a second answer comes: before the deadline it replaces the first, afterwards the first stands.
@pytest.mark.parametrize(("at", "count"), [(IN_TIME, 2), (LATE, 1)])
def test_a_second_answer(store, asked, clock, at, count):
    people, mine, _ = asked
    decide_suggestion(store, people.rep, mine, "accepted", "agreed")
    clock.at = at
    if count == 1:
        with pytest.raises(Conflict, match="answer_stands"):
            decide_suggestion(store, people.rep, mine, "rejected", "budget")
    else:
        decide_suggestion(store, people.rep, mine, "rejected", "budget")
    assert len(kept(store)) == count
    with store.reading() as session:
        latest = suggestion(session, people.rep, clock.at, "month", people.opportunity).answer
    assert latest.decision == ("rejected" if count == 2 else "accepted")


def test_a_first_answer_after_the_deadline_is_taken_and_marked(store, asked, clock):
    people, mine, strange = asked
    clock.at = LATE
    decide_suggestion(store, people.rep, mine, "accepted", "agreed")
    newer = month_run(store, date(2026, 3, 7))
    fresh = Opportunity(
        pipeline_id=1, name="New", owner_id=people.rep.person_id, currency="CNY", recorded_at=clock.at
    )
    with store.writing() as session:
        fresh.pipeline_id = session.get_one(ForecastRun, newer).pipeline_id
        session.add(fresh)
        session.flush()
        fresh_id = fresh.id
    first_seen_late = line(store, newer, fresh_id, 10, 20)
    decide_suggestion(store, people.rep, first_seen_late, "accepted", "agreed")
    assert [row.late for row in kept(store)] == [True, False]  # what was not asked in time is not late
    assert strange


def test_what_can_no_longer_be_answered(store, asked, clock):
    people, mine, strange = asked
    newer = line(store, month_run(store, date(2026, 3, 5)), people.opportunity, 350, 400)
    with pytest.raises(Conflict, match="newer_suggestion"):
        decide_suggestion(store, people.rep, mine, "accepted", "agreed")
    clock.at = datetime(2026, 4, 1, tzinfo=UTC)
    with pytest.raises(Conflict, match="period_over"):
        decide_suggestion(store, people.rep, newer, "accepted", "agreed")
    clock.at = IN_TIME
    with store.writing() as session:
        session.get_one(Opportunity, people.opportunity).outcome = "lost"
    with pytest.raises(Conflict, match="opportunity_closed"):
        decide_suggestion(store, people.rep, newer, "accepted", "agreed")
    assert kept(store) == []
    assert strange


def test_the_queue_by_role(store, asked):
    people, mine, strange = asked
    with store.writing() as session:
        session.get_one(Opportunity, people.opportunity).amount = Decimal(5)
    assert [w.opportunity_id for w in of(store, people.rep).waiting] == [people.opportunity]
    assert [w.opportunity_id for w in of(store, people.manager).waiting] == [people.opportunity]
    both = of(store, people.director)
    assert [w.opportunity_id for w in both.waiting] == [people.strange_opportunity, people.opportunity]
    assert {name: n for name, n in both.reps.values()} == {"Rep": 1, "Stranger": 1}
    for nobody in (people.mate, people.product, people.admin):
        assert of(store, nobody).waiting == ()
    assert mine != strange


def test_the_queue_counts_down_and_the_next_days_forecast_asks_no_second_time(store, asked, clock):
    people, mine, _ = asked
    before = of(store, people.rep)
    assert (before.total, before.answered, before.starts_on) == (1, 0, date(2026, 3, 1))
    assert before.due.astimezone(UTC) == datetime(2026, 3, 6, 16, tzinfo=UTC)
    decide_suggestion(store, people.rep, mine, "accepted", "agreed")
    line(store, month_run(store, date(2026, 3, 5)), people.opportunity, 350, 400)
    clock.move(days=1)
    after = of(store, people.rep)
    assert (after.waiting, after.total, after.answered) == ((), 1, 1)
    line(store, month_run(store, MARCH_4, "quarter"), people.opportunity, 500, 400)
    assert of(store, people.rep, "quarter").total == 1
    with store.reading() as session:
        [answer] = answers(session, people.rep, clock.at, "month")
    assert (answer.decision, answer.person, answer.customer) == ("accepted", "Rep", "Haihe Pumps")


def test_a_closed_opportunity_asks_for_nothing(store, asked):
    people, _, _ = asked
    with store.writing() as session:
        session.get_one(Opportunity, people.opportunity).outcome = "won"
    assert of(store, people.rep).total == 0


def test_the_home_page_asks(store, asked, clock):
    people, mine, _ = asked
    with store.reading() as session:
        [group] = [g for g in today(session, people.rep, clock.at) if g.kind is Kind.SUGGESTION]
    assert [(x.opportunity_id, x.customer) for x in group.todos] == [(people.opportunity, "Haihe Pumps")]
    decide_suggestion(store, people.rep, mine, "accepted", "agreed")
    with store.reading() as session:
        assert Kind.SUGGESTION not in {g.kind for g in today(session, people.rep, clock.at)}


def test_without_a_forecast_nothing_is_asked(store):
    people = found(store)
    found_ = of(store, people.rep)
    assert (found_.waiting, found_.total, found_.starts_on, found_.due) == ((), 0, None, None)


def test_the_mornings_forecast_asks_and_says_which_model_spoke(store, clock):
    people = found(store)
    clock.move(days=1)
    forecast(store, Run(datetime(2026, 3, 4, 20, tzinfo=UTC), "firebreak"))
    with store.reading() as session:
        asked = suggestion(session, people.rep, clock.at, "month", people.opportunity)
    assert (asked.told["kind"], asked.told["why"]) == ("scorecard", "no_model")
    assert (asked.change, asked.reasons, asked.may_answer) == (Decimal(0), (), True)
    id_ = decide_suggestion(store, people.rep, asked.line_id, "accepted", "agreed")
    assert [(row.id, row.model) for row in kept(store)] == [(id_, "scorecard 2026-03-05")]
