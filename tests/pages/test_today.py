"""Today as each role sees it: to-dos with their buttons, or a calm word."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from core.access import Who
from core.notices import Notice
from core.people import PersonInput
from core.process.metrics import PlannedAction
from core.promises.demands import DemandInput, PromiseInput
from core.terms import ActionStatus, Outcome, Role
from data.commands.actions import record_action
from data.commands.attribution import ask_for_factor
from data.commands.deliveries import revoke_delivery
from data.commands.demands import file_demand
from data.commands.features import move_feature
from data.commands.milestones import issue_milestone, set_launch
from data.commands.opportunities import close_opportunity, open_opportunity
from data.commands.outbox import post
from data.commands.promises import make_promise
from data.commands.setup import new_setup_code, set_up
from data.commands.store_requests import file_request
from data.schema import Person, ReportOffline
from data.text import translate
from tests.company import found
from tests.data.test_record_action import VALUES, done
from tests.deliveries import EFFECT, Handover
from tests.history import planned, settle
from tests.pages.reading import check_words, does, words

ROLES = ["rep", "mate", "manager", "director", "product", "delivery", "store_manager", "admin"]


def overdue(store, people, number=1):
    action = PlannedAction(ActionStatus.PLANNED, store.clock() - timedelta(days=number))
    other = open_opportunity(store, people.rep, people.customer, f"Line {number}")
    return planned(store, people.rep.person_id, other, action)


def press(page, label):
    next(b for b in page.button if does(b) == label).click().run()


@pytest.fixture
def gone(monkeypatch):
    """Where the page left for."""
    left = []
    monkeypatch.setattr(
        "streamlit.switch_page", lambda path, query_params: left.append((path.stem, query_params))
    )
    return left


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", ROLES)
def test_every_role_in_both_languages(open_page, sqlite_store, role, language):
    people = found(sqlite_store)
    overdue(sqlite_store, people)
    settle(sqlite_store)
    page = open_page("today", getattr(people, role), language)
    check_words(page)
    assert ("Haihe Pumps" in words(page)) == (role == "rep")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", ["mate", "manager", "director", "product", "delivery", "store_manager"])
def test_without_to_dos_it_is_calm_and_says_what_will_come(open_page, sqlite_store, role, language):
    people = found(sqlite_store)
    page = open_page("today", getattr(people, role), language)
    assert {"en": "All done for now", "zh": "眼下没有待办"}[language] in words(page)
    assert len(page.caption) == 1
    begins = {"mate": "begin_rep", "store_manager": "begin_store_manager"}.get(role)
    assert [does(b) for b in page.button] == ([translate(language, f"today.{begins}")] if begins else [])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_unread_messages_are_told_and_one_click_away(open_page, sqlite_store, gone, language):
    people = found(sqlite_store)
    with sqlite_store.writing() as session:
        post(session, sqlite_store.clock(), [Notice(people.product.person_id, "channel_test", "k")])
    page = open_page("today", people.product, language)
    assert translate(language, "today.nothing") in words(page)
    press(page, translate(language, "inbox.unread", n=1))
    assert gone == [("inbox", {})]


def _first(store, zone="UTC"):
    ann, word = PersonInput("ann", "Ann", "admin"), "a-long-pass-phrase"
    return set_up(store, new_setup_code(store), "Acme", ann, word, zone, repeat=word)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_first_administrator_is_led_to_teams_and_people(open_page, sqlite_store, gone, language):
    key = _first(sqlite_store)
    page = open_page("today", Who(key, Role.ADMIN, None, "Ann"), language)
    check_words(page)
    assert translate(language, "today.first") in words(page)
    page.button[0].click().run()
    assert gone == [("people", {"tab": "teams"})]


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/London", "Public holidays kept: United Kingdom."),
        ("Asia/Kolkata", "No public holidays are shipped for the time zone Kolkata"),
    ],
)
def test_a_new_company_is_told_whose_holidays_it_keeps(open_page, sqlite_store, gone, zone, said):
    page = open_page("today", Who(_first(sqlite_store, zone), Role.ADMIN, None, "Ann"))
    assert said in words(page)
    press(page, "Change them under Calendars")
    assert gone == [("calendars", {})]


def test_an_overdue_step_opens_its_record(open_page, sqlite_store, gone):
    people = found(sqlite_store)
    step = overdue(sqlite_store, people)
    settle(sqlite_store)
    press(open_page("today", people.rep), "Record it")
    [(page, query)] = gone
    assert (page, query["customer"], query["action"]) == ("record", str(people.customer), str(step))
    assert query["type"] == "solution_demo"


def test_an_opportunity_without_a_step_plans_the_next_one(open_page, sqlite_store, gone):
    people = found(sqlite_store)
    settle(sqlite_store)
    press(open_page("today", people.rep), "Plan it")
    query = {"customer": people.customer, "opportunity": people.opportunity, "type": "appointment"}
    assert gone == [("record", {k: str(v) for k, v in query.items()})]


def test_a_grade_opens_its_form(open_page, sqlite_store, gone):
    people = found(sqlite_store)
    settle(sqlite_store)
    press(open_page("today", people.rep), "Update grade")
    assert gone == [("customer", {"customer": str(people.customer), "do": "grade"})]


def test_a_quote_says_when_it_ends(open_page, sqlite_store, gone):
    people = found(sqlite_store)
    values = VALUES["quote_confirmation"] | {"valid_until": date(2026, 3, 6)}
    quote = done(sqlite_store, "quote_confirmation", hours_ago=1, fields=values)
    record_action(sqlite_store, people.rep, people.opportunity, quote)
    page = open_page("today", people.rep)
    assert "6 Mar 2026" in words(page)
    press(page, "Follow up")
    assert gone[0][0] == "record"
    assert gone[0][1]["type"] == "quote_confirmation"


def test_many_to_dos_do_not_drown_anybody(open_page, sqlite_store):
    people = found(sqlite_store)
    for number in range(1, 9):
        overdue(sqlite_store, people, number)
    settle(sqlite_store)
    page = open_page("today", people.rep)
    assert [does(b) for b in page.button].count("Record it") == 5
    assert "To record: 8" in words(page)
    press(page, "Show all 8")
    assert [does(b) for b in page.button].count("Record it") == 8
    press(page, "Show fewer")
    assert [does(b) for b in page.button].count("Record it") == 5


def test_the_admin_is_sent_to_the_person(open_page, sqlite_store, gone):
    people = found(sqlite_store)
    with sqlite_store.writing() as session:
        session.execute(update(Person).where(Person.id != people.mate.person_id).values(password_hash="kept"))
    press(open_page("today", people.admin), "Give a password")
    assert gone == [("people", {"person": str(people.mate.person_id)})]


def test_closing_ends_the_to_dos(open_page, sqlite_store):
    people = found(sqlite_store)
    settle(sqlite_store)
    close_opportunity(sqlite_store, people.rep, people.opportunity, Outcome.WON)
    assert "All done for now" in words(open_page("today", people.rep))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_customers_wait_for_opens_its_own_page(open_page, sqlite_store, clock, gone, language):
    handover = Handover(sqlite_store)
    people = handover.people
    demand = DemandInput("“慢” and loud", "cost", EFFECT, "P0")
    waiting = file_demand(sqlite_store, people.rep, people.customer, demand)
    move_feature(sqlite_store, people.product, handover.feature, date(2026, 3, 30), "A machine broke")
    file_request(sqlite_store, people.store_manager, "Scan points at the till", "P2")
    clock.move(days=8)
    page = open_page("today", people.product, language)
    check_words(page)
    for kind in ("conflict", "delivery", "demand", "store_request"):
        page.button(key=next(b.key for b in page.button if f"todo-{kind}" in (b.key or ""))).click().run()
    assert gone == [
        ("promises", {"promise": str(handover.promise)}),
        ("deliveries", {"promise": str(handover.promise)}),
        ("demands", {"demand": str(waiting), "do": "answer"}),
        ("store_requests", {"request": "1"}),
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_called_back_stands_beside_what_was_never_ready(
    open_page, sqlite_store, clock, gone, language
):
    handover = Handover(sqlite_store)
    people = handover.people
    told = PromiseInput("The export", date(2026, 3, 11))
    promise = make_promise(sqlite_store, people.rep, people.customer, told)
    delivery, _ = handover.ready(promise_id=promise)
    assert delivery == handover.promise  # two lines of the same number
    revoke_delivery(sqlite_store, people.delivery, delivery, "The wrong line")
    clock.move(days=9)
    page = open_page("today", people.delivery, language)
    assert not page.exception
    found = [b for b in page.button if "todo-delivery" in (b.key or "")]
    assert [translate(language, "terms.delivery.revoked") in b.label for b in found] == [True, False]
    found[0].click().run()
    assert gone == [("deliveries", {"delivery": str(delivery)})]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_leadership_decides_is_one_click_away(open_page, sqlite_store, gone, language):
    people = found(sqlite_store)
    set_launch(sqlite_store, people.admin, None, date(2026, 1, 1))
    issue_milestone(sqlite_store, people.director, None, 30)
    ask_for_factor(sqlite_store, people.manager, "Site visits", "Whoever saw the line buys")
    with sqlite_store.writing() as session:
        session.add(
            ReportOffline(report="pipeline", version=1, month="2026-02", taken_at=sqlite_store.clock())
        )
    page = open_page("today", people.director, language)
    check_words(page)
    assert translate(language, "reports.report.pipeline.title") in words(page)
    for kind in ("milestone", "factor", "report"):
        press(page, translate(language, f"today.{kind}_do"))
    assert gone == [("milestones", {"day": "30"}), ("attribution", {}), ("reports", {"report": "pipeline"})]
