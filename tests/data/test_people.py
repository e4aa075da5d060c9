"""People through commands: what is refused, and who may see the list."""

from datetime import date

import pytest
from sqlalchemy import select

from core.messages import Conflict, Invalid, NotAllowed, NotFound
from core.people import PersonInput
from data.commands.health import issue_health
from data.commands.people import (
    activate_person,
    create_person,
    create_team,
    edit_person,
    edit_team,
    remove_team,
)
from data.jobs import morning_brief, weekly_health
from data.queries.people import people, teams
from data.schema import Audit
from tests.company import found


def problems(refused):
    return {(p.field, p.code) for p in refused.value.problems}


# fmt: off
WRONG = [
    (PersonInput("a b", "Bo", "rep", 1),                        {("username", "bad_username")}),
    (PersonInput("bo", " ", "rep", 1),                          {("name", "required")}),
    (PersonInput("bo", "Bo", "king", 1),                        {("role", "unknown_choice")}),
    (PersonInput("bo", "Bo", "rep"),                            {("team", "required")}),
    (PersonInput("bo", "Bo", "rep", 999),                       {("team", "unknown_team")}),
    (PersonInput("bo", "Bo", "admin", email="nowhere"),         {("email", "bad_email")}),
    (PersonInput("bo", "Bo", "admin", email="bo@"),             {("email", "bad_email")}),
    (PersonInput("bo", "Bo", "admin", email="a@x.cn, b@x.cn"),  {("email", "bad_email")}),
    (PersonInput("rep", "Bo", "admin"),                         {("username", "taken")}),
]
# fmt: on


@pytest.mark.parametrize(("person", "expected"), WRONG)
def test_a_wrong_person_is_refused_at_the_field(sqlite_store, person, expected):
    company = found(sqlite_store)
    with pytest.raises(Invalid) as refused:
        create_person(sqlite_store, company.admin, person)
    assert problems(refused) == expected


WRONG_TEAMS = [
    ({"name": " "}, "name", "required"),
    ({"name": "x" * 201}, "name", "too_long"),
    ({"name": "East"}, "name", "taken"),
    ({"kind": "shop"}, "kind", "unknown_choice"),
    ({"timezone": "Mars/Olympus"}, "timezone", "unknown_choice"),
    ({"timezone": "../etc/passwd"}, "timezone", "unknown_choice"),
    ({"timezone": ""}, "timezone", "unknown_choice"),
]


@pytest.mark.parametrize(("given", "field", "code"), WRONG_TEAMS)
def test_a_wrong_team_is_refused_at_the_field(sqlite_store, given, field, code):
    company = found(sqlite_store)
    team = {"name": "North"} | given
    with pytest.raises(Invalid) as refused:
        create_team(sqlite_store, company.admin, **team)
    assert [(p.field, p.code) for p in refused.value.problems] == [(field, code)]


@pytest.mark.parametrize(("given", "field", "code"), [*WRONG_TEAMS[:2], *WRONG_TEAMS[3:5]])
def test_a_team_changed_wrongly_is_refused_at_the_field(sqlite_store, given, field, code):
    company = found(sqlite_store)
    team = {"name": "East", "kind": "sales", "region": None, "timezone": "Asia/Shanghai"} | given
    with pytest.raises(Invalid) as refused:
        edit_team(sqlite_store, company.admin, company.rep.team_id, **team)
    assert [(p.field, p.code) for p in refused.value.problems] == [(field, code)]


def test_a_team_is_renamed_but_not_as_another_one(store):
    company = found(store)
    team = {"kind": "sales", "region": "Shanghai", "timezone": "Europe/Berlin"}
    edit_team(store, company.admin, company.rep.team_id, " East China ", **team)
    with store.reading() as session:
        kept = {t.name: (t.region, t.timezone, t.people) for t in teams(session, company.admin)}
        row = session.scalars(select(Audit).where(Audit.command == "team.edit")).one()
    assert kept == {"East China": ("Shanghai", "Europe/Berlin", 3), "West": (None, "Asia/Shanghai", 1)}
    assert (row.before["name"], row.after["name"]) == ("East", "East China")
    with pytest.raises(Invalid) as refused:
        edit_team(store, company.admin, company.rep.team_id, "West", **team)
    assert problems(refused) == {("name", "taken")}
    with pytest.raises(NotFound):
        edit_team(store, company.admin, 99, "North", **team)


def test_two_editors_the_second_is_told(store):
    company = found(store)
    person = PersonInput("rep", "Rep Two", "rep", company.rep.team_id)
    assert edit_person(store, company.admin, company.rep.person_id, person, 1) == 2
    with pytest.raises(Conflict):
        edit_person(store, company.admin, company.rep.person_id, person, 1)


def test_the_last_administrator_stays(store):
    company = found(store)
    for attempt in (
        lambda: activate_person(store, company.admin, company.admin.person_id, False),
        lambda: edit_person(
            store, company.admin, company.admin.person_id, PersonInput("admin", "Admin", "director"), 1
        ),
    ):
        with pytest.raises(Invalid) as refused:
            attempt()
        assert problems(refused) == {("role", "last_admin")}


def test_the_list_is_for_those_who_manage_people(store):
    company = found(store)
    create_team(store, company.admin, "Store 1", kind="store", region="East")
    with store.reading() as session:
        assert [p.username for p in people(session, company.admin, search="STRANG")] == ["stranger"]
        assert [p.username for p in people(session, company.admin, search="r_p")] == []
        assert {t.name: t.people for t in teams(session, company.admin)} == {
            "East": 3,
            "West": 1,
            "Store 1": 0,
        }
        with pytest.raises(NotAllowed):
            people(session, company.director)


def test_a_team_made_by_mistake_is_removed_one_in_use_is_not(store):
    company = found(store)
    mistake = create_team(store, company.admin, "Est")
    remove_team(store, company.admin, mistake)
    with store.reading() as session:
        assert [t.name for t in teams(session, company.admin)] == ["East", "West"]
        row = session.scalars(select(Audit).where(Audit.command == "team.remove")).one()
    assert row.before["name"] == "Est"
    with pytest.raises(Conflict) as refused:
        remove_team(store, company.admin, company.rep.team_id)
    assert (refused.value.code, refused.value.params["n"]) == ("team_has_people", 3)
    with pytest.raises(NotFound):
        remove_team(store, company.admin, mistake)


def test_nothing_is_issued_for_a_team_that_was_just_made_until_somebody_belongs_to_it(store, clock):
    company = found(store)
    team = create_team(store, company.admin, "Est")
    clock.move(days=14)

    def planned():
        with store.reading() as session:
            now = store.clock()
            return {key for job in (weekly_health, morning_brief) for _, key in job.due(session, now)}

    def reported():
        with store.reading() as session:
            return {
                at.isoformat() for at, key in weekly_health.due(session, store.clock()) if key == str(team)
            }

    assert str(team) not in planned()
    create_person(store, company.admin, PersonInput("bo", "Bo", "rep", team))
    assert str(team) in planned()
    assert reported() == set()  # nobody belonged to it in the weeks before
    clock.move(days=7)
    assert len(reported()) == 1


def test_a_team_that_records_speak_of_stays(sqlite_store):
    company = found(sqlite_store)
    team = create_team(sqlite_store, company.admin, "North")
    issue_health(sqlite_store, company.director, team, date(2026, 2, 23))
    with pytest.raises(Conflict) as refused:
        remove_team(sqlite_store, company.admin, team)
    assert refused.value.code == "team_has_history"
