"""Calendars in the store: versions, the clocks that follow them, warnings, on both databases."""

from __future__ import annotations

from datetime import date, time

import pytest
from sqlalchemy import select

from core.messages import Conflict, Invalid, NotAllowed, NotFound
from core.terms import Role
from data.commands.calendar_sweep import sweep_calendars
from data.commands.calendars import declare_year, restore_calendar, set_days, set_hours
from data.queries.calendars import calendar_desk, calendar_of, changes_in_force
from data.queries.demands import Show, demand_list
from data.schema import Audit, Message, Person, Team
from tests.company import found
from tests.data.test_demands import filed
from tests.rooms import joined, meanwhile

THURSDAY = date(2026, 3, 5)
NO_LUNCH = (None, None)


@pytest.fixture
def company(store):
    return found(store)


def due(store, company) -> str:
    with store.reading() as session:
        (row,) = demand_list(session, company.rep, Show.OPEN, store.clock()).items
    return row.clock.due_at.isoformat()


def desk(store, company, year=2026, country=None):
    with store.reading() as session:
        return calendar_desk(session, company.admin, country, year, store.clock())


def test_a_day_that_is_made_free_moves_every_clock(store, company):
    filed(store, company)  # Wednesday noon, P1: 4.5 hours today, 3.5 tomorrow
    assert due(store, company) == "2026-03-05T06:00:00+00:00"
    assert set_days(store, company.admin, "CN", THURSDAY, None, "off") == 1
    assert due(store, company) == "2026-03-06T06:00:00+00:00"
    assert set_days(store, company.admin, "CN", date(2026, 3, 7), None, "work") == 2
    set_days(store, company.admin, "CN", date(2026, 3, 6), None, "off")
    assert due(store, company) == "2026-03-07T06:00:00+00:00"  # the Saturday that makes up for it


@pytest.mark.filterwarnings("error::sqlalchemy.exc.SAWarning")
def test_hours_of_products_team_are_the_clocks_hours(store, company):
    filed(store, company)
    with store.writing() as session:
        session.add(team := Team(name="Product", kind="office"))
        session.flush()
        session.get_one(Person, company.product.person_id).team_id = team.id
        number = team.id
    joined(store, "colleague", Role.PRODUCT, number)  # two people, one team
    set_hours(store, company.admin, number, "Asia/Shanghai", "CN", time(8), NO_LUNCH, time(20))
    assert due(store, company) == "2026-03-04T12:00:00+00:00"  # noon to 20:00
    set_hours(store, company.admin, number, "Europe/Berlin", "DE", time(9), NO_LUNCH, time(17))
    assert due(store, company) == "2026-03-04T16:00:00+00:00"  # their whole day, from 9:00 on
    set_hours(store, company.admin, None, "Asia/Tokyo", "JP", time(9), (time(12), time(13)), time(18))
    assert due(store, company) == "2026-03-04T16:00:00+00:00"
    with store.reading() as session:
        assert calendar_of(session, None).timezone == "Asia/Tokyo"
    (mine,) = (p for p in desk(store, company).places if p.name == "Product")
    assert (mine.timezone, mine.own) == ("Europe/Berlin", True)


def test_an_earlier_version_returns_and_each_is_on_record(store, company):
    set_days(store, company.admin, "CN", THURSDAY, None, "off")
    set_days(store, company.admin, "CN", date(2026, 3, 6), None, "off")
    restore_calendar(store, company.admin, 1)
    with store.reading() as session:
        assert set(changes_in_force(session).days["CN"]) == {THURSDAY}
        said = session.scalars(select(Audit.command).where(Audit.entity == "calendar").order_by(Audit.id))
        assert list(said) == ["calendar.days", "calendar.days", "calendar.restore"]
    restore_calendar(store, company.admin, 0)
    with store.reading() as session:
        assert changes_in_force(session).days == {}
    assert [(v.version, v.days) for v in desk(store, company).versions] == [(4, 0), (3, 1), (2, 2), (1, 1)]
    with pytest.raises(NotFound):
        restore_calendar(store, company.admin, 9)


def test_of_two_changes_at_once_none_is_lost_unsaid(store, company, monkeypatch):
    friday = date(2026, 3, 6)
    outcomes = meanwhile(
        monkeypatch,
        "data.commands.calendars.with_days",
        lambda: set_days(store, company.admin, "CN", THURSDAY, None, "off"),
        lambda: set_days(store, company.admin, "CN", friday, None, "off"),
    )
    stand = {day for day, said in zip((THURSDAY, friday), outcomes, strict=True) if isinstance(said, int)}
    assert stand
    assert all(isinstance(said, int | Conflict) for said in outcomes)
    with store.reading() as session:
        assert set(changes_in_force(session).days["CN"]) == stand


def test_the_year_is_shown_with_what_the_company_changed(store, company):
    set_days(store, company.admin, "CN", THURSDAY, None, "off")
    shown = desk(store, company)
    assert shown.known
    changed = [(one.day, one.works) for one in shown.days if one.changed]
    assert changed == [(THURSDAY, False)]
    assert date(2026, 2, 14) in [one.day for one in shown.days if one.works]
    assert desk(store, company, 2031).days == ()


def test_a_missing_year_is_told_once_and_ends_when_it_is_entered(store, company, clock):
    clock.move(days=365 * 5)
    filed(store, company)
    assert desk(store, company).missing == {"CN": (2031,)}
    with store.writing() as session:
        assert sweep_calendars(session, store.clock()) == 1
        assert sweep_calendars(session, store.clock()) == 0
        (told,) = session.scalars(select(Message).where(Message.kind == "calendar_missing"))
        assert (told.person_id, told.page) == (company.admin.person_id, "calendars")
    with store.reading() as session:
        assert demand_list(session, company.rep, Show.OPEN, store.clock()).unknown_years == (2031,)
    declare_year(store, company.admin, "CN", 2031)
    assert desk(store, company).missing == {}
    with store.reading() as session:
        assert demand_list(session, company.rep, Show.OPEN, store.clock()).unknown_years == ()


def test_wrong_hours_days_and_people_are_refused(store, company):
    with pytest.raises(Invalid) as refused:
        set_hours(store, company.admin, None, "Mars/Base", "CN", time(18), NO_LUNCH, time(9))
    assert [p.code for p in refused.value.problems] == ["unknown_choice", "ends_before_start"]
    with pytest.raises(Invalid):
        declare_year(store, company.admin, "CN", 0)
    with pytest.raises(NotFound):
        set_hours(store, company.admin, 999, "Asia/Shanghai", "CN", time(9), NO_LUNCH, time(18))
    with store.reading() as session:
        assert changes_in_force(session).version == 0
        with pytest.raises(NotAllowed):
            calendar_desk(session, company.director, None, 2026, store.clock())
