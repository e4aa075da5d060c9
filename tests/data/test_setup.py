"""The first administrator: once, with the code, and never on a company that has people."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, func, select

from core.messages import AppError, Conflict, Invalid
from core.people import PersonInput
from data.commands.people import set_password
from data.commands.sessions import fingerprint
from data.commands.setup import cookie_secret, new_setup_code, set_up
from data.queries.calendars import calendar_of, changes_in_force, company_country, missing
from data.queries.policies import policy_in_force, setting
from data.queries.sessions import demo_accounts, nobody_yet
from data.schema import Person, Setting
from tests.company import found

ADMIN = PersonInput("lin", "Lin Yue", "admin")


def setting_up(store, code, username="lin", password="a long password"):
    return set_up(
        store,
        code,
        "Haihe",
        PersonInput(username, "Lin", "admin"),
        password,
        "Asia/Shanghai",
        repeat=password,
    )


def test_the_code_makes_the_first_administrator_once(store):
    code = new_setup_code(store)
    setting_up(store, code)
    with store.reading() as session:
        assert not nobody_yet(session)
        assert (setting(session, "installation"), setting(session, "company")) == ("company", "Haihe")
        assert demo_accounts(session) == ()
    with pytest.raises(Conflict):
        setting_up(store, code, "second")
    assert new_setup_code(store) is None


def test_the_last_five_codes_do_and_a_wrong_one_does_not(store):
    codes = [new_setup_code(store) for _ in range(6)]
    for wrong in ("0000-0000-0000-0000", codes[0]):
        with pytest.raises(Invalid) as refused:
            setting_up(store, wrong)
        assert [(p.field, p.code) for p in refused.value.problems] == [("code", "wrong_code")]
    assert setting_up(store, codes[1])


def test_instances_that_start_together_each_get_a_code_and_share_the_key(store):
    for _ in range(5):  # the first time nothing is there yet
        with store.writing() as session:
            session.execute(delete(Setting))
        with ThreadPoolExecutor(4) as hands:
            codes = list(hands.map(lambda _: new_setup_code(store), range(4)))
            keys = set(hands.map(lambda _: cookie_secret(store), range(4)))
        with store.reading() as session:
            assert set(setting(session, "setup_codes")) == {fingerprint(code) for code in codes}
            assert keys == {setting(session, "cookie_key")}


def test_all_problems_are_said_at_once(store):
    new_setup_code(store)
    with pytest.raises(Invalid) as refused:
        set_up(store, "wrong", " ", PersonInput("!", "", "admin"), "short", "Mars/Olympus", repeat="other",
               country="XX")  # fmt: skip
    fields = {p.field for p in refused.value.problems}
    assert fields == {"code", "company", "username", "name", "password", "repeat", "timezone", "country"}


def test_of_many_at_once_one_becomes_administrator(store):
    code = new_setup_code(store)

    def attempt(number):
        try:
            return setting_up(store, code, f"admin{number}")
        except AppError:
            return None

    with ThreadPoolExecutor(6) as hands:
        made = [i for i in hands.map(attempt, range(6)) if i]
    with store.reading() as session:
        assert (len(made), session.scalar(select(func.count()).select_from(Person))) == (1, 1)


def test_people_without_a_password_do_not_stand_in_the_way_an_administrator_with_one_does(store):
    people = found(store)
    assert new_setup_code(store)
    set_password(store, people.admin, people.admin.person_id, "a long password")
    assert new_setup_code(store) is None
    with pytest.raises(Conflict):
        setting_up(store, "anything")


@pytest.mark.parametrize(
    ("country", "works", "version"), [("DE", False, 1), ("none", True, 1), ("CN", False, 0)]
)
def test_it_chooses_whose_holidays_the_company_keeps(store, country, works, version):
    words = ("Haihe", ADMIN, "a long password", "Europe/Berlin")
    set_up(store, new_setup_code(store), *words, repeat="a long password", country=country)
    with store.reading() as session:
        calendar = calendar_of(session, None)
        assert (company_country(session), changes_in_force(session).version) == (country, version)
        assert missing(session, datetime(2026, 3, 2, tzinfo=UTC)) == {}
    assert (calendar.works_on(date(2026, 5, 1)), calendar.zone.key) == (works, "Europe/Berlin")


@pytest.mark.parametrize(
    ("zone", "country"), [("Europe/London", "GB"), ("Asia/Shanghai", "CN"), ("Asia/Kolkata", "none")]
)
def test_unless_chosen_the_holidays_are_those_of_the_time_zone_or_weekends_alone(store, zone, country):
    set_up(store, new_setup_code(store), "Haihe", ADMIN, "a long password", zone, repeat="a long password")
    with store.reading() as session:
        assert company_country(session) == country
        works = calendar_of(session, None).works_on
    early_may, national_day = date(2026, 5, 4), date(2026, 10, 1)
    assert (works(early_may), works(national_day)) == (country == "none", country != "CN")


@pytest.mark.parametrize(("currency", "version"), [("EUR", 1), ("CNY", 0)])
def test_it_chooses_the_companys_currency(store, currency, version):
    words = ("Haihe", ADMIN, "a long password", "Europe/Berlin")
    set_up(store, new_setup_code(store), *words, repeat="a long password", currency=currency)
    with store.reading() as session:
        policy = policy_in_force(session)
    assert (policy.currency, policy.version) == (currency, version)
