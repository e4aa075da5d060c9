"""Opportunities from a list: what it does not say of their stages is unknown, and alerts nobody (P1, A3)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.access import OPERATOR
from core.terms import Outcome
from data.commands.exchange import undo_import
from data.commands.projections import differences, rebuild
from data.engine import Store
from data.install import install
from data.jobs.registry import Run
from data.jobs.sweep_alerts import sweep_alerts
from data.queries.board import board
from data.queries.board_ask import Ask
from data.queries.board_points import points
from data.queries.board_rows import open_opportunities
from data.queries.forecast_history import forecast_history
from data.queries.opportunity_cards import opportunity_cards
from data.queries.timeline_events import stage_events
from data.queries.times import days
from data.schema import Alert, Opportunity, OpportunityState, StageEvent
from tests.company import found
from tests.importing import count, export, import_text, shown

SEEN = "name,customer,owner,opened_at,stage\nPumps,Haihe Pumps,rep,2025-12-10,Quote confirmation\n"
TOLD = (
    "name,customer,owner,opened_at,stage,Last stage change date\n"
    "Pumps,Haihe Pumps,rep,2025-12-10,Quote confirmation,2026-02-02\n"
)
ABOUT_STAGES = ("stalled", "stage_skipped")


@pytest.fixture
def company(store):
    people = found(store)
    with store.writing() as session:
        rebuild(session)
    return people


def event(store):
    with store.reading() as session:
        living = select(StageEvent).where(StageEvent.voided_at.is_(None))
        return session.scalars(living.order_by(StageEvent.id.desc())).first()


def alerted(store) -> list[str]:
    sweep_alerts(store, Run("sweep_alerts", store.clock()))
    with store.reading() as session:
        standing = select(Alert.rule).where(Alert.cleared_at.is_(None), Alert.rule.in_(ABOUT_STAGES))
        return sorted(session.scalars(standing))


def card(store, company):
    with store.reading() as session:
        cards = opportunity_cards(session, company.rep, company.customer)
    return next(c for c in cards if c.name == "Pumps")


def at_least(store, company) -> tuple[bool, ...]:
    """Whether the days of Pumps are told as the least: in the alert, in the board's rows, in its picture, and
    in its table."""
    ask = Ask(store.clock())
    with store.reading() as session:
        params = session.scalars(select(Alert.params).where(Alert.rule == "stalled")).one()
        rows = open_opportunities(session, company.manager, ask).lines
        marks = points(session, company.manager, ask).points
        (line,) = board(session, company.manager, ask).groups
    row, mark = (next(x for x in found if x.opportunity == "Pumps") for found in (rows, marks))
    return params.get("at_least", False), row.at_least, mark.at_least, line.at_least


def test_a_stage_without_its_beginning_is_counted_from_the_import(store, clock, company):
    result = import_text(store, "opportunities", SEEN)
    assert (shown(result), result.since_unsaid) == ((1, 0, 0, []), (2,))
    assert (event(store).happened_at, event(store).recorded_at, event(store).gap) == (
        clock(),
        clock(),
        "since",
    )
    assert card(store, company).only_seen
    assert alerted(store) == []
    with store.reading() as session:
        pipeline = board(session, company.manager, Ask(clock()))
        (told,) = stage_events(session, company.customer, None, 9)
    assert told.only_seen
    assert pipeline.past == 0
    clock.move(days=20)  # that long at least, and so stalled by then
    assert alerted(store) == ["stalled"]
    assert at_least(store, company) == (True, True, True, True)


def test_a_column_tells_since_when_and_nothing_of_what_came_before(store, company):
    result = import_text(store, "opportunities", TOLD)
    assert (shown(result), result.since_unsaid) == ((1, 0, 0, []), ())
    stood = event(store)
    assert (stood.happened_at.isoformat(), stood.gap) == ("2026-02-01T16:00:00+00:00", "before")
    assert stood.recorded_at == stood.happened_at
    assert not card(store, company).only_seen
    assert alerted(store) == ["stalled"]
    assert at_least(store, company) == (False, False, False, False)


def test_what_was_only_seen_is_told_by_a_later_file_and_can_be_taken_back(store, clock, company):
    import_text(store, "opportunities", SEEN)
    seen_at = clock()
    clock.move(days=1)
    assert shown(import_text(store, "opportunities", SEEN)) == (0, 0, 1, [])
    told = import_text(store, "opportunities", TOLD)
    assert shown(told) == (0, 1, 0, [])
    assert card(store, company).stage_since.isoformat() == "2026-02-01T16:00:00+00:00"
    assert shown(import_text(store, "opportunities", TOLD)) == (0, 0, 1, [])
    undo_import(store, OPERATOR, told.batch_id)
    assert (card(store, company).stage_since, card(store, company).only_seen) == (seen_at, True)
    with store.writing() as session:
        assert differences(session) == []


def test_a_file_that_says_what_it_said_before_moves_nothing_back(store, clock, company):
    import_text(store, "opportunities", SEEN)
    clock.move(days=1)
    file = SEEN.replace("Quote confirmation", "Needs diagnosis")
    assert shown(import_text(store, "opportunities", file)) == (0, 1, 0, [])  # it went back, says the file
    stage = card(store, company).stage
    clock.move(days=1)
    import_text(store, "stage_changes", "opportunity,stage,at\nPumps,Solution demo,2026-03-06\n")
    assert shown(import_text(store, "opportunities", file)) == (0, 0, 1, [])
    assert (stage, card(store, company).stage) == ("needs_diagnosis", "solution_demo")


def test_the_stage_of_what_is_closed_is_known_once_it_closed(store, company):
    file = "name,opened_at,closed_at,outcome,stage\nOld,2025-12-10,2026-01-20,lost,Solution demo\n"
    result = import_text(store, "opportunities", file)
    assert (shown(result), result.since_unsaid) == ((1, 0, 0, []), ())
    with store.reading() as session:
        closed = session.scalars(select(Opportunity).where(Opportunity.outcome == Outcome.LOST)).one()
    assert event(store).happened_at == event(store).recorded_at == closed.closed_at


def test_a_time_to_come_is_refused(store, company):
    result = import_text(store, "opportunities", TOLD.replace("2026-02-02", "2026-03-05"))
    assert shown(result) == (0, 0, 0, [(2, "stage_since", "instant_in_future")])


def test_what_a_list_left_open_goes_out_and_in_again(sqlite_store, tmp_path):
    found(sqlite_store)
    import_text(sqlite_store, "opportunities", SEEN)
    files = {
        kind: export(sqlite_store, kind) for kind in ("users", "customers", "opportunities", "stage_changes")
    }
    other = Store(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "files", clock=sqlite_store.clock)
    install(other)
    for kind, content in files.items():
        import_text(other, kind, content)
    assert (event(other).gap, event(other).happened_at) == ("since", event(sqlite_store).happened_at)
    assert count(other, OpportunityState, OpportunityState.stage_since == sqlite_store.clock()) == 1
    other.close()


def test_the_forecast_knows_the_stage_from_the_import_on(store, clock, company):
    import_text(store, "opportunities", SEEN)
    with store.reading() as session:
        events = forecast_history(session, "firebreak").events
    assert list(events.recorded) == list(events.at) == [days(clock())]
