"""The customer pages as each role sees them, in both languages."""

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from components import format
from components.format import span
from core.customers import ContactInput, CustomerInput
from data.commands.actions import record_action
from data.commands.customers import add_contact, edit_customer, grade_customer, tag_customer
from data.commands.record import Link, open_record, save_record_fields
from data.schema import Audit, Contact, Customer, Opportunity, OpportunityState, Signal
from data.text import translate
from tests.company import found
from tests.data.test_record_action import done

PAGES = Path(__file__).parents[2] / "pages"


@pytest.fixture
def company(sqlite_store, monkeypatch):
    people = found(sqlite_store)
    import components.frame

    monkeypatch.setattr(components.frame, "this_store", lambda: sqlite_store)
    return people


def look(page, who, language="en", **query) -> AppTest:
    at = AppTest.from_file(PAGES / f"{page}.py", default_timeout=30)
    at.session_state["who"] = who
    at.session_state["language"] = language
    for name, value in query.items():
        at.query_params[name] = str(value)
    return at.run()


def text(at: AppTest) -> str:
    shown = [
        e.value
        for kind in (at.markdown, at.caption, at.error, at.warning, at.header, at.title, at.info)
        for e in kind
    ]
    return "\n".join(str(s).replace("\\", "") for s in shown)


def labels(at: AppTest) -> str:
    return "\n".join(b.label for b in at.button)


def press(at: AppTest, key: str) -> AppTest:
    return next(b for b in at.button if b.key == key).click().run()


SEE = ("rep", "manager", "director", "admin")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "role", ["rep", "mate", "manager", "director", "product", "delivery", "store_manager", "admin"]
)
@pytest.mark.parametrize("page", ["customers", "customer", "audit"])
def test_every_role_in_both_languages(company, sqlite_store, page, role, language):
    first = record_action(
        sqlite_store, company.rep, company.opportunity, done(sqlite_store, "appointment", hours_ago=90)
    )
    demo = done(sqlite_store, "solution_demo", hours_ago=5, follows=first)
    record_action(sqlite_store, company.rep, company.opportunity, demo)
    grade_customer(sqlite_store, company.rep, company.customer, "B", "budget")
    tag_customer(sqlite_store, company.rep, company.customer, ["strategic_account"])
    at = look(page, getattr(company, role), language, customer=company.customer)
    assert not at.exception, at.exception
    allowed = {"customers": (*SEE, "mate"), "customer": SEE, "audit": ("director", "admin")}[page]
    refusals = [e.value for e in at.error]
    assert bool(refusals) == (role not in allowed), refusals
    assert ("Haihe" in text(at) + labels(at)) == (role in allowed and role != "mate")
    han = re.search(r"[\u4e00-\u9fff]", text(at))
    assert bool(han) == (language == "zh")
    assert not re.search(r"\b(customer|customers|audit|terms|fields)\.[a-z_]{3,}", text(at))


def kept(store, table, key):
    with store.reading() as session:
        return session.get(table, key, populate_existing=True)


def field(kind, key):
    return next(w for w in kind if w.key and w.key.endswith(key))


def submit(at: AppTest) -> AppTest:
    form = next(
        b for b in at.button if b.key and (b.key.startswith("FormSubmitter") or b.key.endswith("-save"))
    )
    return form.click().run()


@pytest.mark.parametrize("role", ["rep", "mate", "manager", "director", "admin", "product"])
def test_guessing_an_id_says_the_same_as_a_missing_one(company, role):
    who = getattr(company, role)
    missing = [e.value for e in look("customer", who, customer=10**6).error]
    guessed = [e.value for e in look("customer", who, customer=company.strange_customer).error]
    assert missing
    assert (guessed == missing) == (role not in ("director", "admin"))


def test_a_grade_needs_its_reason_and_can_be_undone_on_the_spot(company, sqlite_store):
    at = look("customer", company.rep, customer=company.customer, do="grade")
    field(at.button_group, "grade-grade").set_value("A")
    at = submit(at)
    assert "Please give a reason" in text(at)
    assert kept(sqlite_store, Customer, company.customer).grade is None
    field(at.text_area, "grade-reason").set_value("Board has approved")
    at = submit(at)
    assert [one.value.split("  \n") for one in at.toast] == [
        ["Grade updated", "Saved. It can be undone at the top of the page."]
    ]
    assert not at.run().toast
    assert kept(sqlite_store, Customer, company.customer).grade == "A"
    at = press(look("customer", company.rep, customer=company.customer), "undo-recent")
    assert kept(sqlite_store, Customer, company.customer).grade is None
    assert "Change undone" in text(at)


def test_the_second_editor_is_told_what_the_first_changed_and_loses_nothing(company, sqlite_store):
    at = look("customer", company.rep, customer=company.customer, do="edit")
    edit_customer(
        sqlite_store,
        company.manager,
        company.customer,
        CustomerInput("Haihe Group", "food", note="theirs"),
        1,
    )
    field(at.text_input, "-region").set_value("North")
    field(at.text_area, "_note").set_value("mine")
    at = submit(at)
    told = text(at)
    assert "Manager changed this while you were editing" in told
    assert "Name: now “Haihe Group”, taken over" in told
    assert "Industry: now “Food”, taken over" in told
    assert "Note: now “theirs”. Yours is kept" in told
    assert kept(sqlite_store, Customer, company.customer).note == "theirs"
    assert field(at.text_input, "-region").value == "North"
    submit(at)
    row = kept(sqlite_store, Customer, company.customer)
    assert (row.name, row.industry, row.region, row.note) == ("Haihe Group", "food", "North", "mine")


def test_a_note_typed_before_somebody_changed_it_stands_beside_theirs(company, sqlite_store):
    at = look("customer", company.rep, customer=company.customer, do="edit")
    field(at.text_area, "_note").set_value("mine").run()
    theirs = CustomerInput("Haihe Pumps", note="theirs")
    edit_customer(sqlite_store, company.manager, company.customer, theirs, 1)
    at = look("customer", company.rep, customer=company.customer, do="edit")
    assert "Note: now “theirs”. Yours is kept" in text(at)
    assert field(at.text_area, "_note").value == "mine"
    next(b for b in at.button if b.label == "Discard").click().run()
    assert [w.value for w in at.text_area] == ["theirs"]


def test_forms_add_a_contact_and_open_edit_and_close_an_opportunity(company, sqlite_store):
    at = look("customer", company.rep, customer=company.customer, do="contact")
    field(at.text_input, "-name").set_value("Wu")
    submit(at)
    at = look("customer", company.rep, customer=company.customer, do="opportunity")
    field(at.text_input, "-name").set_value("Line 2")
    field(at.text_input, "-amount").set_value("1,200.5")
    submit(at)
    with sqlite_store.reading() as session:
        assert session.scalars(select(Contact.name)).all() == ["Wu"]
        added = session.scalars(select(Opportunity).where(Opportunity.name == "Line 2")).one()
    assert (added.amount, added.owner_id) == (1200.5, company.rep.person_id)
    at = look("customer", company.rep, customer=company.customer, do="opportunity", id=added.id)
    assert field(at.date_input, "-close").proto.format == "YYYY-MM-DD"
    assert field(at.text_input, "-amount").value == "1,200.5"
    field(at.text_input, "-amount").set_value("-1")
    assert "cannot be negative" in text(submit(at))
    at = look("customer", company.rep, customer=company.customer, do="close", id=added.id)
    field(at.button_group, "close-outcome").set_value("won")
    submit(at)
    assert kept(sqlite_store, Opportunity, added.id).outcome == "won"


def test_more_contacts_than_are_named_on_the_fold_end_in_dots(company, sqlite_store):
    def fold() -> str:
        at = look("customer", company.rep, customer=company.customer)
        return next(e.label for e in at.expander if "ontact" in e.label).replace("\\", "")

    for name in ("Li Na", "Wu", "Zhao"):
        add_contact(sqlite_store, company.rep, company.customer, ContactInput(name))
    assert not fold().endswith("…")
    add_contact(sqlite_store, company.rep, company.customer, ContactInput("Zhou"))
    assert fold().startswith("4 ")
    assert fold().endswith("…")


def test_an_amount_is_read_as_it_is_written_or_refused_at_its_field(company, sqlite_store):
    at = look("customer", company.rep, customer=company.customer, do="opportunity", id=company.opportunity)
    for wrong, said in (("42 wan", "not read as an amount"), ("42万美元", "The amount says USD")):
        field(at.text_input, "-amount").set_value(wrong)
        assert said in text(submit(at))
        assert field(at.text_input, "-amount").value == wrong
    field(at.text_input, "-amount").set_value("42万")
    submit(at)
    assert kept(sqlite_store, Opportunity, company.opportunity).amount == 420_000


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_expected_close_before_the_opening_is_refused_at_its_field(company, sqlite_store, language):
    """Unless it stood so already, as an old system gave it: then the rest can be edited."""
    opened = sqlite_store.clock().astimezone(ZoneInfo("Asia/Shanghai")).date()
    early = opened - timedelta(days=1)
    said = translate(language, "problems.closes_before_opening", on=format.day(opened, language))
    for more in ({}, {"id": company.opportunity}):
        at = look("customer", company.rep, language, customer=company.customer, do="opportunity", **more)
        field(at.text_input, "-name").set_value("Line 2")
        field(at.date_input, "-close").set_value(early)
        assert said in text(submit(at))
        assert field(at.text_input, "-name").value == "Line 2"
        assert field(at.date_input, "-close").value == early
    field(at.date_input, "-close").set_value(opened)
    submit(at)
    assert kept(sqlite_store, Opportunity, company.opportunity).close_on == opened
    with sqlite_store.writing() as session:
        session.get_one(Opportunity, company.opportunity).close_on = early
    at = look("customer", company.rep, customer=company.customer, do="opportunity", id=company.opportunity)
    field(at.text_input, "-name").set_value("Line 3")
    submit(at)
    assert kept(sqlite_store, Opportunity, company.opportunity).name == "Line 3"


def test_whom_a_record_names_for_the_first_time_gets_a_card_begun_with_it(company, sqlite_store):
    record_action(
        sqlite_store, company.rep, company.opportunity, done(sqlite_store, "appointment", hours_ago=1)
    )
    offer = {language: translate(language, "customer.put_on_file", name="Wu") for language in ("en", "zh")}
    assert offer["zh"] in labels(look("customer", company.rep, "zh", customer=company.customer))
    at = look("customer", company.rep, customer=company.customer)
    assert offer["en"] in labels(at)
    press(at, "do-met-1")
    field(at.text_input, "-title").set_value("Line lead")
    submit(at)
    with sqlite_store.reading() as session:
        [card] = session.scalars(select(Contact))
    assert (card.name, card.title, card.decision_role) == ("Wu", "Line lead", "buyer")
    at = look("customer", company.rep, customer=company.customer)
    assert offer["en"] not in labels(at)
    assert not at.exception


def test_a_rep_is_offered_no_assigning_and_the_address_opens_none(company):
    at = look("customer", company.rep, customer=company.customer, do="owner")
    keys = [b.key for b in at.button if b.key]
    assert not [key for key in keys if key.startswith(("FormSubmitter", "do-owner"))]
    assert [key for key in keys if key.startswith("do-edit")]


def test_the_menu_closes_over_the_form_that_it_opens(company):
    at = look("customer", company.rep, customer=company.customer)
    (menu,) = at.get("popover")
    next(b for b in at.button if b.key == "do-edit-").click().run()
    assert at.query_params["do"] == "edit"
    (other,) = at.get("popover")
    assert other.proto.id != menu.proto.id


def test_new_customer_and_an_empty_name_at_its_field(company, sqlite_store):
    at = submit(look("customers", company.rep, do="new"))
    assert "Please fill this in." in text(at)
    field(at.text_input, "-name").set_value("Bohai Valves")
    submit(at)
    with sqlite_store.reading() as session:
        row = session.scalars(select(Customer).where(Customer.name == "Bohai Valves")).one()
    assert row.owner_id == company.rep.person_id


def test_the_director_undoes_from_the_audit_page_and_is_told_when_it_is_too_late(company, sqlite_store):
    grade_customer(sqlite_store, company.rep, company.customer, "B", "budget")
    with sqlite_store.reading() as session:
        change = session.scalars(select(Audit.id)).one()
    grade_customer(sqlite_store, company.manager, company.customer, "C", "gone")
    at = press(look("audit", company.director), f"audit-undo-{change}")
    assert "Manager has changed this since" in text(at)
    at = press(look("audit", company.director), f"audit-undo-{change + 1}")
    assert kept(sqlite_store, Customer, company.customer).grade == "B"
    watching = look("audit", company.admin)
    assert text(watching).count("Haihe Pumps") == 3
    assert not [b for b in watching.button if b.key and "undo" in b.key]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_undone_record_is_named_by_its_type(company, sqlite_store, language):
    record_action(
        sqlite_store, company.rep, company.opportunity, done(sqlite_store, "appointment", hours_ago=2)
    )
    at = press(look("customer", company.rep, language, customer=company.customer), "undo-recent")
    said = translate(language, "audit.did_undo", what=translate(language, "audit.entity.action"))
    what = translate(language, "terms.stage.appointment")
    assert [m.value for m in at.markdown if said in m.value] == [
        f":green[:material/check_circle:] **{said}** · {what}"
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("person", ["rep", "mate"])
def test_a_new_customer_leads_back_to_the_record_it_was_missing_for(
    company, sqlite_store, monkeypatch, person, language
):
    led = []
    for module in ("record", "customers"):
        monkeypatch.setattr(f"components.{module}.open_page", lambda name, **query: led.append((name, query)))
    who = getattr(company, person)
    begun = look("record", who, language)
    (new,) = [b for b in begun.button if b.label == translate(language, "customers.new")]
    new.click().run()
    assert led.pop() == ("customers", {"do": "new", "then": "record"})
    at = look("customers", who, language, do="new", then="record")
    field(at.text_input, "-name").set_value("Bohai Valves")
    submit(at)
    with sqlite_store.reading() as session:
        made = session.scalars(select(Customer.id).where(Customer.name == "Bohai Valves")).one()
    assert led == [("record", {"customer": made})]


def test_what_was_typed_goes_along_to_a_customer_who_is_not_on_file_yet(company, sqlite_store, monkeypatch):
    led = []
    for module in ("record", "customers"):
        monkeypatch.setattr(f"components.{module}.open_page", lambda name, **query: led.append((name, query)))
    draft = open_record(sqlite_store, company.rep, Link(company.customer))
    save_record_fields(sqlite_store, company.rep, draft, {"summary": "They want it by May."})
    begun = look("record", company.rep, moves=draft)
    next(b for b in begun.button if b.label == translate("en", "customers.new")).click().run()
    assert led.pop() == ("customers", {"do": "new", "then": "record", "moves": draft})
    at = look("customers", company.rep, do="new", then="record", moves=draft)
    field(at.text_input, "-name").set_value("Bohai Valves")
    submit(at)
    assert [(name, query["moves"]) for name, query in led] == [("record", draft)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_has_no_customers_is_told_how_to_get_some(company, language):
    new = translate(language, "customers.new")
    bare = look("customers", company.mate, language)
    assert translate(language, "customers.nobody_yet_hint") in text(bare)
    assert {"page-1", "page1"}.isdisjoint(b.key for b in bare.button)
    searched = look("customers", company.mate, language, q="Haihe")
    assert translate(language, "customers.none_hint") in text(searched)
    assert new in [b.label for b in look("record", company.mate, language).button]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_record_stands_at_the_time_that_its_writer_gave(company, sqlite_store, language):
    first = done(sqlite_store, "appointment", hours_ago=90)
    demo = done(
        sqlite_store,
        "solution_demo",
        hours_ago=5,
        follows=record_action(sqlite_store, company.rep, company.opportunity, first),
    )
    record_action(sqlite_store, company.rep, company.opportunity, demo)
    at = look("customer", company.rep, language, customer=company.customer)
    for action in (first, demo):
        assert span(action.started_at, action.ended_at, language, company.rep.timezone) in text(at)
    before = span(first.started_at, first.ended_at, language, company.rep.timezone)
    assert any((b.key or "").startswith("follows-") and before in b.label for b in at.button)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_step_back_says_how_far_it_had_got_and_that_the_board_counts_it_there(
    company, sqlite_store, language
):
    last = None
    for type_, hours in (("appointment", 90), ("solution_demo", 60)):
        action = done(sqlite_store, type_, hours_ago=hours, follows=last)
        last = record_action(sqlite_store, company.rep, company.opportunity, action)
    with sqlite_store.reading() as session:
        there = session.get_one(OpportunityState, company.opportunity).furthest_since
    when = format.instant(there, language, company.rep.timezone)
    stage = translate(language, "terms.stage.solution_demo")
    said = translate(language, "customer.had_got_to_on", stage=stage, at=when)
    assert said not in text(look("customer", company.rep, language, customer=company.customer))
    back = done(sqlite_store, "needs_diagnosis", hours_ago=5, follows=last)
    record_action(sqlite_store, company.rep, company.opportunity, back)
    assert said in text(look("customer", company.rep, language, customer=company.customer))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_days_until_a_record_was_entered_are_those_between_its_two_dates(company, sqlite_store, language):
    action = done(sqlite_store, "appointment", hours_ago=44)
    record_action(sqlite_store, company.rep, company.opportunity, action)
    zone, now = ZoneInfo(company.rep.timezone), sqlite_store.clock()
    days = (now.astimezone(zone).date() - action.ended_at.astimezone(zone).date()).days
    assert days == 2  # and not the one whole day that lies in 44 hours
    at = format.instant(now, language, company.rep.timezone)
    said = translate(language, "customer.late", n=days, at=at)
    assert said in text(look("customer", company.rep, language, customer=company.customer))


def test_filters_come_from_the_address(company):
    names = {"haihe": "Haihe Pumps", "taihu": "Taihu Bearings"}
    for asked in names:
        shown = labels(look("customers", company.director, q=asked))
        assert [q for q, name in names.items() if name in shown] == [asked]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_signal_is_told_shown_and_withdrawn(company, sqlite_store, language):
    at = look("customer", company.rep, language, customer=company.customer, do="signal")
    next(b for b in at.selectbox if str(b.key).endswith("_kind")).select("ticket").run()
    save = next(b.key for b in at.button if str(b.key).endswith("_submit"))
    press(at, save)
    assert ("Please fill this in" if language == "en" else "请填写此项") in text(at)
    next(n for n in at.number_input if str(n.key).endswith("_value")).set_value(4.5)
    next(a for a in at.text_area if str(a.key).endswith("_note")).set_value("Pump *stands* still").run()
    at = look("customer", company.rep, language, customer=company.customer, do="signal")
    assert "Pump *stands* still" in [a.value for a in at.text_area]  # after a look at something else
    press(at, save)
    assert not at.exception, at.exception
    with sqlite_store.reading() as session:
        signal = session.scalars(select(Signal)).one()
    assert (signal.kind, signal.value, signal.opportunity_id) == ("ticket", 4.5, company.opportunity)
    shown = text(look("customer", company.rep, language, customer=company.customer, kind="signal"))
    assert ("Support ticket" if language == "en" else "服务工单") in shown
    assert "4.5" in shown
    assert "Pump *stands* still" in shown
    at = look("customer", company.rep, language, customer=company.customer, do="withdraw", id=signal.id)
    press(at, "signal-withdraw")
    assert not at.exception, at.exception
    assert kept(sqlite_store, Signal, signal.id).voided_at is not None
    shown = text(look("customer", company.director, language, customer=company.customer, kind="signal"))
    assert ("Withdrawn" if language == "en" else "已撤回") in shown


def test_who_may_not_record_is_offered_no_signal(company):
    at = look("customer", company.director, customer=company.customer, do="signal")
    assert not [b for b in at.button if b.key == "do-signal-" or str(b.key).endswith("_submit")]
    assert "do-signal-" in [b.key for b in look("customer", company.rep, customer=company.customer).button]
    assert "Haihe Pumps" in text(at)
