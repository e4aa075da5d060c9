"""People and opportunities change teams: what a day said stays, and sums go on adding up (B4, B5, B7)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from core.forecast.movement import movement, sums
from data.queries.attribution import attribution
from data.queries.forecast_health import forecast_health
from data.queries.handed import handed
from data.queries.outlook import snapshot
from data.queries.outlook_course import progress
from data.schema import ForecastLine, Person
from tests.company import found
from tests.forecasts import deal, knew, run

JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)


@pytest.fixture
def office(store, clock):
    """January: the rep and the mate are of the manager's team, the stranger of another."""
    people = found(store)
    made = run(store, JAN, value=500)
    for who, amount in ((people.rep, 100), (people.mate, 60), (people.stranger, 200)):
        deal(store, who.person_id, run_id=made, amount=amount, won_on=date(2026, 1, 20))
    knew(store, made, deal(store, people.rep.person_id, amount=30, won_on=JAN))

    def moves(who, team) -> None:
        with store.writing() as session:
            session.get_one(Person, who.person_id).team_id = team

    def day(who, on=JAN):
        with store.reading() as session:
            return snapshot(session, who, "firebreak", "month", on)

    def ask(query, who, **more):
        with store.reading() as session:
            return query(session, who, clock.at, pipeline=None, **more)

    return SimpleNamespace(store=store, people=people, run=made, moves=moves, day=day, ask=ask)


def team_of(shown, team) -> float:
    """What a day's forecast says of a team."""
    return next(float(g.value) for g in shown.by_team() if g.id == team)


def change_places(office) -> int:
    """The rep goes to the stranger's team and the stranger comes."""
    people = office.people
    office.moves(people.rep, people.stranger.team_id)
    office.moves(people.stranger, people.manager.team_id)
    return people.manager.team_id


def test_a_day_says_to_a_manager_what_it_said_then(office):
    before = office.day(office.people.manager)
    team = change_places(office)
    after = office.day(office.people.manager)
    assert float(before.won + before.open) == 50 + 30 + 30
    assert (after.won, after.open) == (before.won, before.open)
    assert team_of(after, team) == team_of(office.day(office.people.director), team) == 110
    assert {line.rep for line in after.lines} == {"Rep", "Mate"}
    with office.store.reading() as session:
        (point,) = progress(session, office.people.manager, "firebreak", "month", JAN)
    assert point.value == before.won + before.open


def test_months_of_a_team_are_the_same_for_its_manager_and_the_director(office):
    team = change_places(office)
    shown = {
        who.role: office.ask(forecast_health, who, months=12, group=f"team-{team}")
        for who in (office.people.manager, office.people.director)
    }
    (mine,), (whole,) = (found.chosen.months for found in shown.values())
    assert (mine.forecast, mine.actual, mine.lines) == (whole.forecast, whole.actual, whole.lines)
    assert float(mine.forecast) == 50 + 30 + 30
    assert float(mine.actual) == 100 + 60 + 30
    manager = shown[office.people.manager.role]
    reps = {f"rep-{who.person_id}" for who in (office.people.mate, office.people.stranger)}
    assert {g.key for g in manager.groups} == {f"team-{team}", *reps}


def test_a_teams_attribution_is_of_its_month_in_forecast_health(office):
    team = change_places(office)
    month = office.ask(attribution, office.people.manager, month=None).chosen
    health = office.ask(forecast_health, office.people.manager, months=12, group=f"team-{team}")
    assert (month.figures.forecast, month.figures.actual) == (
        health.chosen.months[0].forecast,
        health.chosen.months[0].actual,
    )
    assert {d.names.rep for d in month.deviations} == {"Rep", "Mate"}


def five_days_later(office, change) -> None:
    """The lines of 1 January again, with what `change` says of each."""
    later = run(office.store, JAN, value=500, taken=6)
    with office.store.writing() as session:
        for line in session.query(ForecastLine).filter_by(run_id=office.run).all():
            names = [c.name for c in ForecastLine.__table__.columns if c.name != "id"]
            values = {name: getattr(line, name) for name in names} | {"run_id": later}
            session.add(ForecastLine(**values | change(line)))


def test_what_went_to_another_team_is_not_lost(office):
    """Five days later the rep's deal is the stranger's, and the stranger's is the mate's."""
    people = office.people
    owners = {people.rep.person_id: people.stranger, people.stranger.person_id: people.mate}

    def passed_on(line) -> dict[str, int | None]:
        new = owners.get(line.owner_id)
        return {"owner_id": new.person_id, "team_id": new.team_id} if new else {}

    five_days_later(office, passed_on)
    told = {}
    for who in (people.manager, people.director):
        was, now = office.day(who), office.day(who, date(2026, 1, 6))
        with office.store.reading() as session:
            moves = movement(was.moved(), now.moved(), handed(session, who, was, now))
        told[who.role] = {part: float(value) for part, value in sums(moves).items()}
        assert sum(m.value for m in moves) == now.moved().value - was.moved().value
    assert told[people.manager.role] == {"taken_over": 100, "handed_over": -50, "reopened": -30}
    assert not {"new", "lost", "taken_over", "handed_over"} & set(told[people.director.role])


def test_only_an_amount_that_somebody_changed_was_raised(office):
    """Both deals bring a fifth more: the mate's was booked higher, for the rep's wins bring more."""

    def risen(line) -> dict[str, Decimal]:
        found = {name: getattr(line, name) * 6 / 5 for name in ("amount", "value", "booked")}
        return found if line.owner_id == office.people.mate.person_id else found | {"booked": line.booked}

    five_days_later(office, risen)
    was, now = office.day(office.people.manager), office.day(office.people.manager, date(2026, 1, 6))
    assert sums(movement(was.moved(), now.moved())) == {"amount_up": 6, "usual_up": 10, "reopened": -30}
