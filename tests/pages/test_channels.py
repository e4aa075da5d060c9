"""The channels page and what a person wishes on the account page."""

from __future__ import annotations

from datetime import time

import pytest
import streamlit as st
from sqlalchemy import select

from core.delivery import Wishes
from data.channels import Permanent
from data.commands.channels import add_robot
from data.queries.channels import wishes_of
from data.schema import TeamChannel
from data.settings import Settings
from data.text import translate
from tests.chat_server import SECRET, ChatServer
from tests.company import found
from tests.pages.reading import check_words, words

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


@pytest.fixture
def company(sqlite_store):
    return found(sqlite_store)


@pytest.fixture
def chat(monkeypatch):
    own = Settings(robot_hosts="127.0.0.1")
    monkeypatch.setattr("data.channels.settings", lambda: own)
    with ChatServer().listening() as server:
        yield server


def button(page, key, language="en"):
    return next((b for b in page.button if b.label == translate(language, key)), None)


@LANGUAGES
def test_a_manager_adds_a_group_tries_it_and_switches_it_off(
    open_page, sqlite_store, company, chat, language
):
    page = open_page("channels", company.manager, language)
    check_words(page)
    assert translate(language, "channels.none") in words(page)
    assert page.selectbox[0].options == ["East"]
    page.selectbox[1].set_value("dingtalk")
    page.text_input[0].set_value(chat.url("dingtalk"))
    page.text_input[1].set_value(SECRET)
    button(page, "channels.add_do", language).click().run()
    check_words(page)
    assert "127.0.0.1" in words(page)
    assert chat.url("dingtalk") not in words(page)
    button(page, "channels.test", language).click().run()
    check_words(page)
    assert [s.value for s in page.success] == [translate(language, "channels.test_ok")]
    assert len(chat.texts) == 1
    chat.secret = "another"
    button(page, "channels.test", language).click().run()
    assert "310000 sign not match" in words(page)
    button(page, "channels.switch_off", language).click().run()
    assert translate(language, "channels.off") in words(page)
    button(page, "channels.remove", language).click().run()
    assert translate(language, "channels.none") in words(page)


def test_a_press_that_was_broken_off_adds_no_second_group(
    open_page, sqlite_store, company, chat, monkeypatch
):
    page = open_page("channels", company.manager)
    page.text_input[0].set_value(chat.url("wecom"))
    with monkeypatch.context() as broken:
        broken.setattr("components.channels.next_turn", lambda name: st.rerun())
        button(page, "channels.add_do").click().run()
    button(page, "channels.add_do").click().run()
    check_words(page)
    with sqlite_store.reading() as session:
        assert len(session.scalars(select(TeamChannel)).all()) == 1


def test_a_wrong_address_is_told_at_its_field(open_page, sqlite_store, company):
    page = open_page("channels", company.manager)
    page.text_input[0].set_value("https://evil.example/")
    button(page, "channels.add_do").click().run()
    assert translate("en", "problems.no_robot_address") in words(page)
    with sqlite_store.reading() as session:
        assert session.scalars(select(TeamChannel)).all() == []


def test_an_administrator_sees_all_teams_groups(open_page, sqlite_store, company, chat):
    for team in (company.rep.team_id, company.stranger.team_id):
        add_robot(sqlite_store, company.admin, team, "wecom", chat.url("wecom"), "", "zh")
    said = words(open_page("channels", company.admin))
    assert "East" in said
    assert "West" in said
    assert "West" not in words(open_page("channels", company.manager))


@LANGUAGES
def test_without_a_channel_the_account_says_so(open_page, company, language):
    page = open_page("account", company.rep, language)
    check_words(page)
    assert translate(language, "account.messages_none") in words(page)


@LANGUAGES
def test_a_person_says_what_they_want_and_when(open_page, sqlite_store, company, monkeypatch, language):
    monkeypatch.setattr("data.queries.channels.configured", lambda settings: {"mail": None, "webhook": None})
    page = open_page("account", company.rep, language)
    check_words(page)
    assert translate(language, "account.no_mail") in words(page)
    page.toggle[0].set_value(True).run()
    page.toggle[1].set_value(True).run()
    page.button_group[0].set_value(["mail"])
    page.time_input[0].set_value(time(22))
    button(page, "account.save", language)
    page.button(key="wishes-save").click().run()
    check_words(page)
    with sqlite_store.reading() as session:
        kept = wishes_of(session, company.rep)
    assert kept == Wishes(frozenset({"webhook"}), time(22), time(7), time(8, 30))
    again = open_page("account", company.rep, language)
    assert [t.value for t in again.time_input] == [time(22), time(7), time(8, 30)]


def test_quiet_hours_of_no_length_are_told_at_their_field(open_page, company, monkeypatch):
    monkeypatch.setattr("data.queries.channels.configured", lambda settings: {"webhook": None})
    page = open_page("account", company.rep)
    page.toggle[0].set_value(True).run()
    page.time_input[0].set_value(time(7))
    page.button(key="wishes-save").click().run()
    assert translate("en", "problems.quiet_all_day") in words(page)


@LANGUAGES
def test_a_person_tries_their_own_channels(open_page, company, monkeypatch, language):
    class Says:
        def __init__(self, error: str = "") -> None:
            self.error, self.got = error, []

        def send(self, letter) -> None:
            self.got.append(letter)
            if self.error:
                raise Permanent(self.error)

    channels = {"mail": Says("no mail address"), "webhook": Says()}
    for place in ("data.queries.channels", "data.commands.channels"):
        monkeypatch.setattr(f"{place}.configured", lambda settings: channels)
    page = open_page("account", company.rep, language)
    page.button(key="wishes-test").click().run()
    check_words(page)
    assert "no mail address" in words(page)
    assert len(page.success) == 1
    assert [letter.title for letter in channels["webhook"].got] == [
        translate(language, "notices.own_test.title")
    ]
