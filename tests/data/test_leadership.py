"""The leadership screen shows what the pages show that it leads to."""

from __future__ import annotations

from datetime import date

import pytest

from core.messages import NotAllowed
from data.commands.collaboration import issue_collaboration
from data.queries.leadership import leadership
from data.queries.morning import morning
from data.queries.outlook import snapshot
from data.queries.promise_board import Show, promise_board
from tests.company import found
from tests.data.test_collaboration import APRIL, QUARTER, answer
from tests.data.test_demands import filed
from tests.forecasts import run
from tests.morning import at_risk, issued


def seen(store, who):
    with store.reading() as session:
        return leadership(session, who, store.clock())


def quarter_run(store, taken, value):
    """A run of the first quarter of 2026, taken on a day of January."""
    ends = date(2026, 4, 1)
    run(store, date(2026, 1, 1), value=value, taken=taken, period="quarter", ends_on=ends)


def test_only_who_leads_the_company_sees_it(sqlite_store):
    people = found(sqlite_store)
    for who in (people.rep, people.manager, people.product, people.admin):
        with pytest.raises(NotAllowed):
            seen(sqlite_store, who)
    empty = seen(sqlite_store, people.director)
    assert (empty.outlook, empty.weeks, empty.collaboration, empty.risks.top) == (None, (), None, ())


def test_risks_of_all_teams_are_ranked_together_as_their_briefs_rank_them(store, clock):
    company = at_risk(store, clock)
    issued(store, company)
    with store.reading() as session:
        told = morning(session, company.director, company.rep.team_id, date(2026, 3, 4), clock())
    screen = seen(store, company.director).risks
    assert [item.name for item in told.brief.top] == [item.name for item in screen.top]
    assert screen.customers == told.brief.customers + 1  # the other team's, of no amount
    assert screen.at_risk == told.brief.at_risk


def test_the_outlook_is_the_running_quarters_latest_snapshot(store, clock):
    people = found(store)
    quarter_run(store, 20, 900)
    quarter_run(store, 28, 1000)
    clock.move(days=20)
    outlook = seen(store, people.director).outlook
    with store.reading() as session:
        kept = snapshot(session, people.director, "firebreak", "quarter", outlook.now.run.taken_on)
    assert (outlook.now.run, outlook.now.won, outlook.now.open) == (kept.run, kept.won, kept.open)
    assert [p.value for p in outlook.course] == [900, 1000]


def test_collaboration_and_promises_are_those_of_their_pages(sqlite_store, clock):
    people = found(sqlite_store)
    for days in (3, 0):
        demand = filed(sqlite_store, people)
        clock.move(days=days)
        answer(sqlite_store, people.product, demand)
    clock.at = APRIL
    issue_collaboration(sqlite_store, people.director, QUARTER)
    screen = seen(sqlite_store, people.director)
    assert screen.collaboration.quarter == QUARTER
    assert [f.measure for f in screen.collaboration.figures] == ["response"]
    with sqlite_store.reading() as session:
        board = promise_board(session, people.director, Show.RED, clock())
    assert screen.promises.red == board.counts[Show.RED]
    assert screen.promises.at_stake == board.at_stake
