"""Today by a role's published layout and by one's own, on both databases (F1, F2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.access import OPERATOR
from core.home import Kind, Layout, moved, with_limit, with_shown
from core.home import kinds_of as kinds
from core.messages import Invalid, NotAllowed, NotFound
from core.process.metrics import PlannedAction
from core.studio import Area
from core.terms import ActionStatus
from data.commands.home import keep_layout, keep_own, reset_own
from data.commands.opportunities import open_opportunity
from data.commands.studio import publish, restore
from data.queries.home_preview import waiting
from data.queries.today import home
from data.schema import Audit
from tests.company import found
from tests.history import planned, settle


def company(store, steps=2):
    people = found(store)
    for n in range(1, steps + 1):
        other = open_opportunity(store, people.rep, people.customer, f"Line {n}")
        late = PlannedAction(ActionStatus.PLANNED, store.clock() - timedelta(days=n))
        planned(store, people.rep.person_id, other, late)
    settle(store)
    return people


def of(store, who, **asked):
    with store.reading() as session:
        return home(session, who, store.clock(), **asked)


def shown(store, who, **asked):
    return [(g.kind, g.total, len(g.todos)) for g in of(store, who, **asked).groups]


def put(store, who, layout, note="Asked for."):
    keep_layout(store, who, layout)
    return publish(store, who, Area.HOME, note)


def test_a_roles_layout_counts_from_its_publication_and_is_rolled_back(store):
    people = company(store)
    before = shown(store, people.rep)
    assert next(k for k, _, _ in before) is Kind.OVERDUE
    layout = moved(Layout("rep"), kinds("rep"), Kind.GRADE, -20)
    layout = with_limit(with_shown(layout, Kind.UNPLANNED, False), Kind.OVERDUE, 1)
    keep_layout(store, people.director, layout)
    assert shown(store, people.rep) == before  # a draft is in force for nobody
    publish(store, people.director, Area.HOME, "Plan in the evening.")
    assert shown(store, people.rep) == [(Kind.GRADE, 1, 1), (Kind.OVERDUE, 2, 1)]
    assert of(store, people.rep).aside == (Kind.UNPLANNED,)
    assert [k for k, _, _ in shown(store, people.rep, whole="unplanned")][-1] is Kind.UNPLANNED
    assert shown(store, people.stranger) == [(Kind.GRADE, 1, 1)]  # a rep too
    restore(store, people.admin, Area.HOME, 0, "As it was.")
    assert shown(store, people.rep) == before


def test_ones_own_order_stands_in_place_of_the_roles_until_it_is_reset(store):
    people = company(store)
    before = shown(store, people.rep)
    mine = with_shown(Layout(), Kind.GRADE, False)
    keep_own(store, people.rep, mine)
    keep_own(store, people.rep, with_limit(mine, Kind.OVERDUE, 1))
    put(store, people.director, with_shown(Layout("rep"), Kind.UNPLANNED, False))
    found_ = of(store, people.rep)
    assert (found_.own, found_.aside) == (True, (Kind.GRADE,))
    assert Kind.UNPLANNED in [g.kind for g in found_.groups]
    assert shown(store, people.mate) == []  # nobody else's changed
    reset_own(store, people.rep)
    assert shown(store, people.rep) == [line for line in before if line[0] is not Kind.UNPLANNED]
    with store.reading() as session:
        kept = session.query(Audit).filter(Audit.command.like("home.%")).count()
    assert kept == 3
    with pytest.raises(NotFound):
        reset_own(store, people.rep)


def test_what_must_be_seen_cannot_be_hidden_and_nobody_lays_out_for_others(sqlite_store):
    people = company(sqlite_store, steps=1)
    hides = Layout("rep", hidden=("overdue",))
    for refused in (
        lambda: keep_layout(sqlite_store, people.director, hides),
        lambda: keep_own(sqlite_store, people.rep, replace(hides, role="")),
    ):
        with pytest.raises(Invalid) as error:
            refused()
        assert error.value.problems[0].params == {"kind": "overdue"}
    for who in (people.rep, people.manager):
        with pytest.raises(NotAllowed):
            keep_layout(sqlite_store, who, Layout("rep"))
        with sqlite_store.reading() as session, pytest.raises(NotAllowed):
            waiting(session, who, "rep", sqlite_store.clock())
    with pytest.raises(NotFound):
        keep_own(sqlite_store, OPERATOR, Layout())
    keep_own(sqlite_store, people.rep, Layout("director", order=("grade",)))
    assert of(sqlite_store, people.rep).layout.role == ""  # one's own, whatever it said
    assert next(k for k, _, _ in shown(sqlite_store, people.rep)) is Kind.GRADE


def test_the_preview_counts_what_waits_for_the_roles_people(sqlite_store):
    people = company(sqlite_store)
    with sqlite_store.reading() as session:
        found_ = waiting(session, people.admin, "rep", sqlite_store.clock())
    assert len(found_.names) == 3
    assert found_.totals[Kind.OVERDUE] == 2
