"""Webhooks on the integrations page, in both languages."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.webhooks import WebhookInput
from data.commands.webhooks import add_webhook
from data.jobs.tell_webhooks import tell_webhooks
from data.notices import sentence
from data.queries.webhooks import webhooks
from data.schema import Webhook
from data.settings import Settings
from data.text import translate
from data.webhook_words import met_words
from tests.company import found
from tests.conftest import NOON
from tests.data.test_webhooks import visit
from tests.hook_server import HookServer
from tests.pages.reading import check_words, words

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


@pytest.fixture
def company(sqlite_store):
    return found(sqlite_store)


@pytest.fixture
def receiver(monkeypatch):
    own = Settings(webhook_loopback=True)
    for place in ("data.hooks", "data.commands.webhooks"):
        monkeypatch.setattr(f"{place}.settings", lambda: own)
    with HookServer("", NOON.timestamp()).listening() as server:
        yield server


def press(page, key, language):
    next(b for b in page.button if b.label == translate(language, key)).click().run()
    check_words(page)


@LANGUAGES
def test_an_administrator_registers_tries_and_removes_a_webhook(
    open_page, sqlite_store, company, receiver, language
):
    page = open_page("integrations", company.admin, language)
    check_words(page)
    assert translate(language, "webhooks.none") in words(page)
    page.text_input[0].set_value("CRM")
    page.text_input[1].set_value("https://10.0.0.1/")
    press(page, "webhooks.add_do", language)
    assert translate(language, "problems.hook_address") in words(page)
    assert translate(language, "problems.required") in words(page)
    page.text_input[1].set_value(receiver.url)
    page.button_group[0].set_value(["action.recorded", "alert.raised"])
    press(page, "webhooks.add_do", language)
    (receiver.secret,) = [c.value for c in page.code]
    with sqlite_store.reading() as session:
        row = session.scalars(select(Webhook)).one()
        assert (row.name, row.secret, row.kinds) == (
            "CRM", receiver.secret, ["action.recorded", "alert.raised"],
        )  # fmt: skip
    press(page, "webhooks.have_it", language)
    assert not page.code
    press(page, "webhooks.test", language)
    assert [s.value for s in page.success] == [translate(language, "webhooks.test_ok")]
    assert [event["kind"] for event in receiver.taken.values()] == ["test"]
    told = translate(language, "webhooks.kinds.test"), translate(language, "webhooks.states.sent")
    assert all(said in words(page) for said in told)
    assert translate(language, "webhooks.no_log") not in words(page)
    press(page, "webhooks.switch_off", language)
    press(page, "webhooks.remove", language)
    with sqlite_store.reading() as session:
        assert webhooks(session, company.admin) == ()


# what a call met, and what it means
MET = [
    ("HTTP 400", "refused"),
    ("HTTP 403", "forbidden"),
    ("HTTP 502", "trouble"),
    ("HTTP 301: redirects are not followed", "redirect"),
    ("[Errno -2] Name or service not known", "nowhere"),
    ("nobody.example leads nowhere", "nowhere"),
    ("[Errno 111] Connection refused", "closed"),
    ("timed out", "late"),
    ("ConnectTimeout", "late"),
    ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "unsafe"),
    ("the address leads into a private network", "inside"),
    ("Server disconnected without sending a response.", "broken"),
    ("KeyError", "unknown"),
]


@LANGUAGES
@pytest.mark.parametrize(("error", "code"), MET)
def test_what_a_call_met_is_said_in_words(error, code, language):
    status = "".join(c for c in error.partition(":")[0] if c.isdigit()) if error.startswith("HTTP") else ""
    assert met_words(language, error) == translate(language, f"webhooks.met.{code}", status=status)


def test_the_letter_to_administrators_says_it_in_their_language():
    told = {"webhook": "CRM", "error": "[Errno 111] Connection refused"}
    assert translate("zh", "webhooks.met.closed") in sentence("zh", "webhook_failed", told)[1]


@LANGUAGES
def test_the_log_says_what_was_given_up_and_sends_it_again(
    open_page, sqlite_store, company, receiver, language
):
    receiver.secret = "s"
    add_webhook(sqlite_store, company.admin, WebhookInput("CRM", receiver.url, ("action.recorded",)), "s")
    visit(sqlite_store, company)
    receiver.busy = [400]
    tell_webhooks(sqlite_store)
    page = open_page("integrations", company.admin, language)
    check_words(page)
    assert translate(language, "webhooks.states.dead") in words(page)
    assert "HTTP 400" in words(page)
    press(page, "webhooks.again", language)
    assert translate(language, "webhooks.states.waiting") in words(page)
    tell_webhooks(sqlite_store)
    assert len(receiver.taken) == 1
    assert translate(language, "webhooks.states.sent") in words(
        open_page("integrations", company.admin, language)
    )
