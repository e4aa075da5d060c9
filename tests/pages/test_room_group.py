"""A room's group on its page, and the chat tool's application on the page Channels, in both languages."""

from __future__ import annotations

import pytest

from data.schema import GroupStep, RoomGroup
from data.settings import Settings
from data.text import translate
from tests.company import found
from tests.pages.reading import check_words, words
from tests.rooms import room_of

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
FEISHU = Settings(
    room_groups="feishu", feishu_app_id="app", feishu_secret="s", feishu_api="http://127.0.0.1:1"
)


@pytest.fixture
def feishu(monkeypatch):
    for module in ("data.queries.room_groups", "data.commands.room_groups"):
        monkeypatch.setattr(f"{module}.settings", lambda: FEISHU)


def grouped(store, room, **values):
    with store.writing() as session:
        group = RoomGroup(room_id=room, kind="feishu", name="Together · Haihe", key="k", users={}, **values)
        session.add(group)
        session.flush()
        return group.id


@LANGUAGES
def test_without_credentials_a_room_says_who_can_have_groups_made(open_page, sqlite_store, language):
    company = found(sqlite_store)
    page = open_page("room", company.manager, language, room=room_of(sqlite_store, company))
    check_words(page)
    assert translate(language, "groups.none") in words(page)
    assert "FIREBREAK_" not in words(page)


@LANGUAGES
def test_a_room_leads_into_its_group_and_names_who_is_not_in_it(open_page, sqlite_store, feishu, language):
    company = found(sqlite_store)
    room = room_of(sqlite_store, company)
    grouped(sqlite_store, room, chat_id="oc_1", link="https://applink.feishu.test/oc_1")
    page = open_page("room", company.manager, language, room=room)
    check_words(page)
    tool = translate(language, "channels.kinds.feishu")
    (link,) = [e for e in page.get("link_button") if e.proto.url.endswith("oc_1")]
    assert link.proto.label == translate(language, "groups.open", tool=tool)
    names = translate(language, "shell.comma").join(("Rep", "Manager", "Product", "Delivery"))
    assert names in words(page)


@LANGUAGES
def test_a_group_that_was_not_made_says_what_it_met(open_page, sqlite_store, feishu, clock, language):
    company = found(sqlite_store)
    room = room_of(sqlite_store, company)
    step = GroupStep(
        group_id=grouped(sqlite_store, room),
        what="make",
        key="make",
        due_at=clock.at,
        state="dead",
        error="232030 _no_",
    )
    with sqlite_store.writing() as session:
        session.add(step)
    page = open_page("room", company.rep, language, room=room)
    check_words(page)
    assert "232030 _no_" in words(page)


@LANGUAGES
def test_the_channels_page_tells_administrators_whom_the_chat_tool_knows(
    open_page, sqlite_store, feishu, language
):
    company = found(sqlite_store)
    page = open_page("channels", company.admin, language)
    check_words(page)
    assert translate(language, "groups.app.known", known=0, people=7) in words(page)
    (check,) = [b for b in page.button if b.label == translate(language, "groups.app.check")]
    check.click().run()
    check_words(page)
    bad = translate(language, "groups.app.bad", tool=translate(language, "channels.kinds.feishu"), error="")
    assert bad.strip() in words(page)
    manager = open_page("channels", company.manager, language)
    assert translate(language, "groups.app.title") not in words(manager)
