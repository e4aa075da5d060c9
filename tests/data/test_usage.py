"""Time of reporting: beats of reps' browsers, never more than has passed, in their own day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from data.commands.sessions import end_session, exchange_ticket, open_session
from data.commands.usage import count_beat
from data.queries.milestone_place import place_of
from data.queries.milestone_time import reporting_rows
from data.routes import COOKIE, ROUTES, USAGE
from data.schema import Audit, UsageDay
from tests.company import found

HTTP = "http://firebreak.test"


@pytest.fixture
def company(store):
    return found(store)


def signed_in(store, who) -> tuple[str, int]:
    """The token of a browser's cookie, and its session."""
    opened = open_session(store, who.person_id, 24, "10.0.0.1")
    token, _ = exchange_ticket(store, opened.ticket)
    return token, opened.session_id


def kept(store) -> list[tuple[int, date, int]]:
    with store.reading() as session:
        rows = session.execute(select(UsageDay.person_id, UsageDay.day, UsageDay.seconds))
        return [tuple(row) for row in rows]


def test_beats_add_up_by_person_and_day(store, company, clock):
    token, _ = signed_in(store, company.rep)
    for seconds in (60, 45, 60):
        assert count_beat(store, token, seconds)
        clock.move(minutes=1)
    assert kept(store) == [(company.rep.person_id, date(2026, 3, 4), 165)]
    clock.at = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai
    count_beat(store, token, 30)
    assert kept(store)[1] == (company.rep.person_id, date(2026, 3, 5), 30)


def test_two_windows_or_a_lying_browser_add_no_more_than_the_clock(store, company, clock):
    token, _ = signed_in(store, company.rep)
    count_beat(store, token, 9999)
    for _ in range(3):
        clock.move(seconds=20)
        count_beat(store, token, 60)
    assert kept(store) == [(company.rep.person_id, date(2026, 3, 4), 120)]


def test_only_reps_with_a_living_session_are_measured_and_nothing_is_audited(store, company):
    boss, _ = signed_in(store, company.manager)
    assert count_beat(store, boss, 60)
    token, session_id = signed_in(store, company.rep)
    end_session(store, session_id)
    assert not count_beat(store, token, 60)
    assert not count_beat(store, "invented", 60)
    assert kept(store) == []
    with store.reading() as session:
        assert session.scalar(select(func.count(Audit.id)).where(Audit.command.contains("usage"))) == 0


def test_minutes_are_rows_of_the_criterion(store, company, clock):
    for who, beats in ((company.rep, 3), (company.stranger, 1)):
        token, _ = signed_in(store, who)
        for _ in range(beats):
            count_beat(store, token, 60)
            clock.move(minutes=1)
    with store.reading() as session:
        first, end = date(2026, 3, 1), date(2026, 3, 10)
        whole = reporting_rows(session, place_of(session, None), first, end)
        east = reporting_rows(session, place_of(session, company.rep.team_id), first, end)
        later = reporting_rows(session, place_of(session, None), date(2026, 3, 5), end)
    assert {(r.whose, r.value) for r in whole} == {("Rep", 3.0), ("Stranger", 1.0)}
    assert [r.whose for r in east] == ["Rep"]
    assert later == []


# fmt: off
BEATS = [
    # origin                cookie  body     answer
    (HTTP,                  True,   "60",    204),
    (HTTP,                  True,   "x",     400),
    (HTTP,                  True,   "",      400),
    (HTTP,                  True,   "-60",   400),
    (HTTP,                  False,  "60",    401),
    ("http://evil.test",    True,   "60",    403),
]
# fmt: on


@pytest.mark.parametrize(("origin", "cookie", "body", "answer"), BEATS)
def test_the_route_takes_beats_of_our_own_pages_only(monkeypatch, sqlite_store, origin, cookie, body, answer):
    monkeypatch.setattr("data.routes.this_store", lambda: sqlite_store)
    token, _ = signed_in(sqlite_store, found(sqlite_store).rep)
    client = TestClient(Starlette(routes=list(ROUTES)), base_url=HTTP)
    if cookie:
        client.cookies.set(COOKIE, token)
    assert client.post(USAGE, content=body, headers={"Origin": origin}).status_code == answer
    assert len(kept(sqlite_store)) == (answer == 204)
