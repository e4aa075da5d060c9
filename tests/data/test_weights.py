"""Versions of weights in the store: the gate before applying, what is in force when, and going back."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from core.messages import Conflict, Invalid, NotAllowed, NotFound
from data.commands.weights import apply_weights, draft_weights, keep_backtest
from data.queries.weights import weight_history, weight_times
from data.schema import Audit
from data.weighing import backtest_weights
from tests.company import found
from tests.forecasts import deal

HEAVY = {"": {"stage": 2.0}, "chemicals": {"touches_14d": 0.5}}


@pytest.fixture
def office(store, clock):
    people = found(store)
    who = people.director

    def look():
        with store.reading() as session:
            return weight_history(session, who)

    def at(when):
        with store.reading() as session:
            return weight_times(session).at(when.timestamp() / 86_400)

    return SimpleNamespace(store=store, people=people, who=who, look=look, at=at, clock=clock)


def make(office, weights=HEAVY, note="Stages tell more."):
    return draft_weights(office.store, office.who, weights, note)


def test_a_version_is_not_applied_before_it_was_held_against_the_past(office):
    version = make(office)
    with pytest.raises(Invalid) as refused:
        apply_weights(office.store, office.who, version, "Now.")
    assert [p.code for p in refused.value.problems] == ["backtest_needed"]
    assert office.look().in_force is None
    backtest_weights(office.store, office.who, version)
    apply_weights(office.store, office.who, version, "Now.")
    assert office.look().in_force == version


def applied(office, weights, note="As agreed."):
    version = make(office, weights)
    backtest_weights(office.store, office.who, version)
    apply_weights(office.store, office.who, version, note)
    office.clock.move(days=1)
    return version


def test_the_backtest_must_be_against_what_is_in_force(office):
    first, second = make(office), make(office, {"": {"stage": 0.5}})
    for version in (first, second):
        backtest_weights(office.store, office.who, version)
    apply_weights(office.store, office.who, first, "Now.")
    with pytest.raises(Invalid):
        apply_weights(office.store, office.who, second, "Now.")
    with pytest.raises(Conflict):
        keep_backtest(office.store, office.who, second, None, {"landmarks": 0})
    backtest_weights(office.store, office.who, second)
    apply_weights(office.store, office.who, second, "Now.")


def test_which_weights_were_in_force_when(office):
    before = office.clock.at
    first = applied(office, HEAVY)
    second = applied(office, {"": {"stage": 0.5}})
    apply_weights(office.store, office.who, first, "Back: it was better.")  # no new backtest for a known one
    office.clock.move(days=1)
    apply_weights(office.store, office.who, None, "Back to the shipped ones.")
    versions = [office.at(before + timedelta(days=n, hours=h)).version for n in range(4) for h in (-1, 1)]
    assert versions == [0, first, first, second, second, first, first, 0]
    industry = office.at(before + timedelta(hours=1))
    assert (industry.by_factor, industry.by_industry) == (HEAVY[""], {"chemicals": HEAVY["chemicals"]})
    shown = office.look()
    assert [use.version for use in shown.uses] == [None, first, second, first]
    assert shown.in_force is None
    with office.store.reading() as session:
        assert len(weight_times(session).uses) == 4
        assert session.query(Audit).filter_by(command="weights.apply").count() == 4


@pytest.mark.parametrize(
    ("weights", "note"),
    [(HEAVY, " "), ({"": {"luck": 1}}, "x"), ({"": {"stage": 9}}, "x"), ({}, "x"), ({"": {}}, "x")],
)
def test_a_wrong_version_is_refused(office, weights, note):
    with pytest.raises(Invalid):
        make(office, weights, note)


def test_a_version_that_is_in_force_is_not_applied_or_drafted_again(office):
    version = applied(office, HEAVY)
    with pytest.raises(Conflict):
        apply_weights(office.store, office.who, version, "Again.")
    with pytest.raises(Invalid):
        make(office)
    with pytest.raises(Invalid):
        apply_weights(office.store, office.who, None, " ")
    with pytest.raises(NotFound):
        apply_weights(office.store, office.who, 99, "What?")
    with pytest.raises(NotFound):
        backtest_weights(office.store, office.who, 99)


def test_only_leadership_holds_against_the_past(office):
    version = make(office)
    with pytest.raises(NotAllowed):
        backtest_weights(office.store, office.people.manager, version)


def test_the_backtest_counts_the_companys_own_past(office):
    rep = office.people.rep.person_id
    for n in range(12):
        won = date(2026, 1, 5 + n) if n % 2 else None
        deal(office.store, rep, won_on=won, opened=date(2025, 11, 2 + n))
    version = make(office)
    backtest_weights(office.store, office.who, version)
    (shown,) = office.look().versions
    whole = shown.backtest["whole"]
    assert shown.backtest["landmarks"] == 1  # one month between the first closing and today
    assert whole["new"]["n"] == whole["old"]["n"] > 0
    assert shown.backtest["against"] is None
