"""Dwell time and completion, specified: drawn histories, and what the definition and both stores say."""

from datetime import timedelta

import pytest

from core.access import OPERATOR
from core.process.metrics import (
    COMPLETION_DAYS,
    DWELL_DAYS,
    Dwell,
    completion_rate,
    dwell_by_stage,
    finished_runs,
)
from core.terms import ActionStatus
from data.queries.board import board, dwell_times
from data.queries.board_ask import Ask
from tests.company import found
from tests.history import day, demo_step, drawn, opportunity, planned, settle

NOW = day(200)
SINCE = NOW - timedelta(days=DWELL_DAYS)  # day 20

# Histories of opportunities (A appointment, N needs diagnosis, S solution demo, O objection, Q quote, with
# the day), and per stage the median of stays that ended from day 20 on, with their number.
DWELLS = [
    (["A100"], {}),  # the last stay is open
    (["A100 A103"], {}),  # a repeat is the same stay
    (["A100 S103"], {"appointment": (3, 1)}),
    (["A100 A101 S103"], {"appointment": (3, 1)}),
    (["A100 S103 A104 S109"], {"appointment": (3, 1)}),  # a step back gets nobody further
    (
        ["A100 S103 A104 S109 Q110"],
        {"appointment": (3, 1), "solution_demo": (7, 1)},
    ),  # nor does it end a stay
    (
        ["A100 S103 N104 Q110"],
        {"appointment": (3, 1), "solution_demo": (7, 1)},
    ),  # a skipped stage made up for
    (["A100 S101", "A100 S103", "A100 S108"], {"appointment": (3, 3)}),
    (["A100 S101", "A100 S103", "A100 S105", "A100 S120"], {"appointment": (4, 4)}),
    (["S103 A100"], {"appointment": (3, 1)}),  # entered late: the event's time counts
    (["A100 S100 Q102"], {"appointment": (0, 1), "solution_demo": (2, 1)}),  # one instant: order of entry
    (["A1 S10 Q40"], {"solution_demo": (30, 1)}),  # the appointment ended before the window
    (["A1 S20.01"], {"appointment": (19.01, 1)}),
    (["A199 S201"], {}),  # not yet
    (["S103? Q110"], {}),  # seen at the demo: nobody knows since when it was there
    (["S103< Q110"], {"solution_demo": (7, 1)}),
    (["A100 S103? Q110"], {"appointment": (3, 1)}),
    (["S103 S105? Q110"], {"solution_demo": (7, 1)}),  # what is known is not lost
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
    runs = [run for events in cases for run in finished_runs(events)]
    assert dwell_by_stage(runs, SINCE, NOW) == wanted
    with store.reading() as session:
        assert dwell_times(session, OPERATOR, Ask(NOW)) == wanted


# An opportunity that got to quote on day 100: its outcome, the day on which it closed, and the stay at quote.
CLOSINGS = [
    ("open", None, None),
    ("won", 110, 10),
    ("won", 10, None),  # closed before the window, and before its last event
    ("won", 201, None),  # not yet
    ("lost", 110, None),  # got nowhere
]


@pytest.mark.parametrize(("outcome", "closed_on", "days"), CLOSINGS)
def test_winning_ends_the_last_stay(store, clock, outcome, closed_on, days):
    clock.at = NOW
    found(store)
    events, closed = drawn("A90 Q100"), None if closed_on is None else day(closed_on)
    opportunity(store, None, events, outcome=outcome, closed_at=closed)
    settle(store)
    runs = finished_runs(events, won_at=closed if outcome == "won" else None)
    told = dwell_by_stage(runs, SINCE, NOW).get("quote_confirmation")
    assert told == (None if days is None else Dwell(days, 1))
    with store.reading() as session:
        assert dwell_times(session, OPERATOR, Ask(NOW)).get("quote_confirmation") == told


PLANNED, COMPLETED, CANCELLED = ActionStatus.PLANNED, ActionStatus.COMPLETED, ActionStatus.CANCELLED
# A planned demo: what the opportunity's history was, the demo's status, planned for, closed at, and whether
# it counts as due and as done.
DUES = [
    ("A150", PLANNED, 201, None, (0, 0)),  # its time has not come
    ("A150", PLANNED, 199, None, (1, 0)),  # left lying
    ("A150", PLANNED, 200, None, (1, 0)),  # due right now
    ("A150", COMPLETED, 199, 199, (1, 1)),
    ("A150", COMPLETED, 190, 199, (1, 1)),  # late, but it got further
    ("A150 S199", COMPLETED, 199, 199, (1, 1)),  # its own event is no earlier one
    ("A150", COMPLETED, 201, 199, (0, 0)),  # done before its time: counts when that comes
    ("A150 S195", COMPLETED, 190, 199, (1, 0)),  # others had got further when the record came
    ("A150 S190", PLANNED, 199, None, (0, 0)),  # a repeat counts neither way: left lying,
    ("A150 S190", COMPLETED, 199, 199.5, (0, 0)),  # done,
    ("A150 S190", COMPLETED, 195, 199, (0, 0)),  # done late,
    ("A150 S190", COMPLETED, 199, 198, (0, 0)),  # done early,
    ("A150 S190", CANCELLED, 198, 199, (0, 0)),  # or called off late
    ("A150 Q190", COMPLETED, 199, 199.5, (0, 0)),  # nor does a step back
    ("A150", COMPLETED, 195, None, (0, 0)),  # imported without its end: nothing is claimed
    ("A150", CANCELLED, 199, 198, (0, 0)),  # called off in time
    ("A150", CANCELLED, 198, 199, (1, 0)),  # called off after its time
    ("A150", CANCELLED, 199, None, (0, 0)),
    ("A150", COMPLETED, 200 - COMPLETION_DAYS - 1, 199, (0, 0)),  # before the window
]


def action(history, status, planned_for, closed_at):
    closed = None if closed_at is None else day(closed_at)
    return demo_step(drawn(history), status, day(planned_for), closed)


@pytest.mark.parametrize(("history", "status", "planned_for", "closed_at", "counts"), DUES)
def test_completion(store, clock, history, status, planned_for, closed_at, counts):
    clock.at = NOW
    people = found(store)
    made = action(history, status, planned_for, closed_at)
    opened = opportunity(store, people.rep.person_id, drawn(history))
    planned(store, people.rep.person_id, opened, made)
    settle(store)
    with store.reading() as session:
        shown = board(session, OPERATOR, Ask(NOW)).completion
    assert (shown.due, shown.completed) == counts
    in_window = [made] if made.planned_for > NOW - timedelta(days=COMPLETION_DAYS) else []
    assert shown.rate == completion_rate(in_window, NOW)


def test_the_rate_is_of_all_due_actions(store, clock):
    clock.at = NOW
    people = found(store)
    for history, *rest, _ in DUES:
        opened = opportunity(store, people.rep.person_id, drawn(history))
        planned(store, people.rep.person_id, opened, action(history, *rest))
    settle(store)
    with store.reading() as session:
        assert board(session, OPERATOR, Ask(NOW)).completion.rate == pytest.approx(3 / 7)
