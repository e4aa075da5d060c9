"""Following up together as each role sees it, in both languages: the offer, the list, the room."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from components.format import instant
from core.process.intervention import Result
from core.terms import HIGH_VALUE_TAGS
from data.commands.actions import record_action
from data.commands.room_files import say_with_file
from data.commands.room_work import finish_task, say
from data.commands.rooms import close_room, remove_member
from data.queries.room_talk import room_talk
from data.schema import Person, Room, RoomMember, RoomMessage, RoomTask
from data.text import translate
from tests.company import found
from tests.data.test_record_action import done
from tests.rooms import count, room_of, seen, tagged, task_for, told

LANGUAGES = ["en", "zh"]
KEYS = re.compile(r"\b(?:rooms?|terms|today|customer|problems|errors)\.[a-z_]{3,}")


@pytest.fixture
def company(sqlite_store):
    return found(sqlite_store)


def text(page) -> str:
    kinds = (page.markdown, page.caption, page.error, page.success, page.header, page.title, page.subheader)
    shown = [e.value for kind in kinds for e in kind]
    shown += [e.label for kind in (page.button, page.expander) for e in kind]
    return "\n".join(str(s).replace("\\", "") for s in shown)


def labels(page) -> set[str]:
    return {b.label for b in page.button}


def press(page, label: str):
    return next(b for b in page.button if b.label == label).click().run()


def field(page, kind: str, label: str):
    return next(w for w in page.get(kind) if w.label == label)


def sound(page, language: str) -> None:
    """No crash, no catalogue key, and the reader's language alone."""
    assert not page.exception, page.exception
    assert KEYS.findall(text(page)) == []
    assert bool(re.search(r"[\u4e00-\u9fff]", text(page))) == (language == "zh")


# fmt: off
OFFERS = [
    # tags   who         what the customer's page says
    (0,      "rep",      "no_tags"),
    (1,      "rep",      "not_yet"),
    (2,      "manager",  "not_yet"),
    (3,      "rep",      "together"),
    (3,      "manager",  "together"),
    (4,      "director", "together"),
    (3,      "admin",    None),       # sees the customer, follows up none
]
# fmt: on


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("tags", "name", "says"), OFFERS)
def test_the_customers_page_says_why_it_is_offered_or_not(
    open_page, sqlite_store, company, tags, name, says, language
):
    tagged(sqlite_store, company, tags)
    page = open_page("customer", getattr(company, name), language, customer=company.customer)
    sound(page, language)
    button = translate(language, "rooms.together")
    assert (button in labels(page)) == (says == "together")
    if says == "together":
        assert translate(language, "rooms.offer", n=tags) in text(page)
        assert "Product" in text(page)
        assert "Delivery" in text(page)
    elif says:
        keys = HIGH_VALUE_TAGS[:tags]
        names = [translate(language, f"terms.tag.{key}") for key in keys]
        listed = translate(language, "shell.comma").join(names)
        assert translate(language, f"rooms.{says}", n=tags, least=3, tags=listed) in text(page)
    else:
        assert not re.search(r"together|一起跟进", text(page))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_to_call_in_is_said(open_page, sqlite_store, company, language):
    tagged(sqlite_store, company)
    with sqlite_store.writing() as session:
        session.get_one(Person, company.delivery.person_id).active = False
    page = open_page("customer", company.manager, language, customer=company.customer)
    role = translate(language, "terms.role.delivery")
    assert translate(language, "rooms.nobody_of", roles=role) in text(page)


def test_one_click_opens_the_room_and_a_second_one_leads_into_it(open_page, sqlite_store, company):
    tagged(sqlite_store, company)
    first = open_page("customer", company.manager, customer=company.customer)
    second = open_page("customer", company.rep, customer=company.customer)
    press(first, translate("en", "rooms.together"))
    press(second, translate("en", "rooms.together"))  # drawn before the first was pressed
    assert (count(sqlite_store, Room), count(sqlite_store, RoomMember)) == (1, 4)
    again = open_page("customer", company.rep, customer=company.customer)
    assert translate("en", "rooms.is_open") in text(again)
    assert translate("en", "rooms.enter") in labels(again)
    assert translate("en", "rooms.together") not in labels(again)


MEMBERS = ("rep", "manager", "product", "delivery")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*MEMBERS, "director"])
def test_the_list_by_role(open_page, sqlite_store, company, name, language):
    room = room_of(sqlite_store, company)
    who = getattr(company, name)
    sender = company.manager if name != "manager" else company.rep
    say(sqlite_store, sender, room, "Shall we call them?")
    task_for(sqlite_store, company, room, company.product)
    page = open_page("rooms", who, language)
    sound(page, language)
    other = open_page("rooms", who, language, show="others")
    sound(other, language)
    listed = [f"rooms-{room}" in {b.key for b in one.button} for one in (page, other)]
    assert listed == [name in MEMBERS, name == "director"]
    if name in MEMBERS:
        assert translate(language, "rooms.unseen", n=1) in text(page)
        assert translate(language, "rooms.open_tasks", n=1) in text(page)
    else:
        assert translate(language, "rooms.none.mine") in text(page)
    assert ("Ask for the ERP's interfaces" in text(page)) == (name == "product")  # who has it to do
    close_room(sqlite_store, company.manager, room, "moved_on", "A quote is out", drop_tasks=True)
    closed = open_page("rooms", who, language, show="closed")
    sound(closed, language)
    assert translate(language, "terms.room_result.moved_on") in text(closed)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "offered"), [("rep", True), ("director", True), ("product", False)])
def test_the_list_names_customers_who_could_be_followed_up(
    open_page, sqlite_store, company, name, offered, language
):
    tagged(sqlite_store, company)
    page = open_page("rooms", getattr(company, name), language)
    sound(page, language)
    assert (translate(language, "rooms.could_begin", n=1) in text(page)) == offered
    assert ("Haihe Pumps" in text(page)) == offered


# fmt: off
ROOM = [
    # who         writes  leads  to the customer  joins
    ("rep",       True,   True,  True,            False),
    ("manager",   True,   True,  True,            False),
    ("director",  False,  True,  True,            True),
    ("product",   True,   False, False,           False),
    ("delivery",  True,   False, False,           False),
]
# fmt: on


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "writes", "leads", "customer", "joins"), ROOM)
def test_an_open_room_by_role(
    open_page, sqlite_store, company, name, writes, leads, customer, joins, language
):
    action = done(sqlite_store, "appointment", hours_ago=2, summary="They asked for an offer by May.")
    record_action(sqlite_store, company.rep, company.opportunity, action)
    room = room_of(sqlite_store, company)
    say(sqlite_store, company.manager, room, "Shall we call them?")
    task_for(sqlite_store, company, room, company.product)
    page = open_page("room", getattr(company, name), language, room=room)
    sound(page, language)
    shown = text(page)
    for part in ("Haihe Pumps", "Shall we call them?", "Ask for the ERP's interfaces", "an offer by May"):
        assert part in shown
    offered = {
        "room.send": writes, "room.confirm_done": writes, "room.add_task": writes,
        "room.to_customer": customer, "room.join": joins, "room.call_in": leads, "room.close": leads,
    }  # fmt: skip
    assert {key: translate(language, key) in labels(page) for key in offered} == offered
    assert (translate(language, "room.not_there") in shown) == joins
    assert (translate(language, "room.take_out") in labels(page)) == leads
    assert (translate(language, "room.leave") in labels(page)) == writes


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["rep", "manager", "director", "product", "delivery"])
def test_a_closed_room_by_role(open_page, sqlite_store, company, name, language):
    action = done(sqlite_store, "appointment", hours_ago=2, summary="They asked for an offer by May.")
    record_action(sqlite_store, company.rep, company.opportunity, action)
    room = room_of(sqlite_store, company)
    say(sqlite_store, company.manager, room, "Shall we call them?")
    close_room(sqlite_store, company.manager, room, "obstacle_gone", "They run it themselves")
    page = open_page("room", getattr(company, name), language, room=room)
    sound(page, language)
    shown = text(page)
    assert translate(language, "terms.room_result.obstacle_gone") in shown
    assert "They run it themselves" in shown
    assert "Shall we call them?" in shown
    assert translate(language, "room.over") in shown
    ours = name in ("rep", "manager", "director")
    assert ("They asked for an offer" in shown) == ours
    assert (translate(language, "room.history_gone") in shown) == (not ours)
    gone = ("send", "add_task", "confirm_done", "drop", "leave", "take_out", "call_in", "close", "join")
    assert labels(page) & {translate(language, f"room.{key}") for key in gone} == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["mate", "stranger", "product"])
def test_who_is_not_in_it_is_told_that_it_is_not_there(open_page, sqlite_store, company, name, language):
    room = room_of(sqlite_store, company)
    who = getattr(company, name)
    if name == "product":
        remove_member(sqlite_store, company.manager, room, who.person_id)
    page = open_page("room", who, language, room=room)
    sound(page, language)
    assert [e.value for e in page.error] == [translate(language, "errors.not_found")]
    assert "Haihe" not in text(page)


def test_looking_reads_the_notices(open_page, sqlite_store, company):
    room = room_of(sqlite_store, company)
    say(sqlite_store, company.manager, room, "@Product please look")
    assert told(sqlite_store, company.product) == ["room_opened", "room_mention"]
    open_page("room", company.product, room=room)
    assert told(sqlite_store, company.product) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_saying_something(open_page, sqlite_store, company, language):
    room = room_of(sqlite_store, company)
    page = open_page("room", company.product, language, room=room)
    press(page, translate(language, "room.send"))
    assert translate(language, "problems.required") in text(page)
    field(page, "text_area", translate(language, "room.message")).set_value(
        "The list is *ready*\n<b>now</b>"
    ).run()
    page = open_page("room", company.product, language, room=room)  # after a look at something else
    press(page, translate(language, "room.send"))
    sound(page, language)
    assert field(page, "text_area", translate(language, "room.message")).value in (None, "")
    assert "The list is *ready*" in text(page)
    assert not any("<b>" in m.value and m.allow_html for m in page.markdown)
    with sqlite_store.reading() as session:
        (said,) = room_talk(session, company.rep, room).messages
    assert (said.author, said.text) == ("Product", "The list is *ready*\n<b>now</b>")


def test_a_hostile_file_name_is_shown_as_a_name(open_page, sqlite_store, company):
    class File:
        name = "**[x](javascript:alert(1)) :red[y].pdf"

        def getvalue(self) -> bytes:
            return b"%PDF"

    room = room_of(sqlite_store, company)
    say_with_file(sqlite_store, company.manager, "k", room, "", File())
    page = open_page("room", company.rep, room=room)
    assert not page.exception
    (button,) = page.get("download_button")
    assert button.proto.label == r"\*\*\[x\]\(javascript\:alert\(1\)\) \:red\[y\]\.pdf"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_task_from_its_form_to_done(open_page, sqlite_store, company, language):
    room = room_of(sqlite_store, company)
    page = open_page("room", company.manager, language, room=room)
    press(page, translate(language, "room.add_task"))
    assert translate(language, "problems.required") in text(page)
    field(page, "text_input", translate(language, "room.task_text")).set_value("Ask for the interfaces")
    field(page, "selectbox", translate(language, "room.task_owner")).set_value(company.product.person_id)
    press(page, translate(language, "room.add_task"))
    sound(page, language)
    (task,) = seen(sqlite_store, company.rep, room).tasks
    tomorrow = (sqlite_store.clock() + timedelta(days=1)).date()
    assert (task.text, task.owner, task.due_at.date()) == ("Ask for the interfaces", "Product", tomorrow)
    mine = open_page("room", company.product, language, room=room)
    press(mine, translate(language, "room.confirm_done"))
    sound(mine, language)
    assert seen(sqlite_store, company.rep, room).tasks[0].done_by == "Product"
    assert count(sqlite_store, RoomTask) == 1


def test_a_task_that_somebody_else_settled_meanwhile_stays_as_they_settled_it(
    open_page, sqlite_store, company
):
    room = room_of(sqlite_store, company)
    task = task_for(sqlite_store, company, room, company.product)
    page = open_page("room", company.product, room=room)
    finish_task(sqlite_store, company.rep, task)
    press(page, translate("en", "room.drop"))
    assert not page.exception
    (card,) = seen(sqlite_store, company.rep, room).tasks
    assert (card.done_by, card.dropped_at) == ("Rep", None)
    assert "done by Rep" in text(page)
    press(page, translate("en", "room.reopen"))
    assert not page.exception
    (card,) = seen(sqlite_store, company.rep, room).tasks
    assert not card.settled


@pytest.mark.parametrize("language", LANGUAGES)
def test_closing_asks_at_each_field_and_then_closes(open_page, sqlite_store, company, language):
    room = room_of(sqlite_store, company)
    task_for(sqlite_store, company, room, company.product)
    page = open_page("room", company.manager, language, room=room)
    press(page, translate(language, "room.close"))
    sound(page, language)
    assert text(page).count(translate(language, "problems.required")) == 2
    open_tasks = translate(language, "problems.tasks_open", n=1, first="Ask for the ERP's interfaces")
    assert open_tasks in text(page)
    field(page, "button_group", translate(language, "room.result")).set_value(str(Result.WON)).run()
    field(page, "text_area", translate(language, "room.close_note")).set_value("They signed").run()
    field(page, "checkbox", translate(language, "room.drop_open", n=1)).check().run()
    page = open_page("room", company.manager, language, room=room)  # after a look at something else
    assert field(page, "text_area", translate(language, "room.close_note")).value == "They signed"
    assert field(page, "checkbox", translate(language, "room.drop_open", n=1)).value
    press(page, translate(language, "room.close"))
    sound(page, language)
    assert [m.value for m in page.toast] == [translate(language, "room.is_closed")]
    assert translate(language, "terms.room_result.won") in text(page)
    assert not seen(sqlite_store, company.manager, room).open
    customer = open_page("customer", company.rep, language, customer=company.customer, kind="change")
    sound(customer, language)
    for part in ("audit.did.room_close", "terms.room_result.won", "rooms.enter"):
        assert translate(language, part) in text(customer)
    assert "They signed" in text(customer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_closed_meanwhile_says_so_and_keeps_what_was_typed(open_page, sqlite_store, company, language):
    room = room_of(sqlite_store, company)
    page = open_page("room", company.rep, language, room=room)
    close_room(sqlite_store, company.manager, room, "won", "Signed")
    field(page, "text_area", translate(language, "room.message")).set_value("One more thing")
    press(page, translate(language, "room.send"))
    page = open_page("room", company.rep, language, room=room)  # it waits until it is put away
    sound(page, language)
    assert count(sqlite_store, RoomMessage) == 0
    assert translate(language, "terms.room_result.won") in text(page)
    at = instant(sqlite_store.clock(), language, company.rep.timezone)
    told = translate(language, "errors.settled_meanwhile", by="Manager", at=at)
    assert [w.value.replace("\\", "") for w in page.warning] == [told]
    assert [c.value for c in page.code] == ["One more thing"]
    press(page, translate(language, "demands.discard"))
    assert not page.code


@pytest.mark.parametrize("language", LANGUAGES)
def test_calling_in_taking_out_and_joining(open_page, sqlite_store, company, language):
    room = room_of(sqlite_store, company)
    page = open_page("room", company.manager, language, room=room)
    field(page, "selectbox", translate(language, "room.person")).set_value(company.stranger.person_id)
    press(page, translate(language, "room.call_in"))
    sound(page, language)
    assert "Stranger" in [m.name for m in seen(sqlite_store, company.manager, room).members]
    task_for(sqlite_store, company, room, company.stranger)
    next(b for b in page.run().button if b.key == f"out-{room}-{company.stranger.person_id}").click().run()
    assert translate(language, "problems.has_open_tasks", n=1) in text(page)
    above = open_page("room", company.director, language, room=room)
    press(above, translate(language, "room.join"))
    sound(above, language)
    assert translate(language, "room.send") in labels(above)


def test_many_messages_are_not_drawn_at_once(open_page, sqlite_store, company):
    room = room_of(sqlite_store, company)
    for n in range(40):
        say(sqlite_store, company.manager, room, f"Message {n:03d}")
    page = open_page("room", company.rep, room=room)
    drawn = re.findall(r"Message (\d+)", text(page))
    assert (drawn[0], drawn[-1], len(drawn)) == ("010", "039", 30)
    press(page, translate("en", "room.earlier"))
    assert len(re.findall(r"Message \d+", text(page))) == 40
