"""Saved views and subscriptions: whose they are, who sees them, and each turn told once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.access import OPERATOR
from core.messages import Invalid, NotAllowed, NotFound
from data.commands.people import activate_person
from data.commands.views import delete_view, edit_view, save_view, subscribe, unsubscribe
from data.jobs.registry import Run
from data.jobs.send_views import send_views
from data.notices import sentence
from data.queries.views import views
from data.schema import Message, Person, Subscription, Team
from tests.company import found


def seen(store, who):
    with store.reading() as session:
        return [(v.name, v.mine) for v in views(session, who)]


def hour(store, clock, **later):
    clock.move(**later)
    send_views(store, Run(clock()))
    with store.reading() as session:
        return [(m.person_id, m.page, m.query, m.kind) for m in session.scalars(select(Message))]


def test_a_view_is_its_owners_until_it_is_shared_with_the_team(store):
    people = found(store)
    view = save_view(store, people.manager, "reports", {"report": "activity"}, " Mine ", False)
    assert seen(store, people.manager) == [("Mine", True)]
    assert seen(store, people.rep) == seen(store, people.director) == []
    edit_view(store, people.manager, view, "Ours", True)
    assert seen(store, people.rep) == [("Ours", False)]
    assert seen(store, people.stranger) == seen(store, people.director) == []
    save_view(store, people.director, "board", {}, "All", True)
    assert seen(store, people.manager) == [("All", False), ("Ours", True)]
    assert seen(store, people.rep) == [("Ours", False)]  # reps have no board
    delete_view(store, people.manager, view)
    assert seen(store, people.rep) == []


def test_nobody_touches_or_subscribes_to_what_is_not_theirs(sqlite_store):
    people = found(sqlite_store)
    view = save_view(sqlite_store, people.manager, "reports", {}, "Mine", False)
    for who in (people.rep, people.stranger, people.director):
        for refused in (
            lambda w: edit_view(sqlite_store, w, view, "Taken", True),
            lambda w: delete_view(sqlite_store, w, view),
            lambda w: subscribe(sqlite_store, w, view, "week"),
            lambda w: unsubscribe(sqlite_store, w, view),
        ):
            with pytest.raises(NotFound):
                refused(who)
    with pytest.raises(NotAllowed):
        save_view(sqlite_store, people.rep, "board", {}, "Board", False)
    with pytest.raises(NotAllowed):
        save_view(sqlite_store, OPERATOR, "board", {}, "Board", False)
    with pytest.raises(Invalid):
        save_view(sqlite_store, people.manager, "reports", {}, "Mine", True)
    with pytest.raises(Invalid):
        subscribe(sqlite_store, people.manager, view, "year")
    assert save_view(sqlite_store, people.manager, "board", {}, "Mine", False) != view


def test_each_turn_is_told_once_with_what_the_view_finds(store, clock):
    people = found(store)
    query = {"report": "pipeline", "pipeline": "firebreak"}
    view = save_view(store, people.manager, "reports", query, "Ours", True)
    board = save_view(store, people.manager, "board", {}, "Stuck", False)
    subscribe(store, people.rep, view, "week", 4)
    subscribe(store, people.manager, board, "week", 4)
    assert hour(store, clock, hours=5) == []
    told = hour(store, clock, days=2)  # Friday
    assert {t[:3] for t in [(p, page, tuple(q.items())) for p, page, q, _ in told]} == {
        (people.rep.person_id, "reports", tuple(query.items())),
        (people.manager.person_id, "board", ()),
    }
    assert hour(store, clock, hours=1) == told
    assert len(hour(store, clock, days=21)) == 4  # stopped for three weeks: the latest turn alone
    with store.reading() as session:
        first = session.scalars(select(Message).where(Message.page == "board").order_by(Message.id)).first()
        assert sentence("en", first.kind, first.params) == (
            "Stuck",
            "Open opportunities: 1; past their benchmark: 0; red alerts: 0.",
        )
        assert "进行中商机 1 个" in sentence("zh", first.kind, first.params)[1]
        mine = session.scalars(select(Message).where(Message.page == "reports").order_by(Message.id)).first()
        assert mine.kind == "view"
        assert sentence("en", mine.kind, mine.params)[1]


def test_who_left_changed_teams_or_unsubscribed_is_not_told(sqlite_store, clock):
    people = found(sqlite_store)
    view = save_view(sqlite_store, people.manager, "reports", {}, "Ours", True)
    for who in (people.rep, people.mate, people.manager):
        subscribe(sqlite_store, who, view, "week", 4)
    activate_person(sqlite_store, people.admin, people.mate.person_id, False)
    unsubscribe(sqlite_store, people.manager, view)
    with sqlite_store.writing() as session:
        west = session.scalars(select(Team.id).where(Team.name == "West")).one()
        session.get_one(Person, people.rep.person_id).team_id = west
    assert hour(sqlite_store, clock, days=3) == []
    delete_view(sqlite_store, people.manager, view)
    with sqlite_store.reading() as session:
        assert session.query(Subscription).count() == 0


def test_a_view_of_what_is_gone_is_told_without_a_finding(sqlite_store, clock):
    people = found(sqlite_store)
    for page, query in (("health", {"team": "99"}), ("outlook", {}), ("forecast_health", {"group": "x"})):
        view = save_view(sqlite_store, people.director, page, query, page, False)
        subscribe(sqlite_store, people.director, view, "month")
    assert [kind for *_, kind in hour(sqlite_store, clock, days=30)] == ["view_plain"] * 3
