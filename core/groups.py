"""A room's group in the company's chat tool: what it still lacks (PRODUCT.md A4, F3)."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.messages import Problem

LEAST = 2  # people; none of the chat tools makes a group of fewer with a name
LONGEST_NAME = 30  # characters; DingTalk takes no more
_USER = re.compile(r"\S{1,64}")


class What(StrEnum):
    """What is asked of the chat tool."""

    MAKE = "make"
    FIND_LINK = "find_link"
    SAY_OPENED = "say_opened"
    ADD = "add"
    TAKE_OUT = "take_out"
    SAY_CLOSED = "say_closed"


Known = Mapping[int, str]  # person's id to their id in the chat tool


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to ask of the chat tool; the same key is asked for once.

    Attributes:
        person_id, user: who is added or taken out, and under which id.
    """

    what: What
    key: str
    person_id: int = 0
    user: str = ""


def steps(present: Known, made: Known | None, asked: Sequence[Step], *, closed: bool) -> tuple[Step, ...]:
    """What a room's group is still to be asked for, in order.

    Without a group: that one is made, where at least two members are known to the chat tool and the room is
    open. With one: its address, and a word in it on why it is there; whoever left the room, or is known by
    another id now, out of it; whoever came later, or became known later, into it; at the end what came of it.

    Args:
        present: those in the room whom the chat tool knows.
        made: whom the group was made with; None without one.
        asked: what was asked for already, in order.
    """
    if made is None:
        wanted = [Step(What.MAKE, "make")] if len(present) >= LEAST and not closed else []
    else:
        wanted = [Step(What.FIND_LINK, "find_link"), Step(What.SAY_OPENED, "say_opened")]
        wanted += [Step(What.SAY_CLOSED, "say_closed")] if closed else _moves(present, made, asked)
    known = {step.key for step in asked}
    return tuple(step for step in wanted if step.key not in known)


def _moves(present: Known, made: Known, asked: Sequence[Step]) -> list[Step]:
    there = set(made.items())
    for step in asked:
        change = there.add if step.what is What.ADD else there.discard
        change((step.person_id, step.user))
    turns = Counter((step.what, step.person_id, step.user) for step in asked)
    gone = [(What.TAKE_OUT, who) for who in sorted(there - set(present.items()))]
    new = [(What.ADD, who) for who in sorted(set(present.items()) - there)]
    return [
        Step(what, f"{what}:{person}:{user}:{turns[what, person, user]}", person, user)
        for what, (person, user) in (*gone, *new)
    ]


def group_name(customer: str, word: str) -> str:
    """A group's name: a word and the customer, cut to what every chat tool takes.

    >>> group_name("Haihe Precision Manufacturing Holding", "Together")
    'Together · Haihe Precision Ma…'
    """
    whole = " ".join(f"{word} · {customer}".split())
    return whole if len(whole) <= LONGEST_NAME else f"{whole[: LONGEST_NAME - 1].rstrip()}…"


def check_user(field: str, value: str | None) -> tuple[Problem, ...]:
    """What is wrong with somebody's id in a chat tool: up to 64 characters, no blanks; none is fine."""
    good = not value or _USER.fullmatch(value)
    return () if good else (Problem(field, "bad_user_id"),)
