"""The page: which role sees what in which language, and the way of a record through the widgets."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import streamlit as st
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from components.format import instant
from core.access import Permission, decide
from core.customers import CustomerInput
from data.commands.actions import cancel_action, record_action
from data.commands.customers import assign_customer, open_customer
from data.commands.opportunities import assign_opportunity, open_opportunity
from data.commands.record import Link, open_record, save_record_fields, submit_record
from data.files import keep_recording
from data.schema import Action, Opportunity, OpportunityState
from data.text import LANGUAGES, translate
from tests.company import PEOPLE, found
from tests.data.test_drafts import GOOD, begun
from tests.data.test_record_action import done
from tests.pages.reading import does, lines
from tests.sounds import hum, silence

PAGE = Path(__file__).parents[2] / "pages" / "record.py"


@pytest.fixture
def company(sqlite_store, monkeypatch):
    monkeypatch.setattr("components.frame.this_store", lambda: sqlite_store)
    return found(sqlite_store)


def opened(who, language="en", **query) -> AppTest:
    at = AppTest.from_file(PAGE, default_timeout=30)
    at.session_state["who"], at.session_state["language"] = who, language
    for name, value in query.items():
        at.query_params[name] = str(value)
    return at.run()


def texts(at: AppTest) -> str:
    kinds = (at.title, at.error, at.success, at.caption, at.subheader, at.warning)
    return "\n".join((*(str(e.value).replace("\\", "") for kind in kinds for e in kind), *lines(at)))


def marks(at: AppTest) -> str:
    """The style sheets that mark labels."""
    return "".join(e.proto.body for e in at.get("html"))


def button(at: AppTest, label: str):
    return next(b for b in at.button if does(b) == label)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", PEOPLE)
def test_who_may_record(company, role, language):
    who = getattr(company, role)
    at = opened(who, language, customer=company.customer)
    assert not at.exception
    reached = decide(who, Permission.RECORD_ACTIONS).allowed
    assert bool(at.title) == reached
    within = role in ("rep", "manager")
    assert ("Haihe Pumps" in texts(at)) == within
    if reached and not within:  # of the team or not: not this person's customer
        assert translate(language, "errors.customer_gone") in texts(at)


def test_a_second_quote_is_asked_what_changed(company, sqlite_store):
    def label() -> str:
        at = opened(company.rep, opportunity=company.opportunity, type="quote_confirmation")
        return next(area.label for area in at.text_area if "last quote" in area.label)

    assert label().endswith("(optional)")
    record_action(
        sqlite_store, company.rep, company.opportunity, done(sqlite_store, "quote_confirmation", hours_ago=3)
    )
    assert not label().endswith("(optional)")


def test_an_amount_typed_in_digits_is_said_back(company):
    at = opened(company.rep, opportunity=company.opportunity, type="quote_confirmation")
    amount = next(n for n in at.text_input if n.key.endswith("fields-quote"))
    for typed in ("420000", "420,000", "42万", "420k"):
        amount.set_value(typed).run()
        assert any(c.value.endswith("= CN¥420K") for c in at.caption), typed


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["42 thousand", "$42k"])
def test_what_is_no_amount_is_refused_at_its_field_and_stays(company, language, typed):
    at = opened(company.rep, language, opportunity=company.opportunity, type="quote_confirmation")
    next(n for n in at.text_input if n.key.endswith("fields-quote")).set_value(typed).run()
    button(at, translate(language, "record.submit.completed")).click().run()
    refused = {
        "42 thousand": translate(language, "problems.unread_amount", value=typed),
        "$42k": translate(language, "problems.amount_names_currency", named="USD", currency="CNY"),
    }
    assert refused[typed] in texts(at)
    assert next(n for n in at.text_input if n.key.endswith("fields-quote")).value == typed


@pytest.mark.parametrize("name", ["draft", "customer", "opportunity", "action"])
@pytest.mark.parametrize("value", ["²", "٣", "9" * 26])
def test_what_is_no_number_of_the_product_begins_anew(company, name, value):
    at = opened(company.rep, **{name: value})
    assert not at.error
    assert at.selectbox(key="record-customer").label == translate("en", "record.customer")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("type_", ["appointment", "needs_diagnosis", "solution_demo", "quote_confirmation"])
def test_a_link_opens_the_form_prefilled(company, type_, language):
    at = opened(company.rep, language, customer=company.customer, type=type_)
    assert not at.exception
    assert at.button_group(key="d1_type").value == type_
    assert at.selectbox[0].label == translate(language, "record.opportunity")
    assert at.query_params["draft"] == "1"


def test_all_problems_stand_at_their_fields_and_the_text_stays(company, sqlite_store):
    at = opened(company.rep, customer=company.customer, type="needs_diagnosis")
    at.text_area(key="d1_fields-pain").set_value("Paper **everywhere**").run()
    at.text_area(key="d1_summary").set_value("short").run()
    assert translate("en", "record.summary_so_far", n=5, least=10) in texts(at)
    button(at, "Save the record").click().run()
    said = texts(at)
    assert "5 things are missing or wrong" in said
    assert said.count("Please fill this in.") == 3
    assert "at least 10 characters" in said
    assert "Plan the next step." in said
    assert ".st-key-d1_at_next_step [data-testid=stWidgetLabel]" in marks(at)
    assert at.text_area(key="d1_fields-pain").value == "Paper **everywhere**"
    again = opened(company.rep, draft=1)
    assert "5 things are missing or wrong" in texts(again)
    assert again.text_area(key="d1_summary").value == "short"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_record_from_the_first_touch_to_the_confirmation(company, sqlite_store, monkeypatch, language):
    led = []
    monkeypatch.setattr("components.record_story.open_page", lambda name, **query: led.append((name, query)))
    at = opened(company.rep, language)
    at.selectbox(key="record-customer").select_index(0).run()
    at.button_group(key="d1_type").set_value("appointment").run()
    at.text_input(key="d1_fields-purpose").set_value("First talk").run()
    at.text_input(key="d1_fields-place").set_value("Tianjin").run()
    save_record_fields(sqlite_store, company.rep, 1, {"fields-attendees": ["Wu"]})
    at.run()
    role = next(s for s in at.selectbox if s.label == "Wu")
    role.set_value("buyer").run()
    at.text_area(key="d1_summary").set_value("They want it running by May.").run()
    at.button_group(key="d1_next_step-type").set_value("needs_diagnosis").run()
    button(at, translate(language, "record.quick.tomorrow")).click().run()
    button(at, translate(language, "record.submit.completed")).click().run()
    assert not at.exception
    appointment = translate(language, "terms.stage.appointment")
    said = translate(language, "record.done.completed", type=appointment, customer="Haihe Pumps")
    assert [s.value for s in at.success] == [said]
    with sqlite_store.reading() as session:
        action = session.scalars(select(Action).where(Action.status == "completed")).one()
    assert action.fields["attendees"] == [{"name": "Wu", "role": "buyer"}]
    button(at, translate(language, "promises.make")).click().run()
    button(at, translate(language, "customer.file_demand")).click().run()
    button(at, translate(language, "customer.put_on_file", name="Wu")).click().run()
    assert led == [
        ("promises", {"do": "make", "action": action.id}),
        ("demands", {"customer": company.customer, "opportunity": action.opportunity_id}),
        ("customer", {"customer": company.customer, "do": "met", "id": 1}),
    ]
    button(at, translate(language, "record.undo")).click().run()
    assert at.text_area(key="d1_summary").value == "They want it running by May."


def test_what_another_device_saved_shows_in_the_next_run(company, sqlite_store):
    at = opened(company.rep, customer=company.customer, type="needs_diagnosis")
    at.text_area(key="d1_summary").set_value("here").run()
    save_record_fields(sqlite_store, company.rep, 1, {"summary": "there", "fields-pain": "there"})
    at.text_area(key="d1_fields-current_process").set_value("here").run()
    shown = {a.label: a.value for a in at.text_area}
    assert (shown["Summary"], shown["Pain"], shown["Current process"]) == ("there", "there", "here")
    with sqlite_store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Action)) == 0


def test_the_latest_record_is_linked_and_the_first_says_it_has_none(company, sqlite_store):
    at = opened(company.rep, customer=company.customer, type="appointment")
    assert "first recorded action" in texts(at)
    last = record_action(
        sqlite_store, company.rep, company.opportunity, done(sqlite_store, "appointment", hours_ago=9)
    )
    at = opened(company.rep, draft=1)
    assert at.selectbox(key="d1_follows").value == last
    assert "They want it running by May" in texts(at)


def test_states_show_only_what_they_need(company, sqlite_store):
    record_action(
        sqlite_store, company.rep, company.opportunity, done(sqlite_store, "appointment", hours_ago=9)
    )
    at = opened(company.rep, customer=company.customer)
    at.button_group(key="d1_state").set_value("planned").run()
    assert [a.label for a in at.text_area] == []
    at.button_group(key="d1_state").set_value("cancelled").run()
    assert [a.label for a in at.text_area] == ["Why?"]
    at.text_area(key="d1_reason").set_value("They moved").run()
    button(at, "Call it off").click().run()
    assert "called off" in at.success[0].value


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_whose_customer_is_gone_shows_what_was_typed(company, sqlite_store, language):
    id_ = open_record(sqlite_store, company.rep, Link(company.customer))
    save_record_fields(sqlite_store, company.rep, id_, GOOD)
    assign_customer(sqlite_store, company.manager, company.customer, company.mate.person_id)
    assign_opportunity(sqlite_store, company.manager, company.opportunity, company.mate.person_id)
    at = opened(company.rep, language, draft=id_)
    assert translate(language, "errors.customer_gone") in texts(at)
    assert GOOD["summary"] in at.code[0].value
    assert GOOD["fields-pain"] in at.code[0].value


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_typed_goes_along_to_the_right_customer(company, sqlite_store, language):
    right = open_customer(sqlite_store, company.rep, CustomerInput("Wuyi *Valves*"))
    at = opened(company.rep, language, customer=company.customer)
    (key,) = [a.key for a in at.text_area if a.key.endswith("_summary")]
    at.text_area(key=key).set_value("They want it running by May.").run()
    button(at, translate(language, "record.other_customer")).click().run()
    said = translate(language, "record.moves", customer="Haihe Pumps")
    assert [i.value.replace("\\", "") for i in at.info] == [said]
    at.selectbox(key="record-customer").set_value(
        next(c for c in begun(sqlite_store, company.rep).customers if c.id == right)
    ).run()
    assert not at.exception
    assert "Wuyi *Valves*" in texts(at)
    (area,) = [a for a in at.text_area if a.key.endswith("_summary")]
    assert area.value == "They want it running by May."
    assert not begun(sqlite_store, company.rep).unfinished[1:]  # it is not left at the wrong customer too
    button(at, translate(language, "record.other_customer")).click().run()
    assert "Haihe Pumps" not in [u.customer for u in begun(sqlite_store, company.rep).unfinished]


def test_where_nothing_was_typed_another_customer_begins_anew(company):
    at = opened(company.rep, customer=company.customer)
    button(at, translate("en", "record.other_customer")).click().run()
    assert not at.info


def test_an_unfinished_draft_is_offered_and_can_be_thrown_away(company, sqlite_store):
    id_ = open_record(sqlite_store, company.rep, Link(company.customer))
    save_record_fields(sqlite_store, company.rep, id_, GOOD | {"summary": "# <b>half</b> a sentence"})
    at = opened(company.rep)
    assert "Haihe Pumps" in texts(at)
    button(at, "Go on").click().run()
    assert at.text_area(key=f"d{id_}_summary").value == "# <b>half</b> a sentence"
    button(at, "Discard").click().run()
    assert "Go on" not in [does(b) for b in at.button]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("sound", "code", "values"),
    [
        (hum(3), "recording_short", {"least": 10, "seconds": 3}),
        (silence(12), "recording_silent", {}),
        (b"OggS junk", "recording_corrupt", {}),
        (hum(12), None, {}),
    ],
)
def test_what_is_wrong_with_a_recording_stands_at_it(company, sqlite_store, language, sound, code, values):
    at = opened(company.rep, language, customer=company.customer, type="needs_diagnosis")
    kept = keep_recording(sqlite_store, company.rep, sound, "audio/wav")
    save_record_fields(sqlite_store, company.rep, 1, {"recording": kept, "recording-name": "talk.wav"})
    at.run()
    assert not at.exception
    said = texts(at)
    for each in ("recording_short", "recording_silent", "recording_corrupt"):
        sentence = translate(language, f"problems.{each}", **(values or {"least": 10, "seconds": 3}))
        assert (sentence in said) == (each == code)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_of_another_opportunity_says_of_which(company, sqlite_store, language):
    record_action(
        sqlite_store, company.rep, company.opportunity, done(sqlite_store, "appointment", hours_ago=1)
    )
    second = open_opportunity(sqlite_store, company.rep, company.customer, "Second line")
    with sqlite_store.reading() as session:
        first = session.get_one(Opportunity, company.opportunity).name
    for_both = [opened(company.rep, language, opportunity=o) for o in (company.opportunity, second)]
    of_first, of_second = ([c.value for c in page.caption] for page in for_both)
    step = translate(language, "terms.stage.solution_demo")
    assert [f"· {first}" in line for line in of_first if line.startswith(step)] == [False]
    assert [f"· {first}" in line for line in of_second if line.startswith(step)] == [True]
    stage = translate(language, "terms.stage.appointment")
    last = [line for of in (of_first, of_second) for line in of if line.startswith(f"{stage} · ")]
    assert [f"· {first}" in line for line in last] == [False, True]
    stands = translate(language, "record.stands", stage=stage, since="")
    said = [any(stands[:6] in m.value for m in page.markdown) for page in for_both]
    assert said == [True, False]
    assert all(translate(language, "record.last") in " ".join(m.value for m in p.markdown) for p in for_both)
    earlier = [o for page in for_both for s in page.selectbox if "_follows" in s.key for o in s.options]
    assert [f"· {first}" in label for label in earlier] == [False, True]
    assert [any(line.startswith(first) for line in of) for of in (of_first, of_second)] == [False, True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_next_step_says_what_else_is_planned_about_then(company, sqlite_store, language):
    other = open_opportunity(sqlite_store, company.rep, company.customer, "Second line")
    first = done(sqlite_store, "appointment", hours_ago=30)
    record_action(sqlite_store, company.rep, other, first)
    at, step = first.next_step.planned_for, first.next_step.type
    wall = at.astimezone(ZoneInfo(company.rep.timezone))
    link = Link(company.customer, company.opportunity)
    id_ = open_record(sqlite_store, company.rep, link)
    type_, when = translate(language, f"terms.stage.{step}"), instant(at, language, company.rep.timezone)
    said = translate(language, "record.also_planned", type=type_, customer="Haihe Pumps", at=when)
    near, far = wall + timedelta(minutes=45), wall + timedelta(hours=1)
    for then, told in ((near, True), (far, False)):
        values = {"next_step-day": then.date().isoformat(), "next_step-time": f"{then:%H:%M}"}
        save_record_fields(sqlite_store, company.rep, id_, values)
        assert (said in texts(opened(company.rep, language, draft=id_))) == told
    same = {"opportunity": other, "next_step-time": f"{wall:%H:%M}", "next_step-day": wall.date().isoformat()}
    save_record_fields(sqlite_store, company.rep, id_, same)
    assert said not in texts(opened(company.rep, language, draft=id_))  # it makes way for the new one


def test_what_is_said_beside_no_field_comes_into_view(company, sqlite_store, monkeypatch):
    shown, drawn, container = [], [], st.container
    monkeypatch.setattr("components.drafts.into_view", lambda part, once, *, key: shown.append(part))
    monkeypatch.setattr(
        st, "container", lambda *a, **how: (drawn.append(how.get("key")), container(*a, **how))[1]
    )
    record_action(
        sqlite_store, company.rep, company.opportunity, done(sqlite_store, "appointment", hours_ago=9)
    )
    with sqlite_store.reading() as session:
        step = session.get_one(OpportunityState, company.opportunity).next_step_id
    number = open_record(sqlite_store, company.rep, Link(company.customer))
    save_record_fields(sqlite_store, company.rep, number, GOOD | {"completes": step})
    cancel_action(sqlite_store, company.rep, step, "they moved it")
    submit_record(sqlite_store, company.rep, number)
    assert translate("en", "problems.step_gone") in texts(opened(company.rep, draft=number))
    assert shown[-1] in drawn
