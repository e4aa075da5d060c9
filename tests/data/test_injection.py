"""Words that try to be more than words: a mail's header; and what an unknown name costs at the sign-in."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest

from components.signin import _NOBODY
from core.customers import CustomerInput
from core.messages import Invalid
from core.storable import storable
from data.channels.base import Letter
from data.channels.mail import Mail
from data.commands.customers import open_customer
from data.commands.people import hash_password
from data.schema import Customer
from tests.company import found
from tests.nasty import TEXTS

HEADERS = {"From", "Subject", "To", "Message-ID", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}


@pytest.mark.parametrize("text", TEXTS)
def test_no_title_or_body_adds_a_header(text):
    kept = storable("title", text)
    letter = Letter("1", "Li", "li@example.com", kept, kept, "https://fire.example/")
    sent = message_from_bytes(
        bytes(Mail("smtp://mail.example", "fire@example.com")._message(letter, "li@example.com")),
        policy=policy.default,
    )
    assert set(sent.keys()) <= HEADERS
    assert sent.get_all("To") == ["li@example.com"]
    assert len(sent.get_all("Subject") or [""]) == 1


def test_a_name_of_which_nothing_is_seen_is_none(store):
    rep = found(store).rep
    with pytest.raises(Invalid) as refused:
        open_customer(store, rep, CustomerInput("\u200b\ufeff \u2060"))
    assert [(p.field, p.code) for p in refused.value.problems] == [("name", "required")]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Hai\u200bhe", "Haihe"),
        ("👩\u200d💻 \u0646\u06cc\u200c", "👩\u200d💻 \u0646\u06cc\u200c"),  # joins stay
    ],
)
def test_what_nobody_sees_is_not_kept_in_a_name(store, typed, kept):
    customer = open_customer(store, found(store).rep, CustomerInput(typed))
    with store.reading() as session:
        assert session.get_one(Customer, customer).name == kept


def test_a_password_is_kept_sign_by_sign():
    assert storable("password", "a\u200bgood password") == "a\u200bgood password"


def test_an_unknown_name_costs_a_check_as_a_known_one_does():
    known = hash_password("a good password")
    assert _NOBODY.split("$")[:3] == known.split("$")[:3]  # the same method and the same number of rounds
