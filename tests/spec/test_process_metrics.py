"""Dwell time and completion, specified: drawn histories, and what the definition and both stores say."""

from datetime import timedelta

import pytest

from core.access import OPERATOR
from core.process.metrics import (
    COMPLETION_DAYS,
    DWELL_DAYS,
    Dwell,
    PlannedAction,
    completion_rate,
    dwell_by_stage,
)
from core.terms import ActionStatus
from data.queries.board import board, dwell_times
from data.queries.board_sets import Ask
from tests.company import found
from tests.history import day, drawn, opportunity, planned, settle

NOW = day(200)
SINCE = NOW - timedelta(days=DWELL_DAYS)  # day 20

# Histories of opportunities (A appointment, N needs diagnosis, S solution demo, O objection, Q quote, with
# the day), and per stage the median of finished runs that ended from day 20 on, with their number.
DWELLS = [
    (["A100"], {}),  # the last run is open
    (["A100 A103"], {}),  # a repeat is the same run
    (["A100 S103"], {"appointment": (3, 1)}),
    (["A100 A101 S103"], {"appointment": (3, 1)}),
    (["A100 S103 A104 S109"], {"appointment": (4, 2), "solution_demo": (1, 1)}),  # a step back is a run
    (["A100 S101", "A100 S103", "A100 S108"], {"appointment": (3, 3)}),
    (["A100 S101", "A100 S103", "A100 S105", "A100 S120"], {"appointment": (4, 4)}),
    (["S103 A100"], {"appointment": (3, 1)}),  # entered late: the event's time counts
    (["A100 S100 Q102"], {"appointment": (0, 1), "solution_demo": (2, 1)}),  # one instant: order of entry
    (["A1 S10 Q40"], {"solution_demo": (30, 1)}),  # the appointment ended before the window
    (["A1 S20.01"], {"appointment": (19.01, 1)}),
    (["A199 S201"], {}),  # not yet
]


@pytest.mark.parametrize(("histories", "expected"), DWELLS)
def test_dwell_time(store, clock, histories, expected):
    clock.at = NOW
    found(store)
    cases = [drawn(h) for h in histories]
    for events in cases:
        opportunity(store, None, events)
    settle(store)
    wanted = {k: Dwell(pytest.approx(days, abs=1e-5), n) for k, (days, n) in expected.items()}
    assert dwell_by_stage(cases, SINCE, NOW) == wanted
    with store.reading() as session:
        assert dwell_times(session, OPERATOR, Ask(NOW)) == wanted


PLANNED, COMPLETED, CANCELLED = ActionStatus.PLANNED, ActionStatus.COMPLETED, ActionStatus.CANCELLED
# status, planned for, closed at, and whether it counts as due and as done
DUES = [
    (PLANNED, 201, None, (0, 0)),  # its time has not come
    (PLANNED, 199, None, (1, 0)),  # left lying
    (PLANNED, 200, None, (1, 0)),  # due right now
    (COMPLETED, 199, 199, (1, 1)),
    (COMPLETED, 190, 199, (1, 1)),  # late, but done
    (COMPLETED, 201, 199, (0, 0)),  # done before its time: counts when that comes
    (CANCELLED, 199, 198, (0, 0)),  # called off in time
    (CANCELLED, 198, 199, (1, 0)),  # called off after its time
    (CANCELLED, 199, None, (0, 0)),
    (COMPLETED, 200 - COMPLETION_DAYS - 1, 199, (0, 0)),  # before the window
]


def action(status, planned_for, closed_at):
    return PlannedAction(status, day(planned_for), None if closed_at is None else day(closed_at))


@pytest.mark.parametrize(("status", "planned_for", "closed_at", "counts"), DUES)
def test_completion(store, clock, status, planned_for, closed_at, counts):
    clock.at = NOW
    people = found(store)
    made = action(status, planned_for, closed_at)
    planned(store, people.rep.person_id, people.opportunity, made)
    settle(store)
    with store.reading() as session:
        shown = board(session, OPERATOR, Ask(NOW)).completion
    assert (shown.due, shown.completed) == counts
    in_window = [made] if made.planned_for > NOW - timedelta(days=COMPLETION_DAYS) else []
    assert shown.rate == completion_rate(in_window, NOW)


def test_the_rate_is_of_all_due_actions(store, clock):
    clock.at = NOW
    people = found(store)
    for status, planned_for, closed_at, _ in DUES:
        planned(store, people.rep.person_id, people.opportunity, action(status, planned_for, closed_at))
    settle(store)
    with store.reading() as session:
        assert board(session, OPERATOR, Ask(NOW)).completion.rate == pytest.approx(2 / 5)
