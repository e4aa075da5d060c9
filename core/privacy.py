"""Rubbing a person out of what was written, without changing what is counted.

A name is replaced wherever it stands by one mark of its own, so that two people stay two and one stays one;
nothing that a number is made of (instants, states, kinds, amounts, ids) is touched.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

GONE = "[erased 已删除]"  # stored, so it says it in both languages

# Where people write freely. Every other text of the store is a key, a kind, a state or an address of ours.
_FREE = {
    "acceptance_answer": ("text",),
    "acceptance_link": ("sent_to",),
    "acceptance_mail": ("address",),
    "action": ("cancel_reason", "note", "summary", "transcript"),
    "alert": ("note",),
    "api_token": ("name",),
    "attribution_finding": ("note",),
    "business_event": ("name", "note"),
    "coaching_note": ("note",),
    "coaching_task": ("outcome",),
    "commitment": ("drop_reason", "what"),
    "contact": ("email", "name", "phone", "title"),
    "customer": ("name", "note"),
    "customer_delivery": ("note", "title", "video_url"),
    "demand": ("metric", "path", "reply", "resources", "taken_back_for", "words"),
    "demand_attachment": ("file_name",),
    "demand_pause": ("answer", "reason"),
    "earlier_answer": ("path", "reason", "reply", "resources"),
    "escalation": ("reason",),
    "factor_request": ("answer", "name", "why"),
    "feature": ("name", "reference"),
    "forecast_decision": ("note",),
    "import_batch": ("filename",),
    "interaction": ("subject",),
    "launch": ("reason",),
    "milestone_appeal": ("answer", "words"),
    "milestone_signature": ("note",),
    "opportunity": ("name",),
    "person": ("email", "name"),
    "planned_date": ("reason",),
    "policy_version": ("note",),
    "promise": ("taken_back_for", "words"),
    "promised_date": ("reason",),
    "proof_check": ("note",),
    "report_version": ("change",),
    "room": ("note",),
    "room_message": ("file_name", "text"),
    "room_task": ("text",),
    "root_cause": ("cause", "outcome"),
    "saved_view": ("name",),
    "sign_review": ("note",),
    "signal": ("note", "source"),
    "store_request": ("reply", "taken_back_for", "words"),
    "talk": ("note",),
    "talk_step": ("drop_reason", "what"),
    "transcript": ("text",),
    "weight_use": ("note",),
    "weight_version": ("note",),
}
FREE = frozenset(f"{table}.{column}" for table, columns in _FREE.items() for column in columns)
# Never handed to anybody, their own person included.
SECRET = frozenset(("password_hash", "token_hash", "ticket_hash", "token", "secret", "print", "sealed"))


class Kind(StrEnum):
    """Whose data it is: somebody who works here, or somebody at a customer's."""

    PERSON = "person"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Subject:
    """A person whose data is asked for.

    Attributes:
        names: every name that they have had here; mails and phone numbers are in `addresses`.
        alone: whether nobody else here has one of these names, so that it means them wherever it stands.
    """

    kind: Kind
    id: int
    name: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    alone: bool

    @property
    def mark(self) -> str:
        """What stands in the place of the name afterwards; another for each person."""
        return mark_of(self.kind, self.id)


def mark_of(kind: Kind, number: int) -> str:
    """The mark in place of a name.

    >>> mark_of(Kind.CONTACT, 12)
    '[erased 已删除] C12'
    """
    return f"{GONE} {'C' if kind == Kind.CONTACT else 'P'}{number}"


def rubbed(value: Any, words: Collection[str], mark: str) -> Any:
    """A text, or any JSON value, with every one of the words replaced by the mark; keys stay.

    >>> rubbed({"who": "Li Na", "n": 2, "all": ["with Li Na.", "Li Nana"]}, ["Li Na"], "X")
    {'who': 'X', 'n': 2, 'all': ['with X.', 'Li Nana']}
    >>> rubbed("王磊和李娜", ["王磊"], "X")
    'X和李娜'
    """
    match value:
        case str():
            for word in sorted(words, key=len, reverse=True):
                value = _pattern(word).sub(lambda _: mark, value)
            return value
        case dict():
            return {k: rubbed(v, words, mark) for k, v in value.items()}
        case list():
            return [rubbed(v, words, mark) for v in value]
        case _:
            return value


def _pattern(word: str) -> re.Pattern[str]:
    """The word by itself; Chinese text has no spaces, so there it is found within others."""
    if not word.isascii():
        return re.compile(re.escape(word))
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
