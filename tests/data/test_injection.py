"""Words that try to be more than words: a mail's header; and what an unknown name costs at the sign-in."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest

from components.signin import _NOBODY
from core.storable import storable
from data.channels.base import Letter
from data.channels.mail import Mail
from data.commands.people import hash_password
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


def test_an_unknown_name_costs_a_check_as_a_known_one_does():
    known = hash_password("a good password")
    assert _NOBODY.split("$")[:3] == known.split("$")[:3]  # the same method and the same number of rounds
