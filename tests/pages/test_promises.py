"""The consistency board: what it says by role, and the three ways out of a conflict, in both languages."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from components import format
from components.format import instant, span
from core.customers import ContactInput
from core.promises.demands import Answer, Decline, DemandInput, Effect, PromiseInput
from data.commands.actions import record_action
from data.commands.customers import add_contact
from data.commands.demands import answer_demand, decline_demand, file_demand
from data.commands.features import move_feature
from data.commands.promises import make_promise, plan_promise
from data.queries.promise_board import Show, promise_board
from data.queries.promise_file import promise_file
from data.schema import Action, Opportunity, Promise
from data.text import translate
from tests.company import found
from tests.data.test_record_action import done
from tests.pages.reading import does, titles
from tests.pages.test_demands import press, shown

EFFECT = Effect("Changeover time", Decimal(45), Decimal(25), "minutes")


class Desk:
    """A promise nine days before the plan, of a customer with a thousand yuan in the pipeline."""

    def __init__(self, store) -> None:
        self.store, self.people = store, found(store)
        who = self.people
        with store.writing() as session:
            session.get_one(Opportunity, who.opportunity).amount = Decimal(1000)
        self.demand = file_demand(
            store, who.rep, who.customer, DemandInput("“慢”", "efficiency", EFFECT, "P1")
        )
        answer = Answer("Dashboard", "One table", "Two weeks", "screen", "YQ-1", date(2026, 4, 10))
        self.feature = answer_demand(store, who.product, self.demand, answer)
        told = PromiseInput("By the *first*", date(2026, 4, 1), demand_id=self.demand)
        self.promise = make_promise(store, who.rep, who.customer, told)

    def file(self):
        with self.store.reading() as session:
            return promise_file(session, self.people.director, self.promise, self.store.clock())

    def light(self) -> str:
        return self.file().row.promise.state.light.value


@pytest.fixture
def desk(sqlite_store) -> Desk:
    return Desk(sqlite_store)


def ways(page, desk) -> list[str]:
    groups = [g for g in page.button_group if g.key == f"promise-way-{desk.promise}"]
    return [str(o) for o in groups[0].options] if groups else []


@pytest.mark.parametrize(("role", "told"), [("rep", 1), ("manager", 1), ("product", 0)])
def test_who_does_not_plan_is_told_how_a_promise_comes_onto_the_plan(open_page, desk, role, told):
    said = PromiseInput("The interfaces", date(2026, 4, 1))
    bare = make_promise(desk.store, desk.people.rep, desk.people.customer, said)
    for promise, times in ((bare, told), (desk.promise, 0)):
        page = open_page("promises", getattr(desk.people, role), promise=promise)
        assert shown(page).count(translate("en", "promises.who_plans")) == times


def choose(page, desk, way):
    return page.button_group(f"promise-way-{desk.promise}").set_value(way).run()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", ["rep", "manager", "director", "product", "delivery"])
def test_the_board_shows_both_dates_the_gap_and_what_is_at_stake(open_page, desk, role, language):
    page = open_page("promises", getattr(desk.people, role), language)
    assert not page.exception
    text = shown(page)
    for day in ("1 Apr 2026", "10 Apr 2026") if language == "en" else ("2026年4月1日", "2026年4月10日"):
        assert day in text
    assert translate(language, "promises.why.before_plan", n=9) in text
    assert "Dashboard" in text
    values = {m.label: m.value for m in page.metric}
    assert values[translate(language, "promises.light.red")] == "1"
    assert "1" in values[translate(language, "promises.at_stake")]


def test_a_day_that_passed_unconfirmed_is_not_said_to_be_kept(open_page, desk, clock):
    move_feature(desk.store, desk.people.product, desk.feature, date(2026, 3, 20), "Done sooner")
    clock.move(days=60)
    page = open_page("promises", desk.people.delivery, show=Show.PAST.value)
    assert translate("en", "pictures.promises.missed", missed=1) in titles(page)[0]


def test_a_promise_for_the_planned_day_itself_says_so(open_page, desk):
    move_feature(desk.store, desk.people.product, desk.feature, date(2026, 4, 1), "Done sooner")
    text = shown(open_page("promises", desk.people.delivery))
    assert translate("en", "promises.why.little_slack.zero") in text


@pytest.mark.parametrize("role", ["mate", "stranger"])
def test_others_see_nothing_of_it(open_page, desk, role):
    page = open_page("promises", getattr(desk.people, role))
    assert "Haihe" not in shown(page)
    assert translate("en", "promises.none.ahead") in shown(page)
    page = open_page("promises", getattr(desk.people, role), promise=desk.promise)
    assert [e.value for e in page.error] == [translate("en", "errors.not_found")]
    page = open_page("promises", getattr(desk.people, role), feature=desk.feature)
    assert [e.value for e in page.error] == [translate("en", "errors.not_found")]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("rep", ["move", "escalate"]),
        ("manager", ["move", "escalate"]),
        ("director", ["move", "escalate"]),
        ("product", ["plan", "escalate"]),
        ("delivery", ["escalate"]),
    ],
)
def test_everybody_has_the_ways_out_that_are_theirs(open_page, desk, role, expected):
    page = open_page("promises", getattr(desk.people, role), promise=desk.promise)
    offered = ways(page, desk)
    assert len(offered) == len(expected)
    for way, option in zip(expected, offered, strict=True):
        assert translate("en", f"promises.way.{way}") in option


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_new_date_agreed_needs_a_day_and_how(open_page, desk, language):
    page = open_page("promises", desk.people.rep, language, promise=desk.promise)
    label = translate(language, "promises.way.move")
    press(page, label)
    assert translate(language, "problems.required") in shown(page)
    assert translate(language, "problems.reason_required") in shown(page)
    page.date_input[0].set_value(date(2026, 4, 20))
    page.text_area[0].set_value("Agreed on the phone").run()
    page = open_page("promises", desk.people.rep, language, promise=desk.promise)  # after a look elsewhere
    press(page, label)
    assert not page.exception
    assert desk.light() == "green"
    assert "Agreed on the phone" in shown(page)
    assert (page.date_input[0].value, page.text_area[0].value) == (None, "")  # it is done: the form is empty


def test_product_moves_the_plan(open_page, desk):
    page = open_page("promises", desk.people.product, promise=desk.promise)
    label = translate("en", "promises.way.plan")
    press(page, label)
    assert translate("en", "problems.required") in shown(page)
    page.date_input[0].set_value(date(2026, 3, 25))
    page.text_area[0].set_value("One more developer")
    press(page, label)
    assert desk.light() == "green"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_product_names_the_feature_that_keeps_an_unplanned_promise(open_page, desk, sqlite_store, language):
    told = PromiseInput("In May", date(2026, 5, 1))
    desk.promise = make_promise(sqlite_store, desk.people.rep, desk.people.customer, told)
    assert desk.file().row.promise.state.code == "nothing_planned"
    page = open_page("promises", desk.people.product, language, promise=desk.promise)
    assert translate(language, "promises.their_demands") in [does(b) for b in page.button]
    label = translate(language, "promises.way.link")
    press(page, label)
    assert translate(language, "problems.required") in shown(page)
    page.selectbox[0].set_value(desk.feature)
    press(page, label)
    assert not page.exception
    assert desk.light() == "green"
    later = Answer("Pad", "One table", "Two weeks", "screen", "YQ-2", date(2026, 6, 1))
    other = file_demand(
        sqlite_store, desk.people.rep, desk.people.customer, DemandInput("“慢”", "efficiency", EFFECT, "P1")
    )
    answer_demand(sqlite_store, desk.people.product, other, later)
    page = open_page("promises", desk.people.product, language, promise=desk.promise)
    choose(page, desk, "relink")
    assert len(page.selectbox[0].options) == 1  # all but the one that was named
    page.selectbox[0].select_index(0)
    press(page, translate(language, "promises.way.relink"))
    assert not page.exception
    assert desk.light() == "red"
    page = open_page("promises", desk.people.rep, language, promise=desk.promise)
    dates = "\n".join(m.value for m in page.markdown if translate(language, "promises.planned") in m.value)
    assert all(name in dates for name in ("Pad", "Dashboard"))  # whose each date was


def test_a_feature_named_while_its_demand_waits_can_give_way_to_another(open_page, desk, sqlite_store):
    people, asked = desk.people, DemandInput("“慢”", "efficiency", EFFECT, "P1")
    waiting = file_demand(sqlite_store, people.rep, people.customer, asked)
    told = PromiseInput("In May", date(2026, 5, 1), demand_id=waiting)
    relink = translate("en", "promises.way.relink")
    assert relink not in str(ways(open_page("promises", people.product, promise=desk.promise), desk))
    desk.promise = make_promise(sqlite_store, people.rep, people.customer, told)
    plan_promise(sqlite_store, people.product, desk.promise, desk.feature)
    assert relink in str(ways(open_page("promises", people.product, promise=desk.promise), desk))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_escalation_is_shown_on_the_board_and_offered_once(open_page, desk, language):
    page = open_page("promises", desk.people.rep, language, promise=desk.promise)
    choose(page, desk, "escalate")
    page.text_area[0].set_value("They open a plant that day").run()
    page = open_page("promises", desk.people.rep, language, promise=desk.promise)  # after a look elsewhere
    press(page, translate(language, "promises.way.escalate"))
    assert [toast.value for toast in page.toast] == [translate(language, "promises.told_above")]
    assert desk.file().row.escalated.reason == "They open a plant that day"
    assert "They open a plant that day" in shown(page)
    assert len(ways(page, desk)) == 1
    board = open_page("promises", desk.people.director, language)
    assert translate(language, "promises.escalated_by", by="Rep") in shown(board)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_product_escalates_what_fits_so_that_its_demand_can_be_declined(
    open_page, desk, sqlite_store, language
):
    told = PromiseInput("In May", date(2026, 5, 1), demand_id=desk.demand)
    desk.promise = make_promise(sqlite_store, desk.people.rep, desk.people.customer, told)
    assert desk.light() == "green"
    assert len(ways(open_page("promises", desk.people.rep, language, promise=desk.promise), desk)) == 1
    page = open_page("promises", desk.people.product, language, promise=desk.promise)
    choose(page, desk, "escalate")
    page.text_area[0].set_value("It costs too much").run()
    press(page, translate(language, "promises.way.escalate"))
    assert [toast.value for toast in page.toast] == [translate(language, "promises.may_decline")]


def test_a_promise_is_recorded_from_a_demand(open_page, desk, sqlite_store):
    customer = desk.people.customer
    query = {"do": "make", "customer": customer, "demand": desk.demand}
    page = open_page("promises", desk.people.rep, **query)
    press(page, translate("en", "promises.record"))
    assert shown(page).count(translate("en", "problems.required")) == 2
    page.text_area[0].set_value("By May")
    page.date_input[0].set_value(date(2026, 5, 1))
    press(page, translate("en", "promises.record"))
    assert not page.exception
    with sqlite_store.reading() as session:
        green = promise_board(session, desk.people.rep, Show.GREEN, sqlite_store.clock())
    assert [(r.promise.words, r.promise.demand_id) for r in green.rows] == [("By May", desk.demand)]


@pytest.mark.parametrize(("language", "words"), [("en", "Declined: Words"), ("zh", "不予安排：Words")])
def test_a_demand_that_was_declined_is_marked_where_one_promises_it(open_page, desk, language, words):
    who = desk.people
    asked = DemandInput("Words", "efficiency", EFFECT, "P1")
    declined = file_demand(desk.store, who.rep, who.customer, asked)
    decline_demand(desk.store, who.product, declined, Decline("effort", "By hand"))
    page = open_page("promises", who.rep, language, do="make", customer=who.customer)
    (about,) = [s for s in page.selectbox if s.label == translate(language, "promises.about")]
    assert list(about.options) == [words, "“慢”"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_action_in_which_it_was_said_is_named_from_its_start_to_its_end(
    open_page, desk, sqlite_store, language
):
    who = desk.people
    visit = record_action(
        sqlite_store, who.rep, who.opportunity, done(sqlite_store, "appointment", hours_ago=3)
    )
    with sqlite_store.reading() as session:
        made = session.get_one(Action, visit)
        starts, ends = made.started_at, made.ended_at
    page = open_page("promises", who.rep, language, do="make", customer=who.customer)
    said = next(s for s in page.selectbox if s.label == translate(language, "promises.said_in"))
    assert starts < ends
    (named,) = said.options
    assert named.endswith(span(starts, ends, language, who.rep.timezone))


def test_who_may_not_promise_is_refused(open_page, desk):
    page = open_page("promises", desk.people.product, do="make", customer=desk.people.customer)
    assert not page.text_area
    page = open_page("promises", desk.people.rep, do="make", customer=desk.people.strange_customer)
    assert [e.value for e in page.error] == [translate("en", "errors.customer_gone")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_schedule_and_a_features_dates(open_page, desk, clock, sqlite_store, language):
    clock.move(days=1)
    move_feature(sqlite_store, desk.people.product, desk.feature, date(2026, 4, 20), "A supplier is late")
    page = open_page("promises", desk.people.rep, language)
    assert translate(language, "promises.moves", n=1) in shown(page)
    for who, act in ((desk.people.rep, "dates"), (desk.people.product, "replan")):
        acts = [does(b) for b in open_page("promises", who, language).button]
        assert translate(language, f"promises.{act}") in acts
    page = open_page("promises", desk.people.rep, language, feature=desk.feature)
    assert "A supplier is late" in shown(page)
    assert not page.text_area
    page = open_page("promises", desk.people.product, language, feature=desk.feature)
    page.checkbox[0].set_value(True)
    page.text_area[0].set_value("Dropped")
    press(page, translate(language, "promises.way.plan"))
    assert desk.file().row.promise.state.code == "nothing_planned"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_product_puts_a_features_name_right_where_its_dates_stand(open_page, desk, language):
    page = open_page("promises", desk.people.rep, language, feature=desk.feature)
    assert translate(language, "promises.correct") not in [e.label for e in page.expander]
    page = open_page("promises", desk.people.product, language, feature=desk.feature)
    page.text_input[0].set_value("")
    press(page, translate(language, "promises.correct_send"))
    assert translate(language, "problems.required") in shown(page)
    page.text_input[0].set_value("Dashboards")
    page.text_input[1].set_value("YQ-7")
    press(page, translate(language, "promises.correct_send"))
    assert [m.value for m in page.toast] == [translate(language, "promises.corrected")]
    assert "YQ-7" in shown(page)
    assert desk.file().row.promise.feature == "Dashboards"


def test_a_long_schedule_comes_in_portions(open_page, desk, sqlite_store, monkeypatch):
    monkeypatch.setattr("components.schedule.FEATURES", 1)
    people = desk.people
    other = file_demand(
        sqlite_store, people.rep, people.customer, DemandInput("“慢”", "efficiency", EFFECT, "P1")
    )
    later = Answer("Export", "One file", "Two weeks", "screen", "YQ-2", date(2026, 5, 10))
    answer_demand(sqlite_store, people.product, other, later)
    page = open_page("promises", people.rep)
    assert translate("en", "promises.features_of", shown=1, total=2) in shown(page)
    assert "Export" not in shown(page)
    next(b for b in page.button if b.key == "more-features").click().run()
    assert "Export" in shown(page)
    assert not [b for b in page.button if b.key == "more-features"]


def test_an_empty_company_says_what_will_appear(open_page, sqlite_store):
    page = open_page("promises", found(sqlite_store).rep)
    assert translate("en", "promises.none.ahead") in shown(page)
    assert translate("en", "promises.no_schedule") in shown(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_promise_is_recorded_from_an_action_and_leads_back_to_it(open_page, desk, sqlite_store, language):
    who = desk.people
    action = record_action(
        sqlite_store, who.rep, who.opportunity, done(sqlite_store, "appointment", hours_ago=3)
    )
    contact = add_contact(sqlite_store, who.rep, who.customer, ContactInput("Wu"))
    page = open_page("promises", who.rep, language, do="make", action=action)
    page.text_area[0].set_value("By *May*").run()
    draft = page.query_params["draft"][0]
    again = open_page("promises", who.rep, language, draft=draft)
    assert again.text_area[0].value == "By *May*"
    again.date_input[0].set_value(date(2026, 5, 1))
    press(again, translate(language, "promises.record"))
    assert not again.exception
    assert "Wu" in shown(again)  # who was there heard it
    what = translate(language, "terms.stage.appointment")
    assert any(what in b.label for b in again.button)
    with sqlite_store.reading() as session:
        kept = session.query(Promise).filter_by(action_id=action).one()
        assert (kept.words, kept.contact_id) == ("By *May*", contact)
        assert kept.made_at == session.get_one(Action, action).ended_at


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_day_before_it_was_said_is_refused_as_days_are_said(open_page, desk, sqlite_store, language):
    who = desk.people
    action = record_action(
        sqlite_store, who.rep, who.opportunity, done(sqlite_store, "appointment", hours_ago=3)
    )
    with sqlite_store.reading() as session:
        said = session.get_one(Action, action).ended_at
    page = open_page("promises", who.rep, language, do="make", action=action)
    page.text_area[0].set_value("By May").run()
    page.date_input[0].set_value(said.date() - timedelta(days=30))
    press(page, translate(language, "promises.record"))
    on = format.day(said.astimezone(ZoneInfo(who.rep.timezone)).date(), language)
    assert translate(language, "problems.before_said", on=on) in shown(page)


def test_an_action_of_anothers_customer_opens_no_form(open_page, desk, sqlite_store):
    who = desk.people
    action = record_action(
        sqlite_store, who.stranger, who.strange_opportunity, done(sqlite_store, "appointment", hours_ago=3)
    )
    page = open_page("promises", who.rep, do="make", action=action)
    assert [e.value for e in page.error] == [translate("en", "errors.not_found")]
    assert not page.text_area


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_promise_recorded_by_mistake_is_taken_back_and_stands_so(open_page, desk, language):
    page = open_page("promises", desk.people.rep, language, promise=desk.promise)
    press(page, translate(language, "taking_back.send"))
    assert translate(language, "problems.reason_required") in shown(page)
    (reason,) = [i for i in page.text_input if i.label == translate(language, "taking_back.reason")]
    reason.set_value("Another *customer's*")
    press(page, translate(language, "taking_back.send"))
    assert not page.exception
    assert [toast.value for toast in page.toast] == [translate(language, "taking_back.done")]
    at = instant(desk.store.clock(), language, desk.people.rep.timezone)
    assert translate(language, "taking_back.done_by", by="Rep", at=at) in shown(page)
    assert "Another *customer's*" in shown(page)
    assert ways(page, desk) == []
    acts = [does(b) for b in page.button]
    assert translate(language, "taking_back.send") not in acts
    assert translate(language, "promises.make_anew") in acts
    assert translate(language, "promises.none.ahead") in shown(
        open_page("promises", desk.people.rep, language)
    )
    gone = open_page("promises", desk.people.rep, language, show="taken_back")
    assert translate(language, "promises.show.taken_back") in shown(gone)
    press(page, translate(language, "promises.make_anew"))
    with desk.store.reading() as session:
        assert page.text_area[0].value == session.get_one(Promise, desk.promise).words


@pytest.mark.parametrize(
    ("role", "may"), [("rep", True), ("manager", True), ("product", False), ("delivery", False)]
)
def test_taking_back_is_offered_to_who_may(open_page, desk, role, may):
    page = open_page("promises", getattr(desk.people, role), promise=desk.promise)
    assert (translate("en", "taking_back.send") in [does(b) for b in page.button]) is may
