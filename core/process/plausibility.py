"""What is worth a look in a person's records: facts beside what often explains them, no verdict (A6).

The hard rules refuse what cannot be (`core.process.timing`); these notice what could be and seldom is.
Each looks at one person's completed actions and says what it saw, and in which.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Any
from unicodedata import category, normalize

from core.policies import Policy

_MINUTE = timedelta(minutes=1)
_NO_PLACES = ("://", "www.")  # how a link to an online meeting reads where a place could stand
_QUOTED = 60  # characters of a text that are shown


@dataclass(frozen=True, slots=True)
class Entry:
    """One completed action, as its person wrote it down.

    Attributes:
        customer: its customer's name; the opportunity's where it has none.
        minute: minute of the hour at which it began where its person lives.
        place: where a visit took place, as written; empty for anything else.
        typed: a person entered it; False for what a file brought.
    """

    action_id: int
    customer: str
    started_at: datetime
    ended_at: datetime
    recorded_at: datetime
    minute: int
    text: str = ""
    place: str = ""
    typed: bool = True


@dataclass(frozen=True, slots=True)
class Sign:
    """Something worth a look.

    Attributes:
        kind: key of what was seen, in `CHECKS`.
        actions: ids of the actions that show it, by their time.
        params: figures of its sentence.
    """

    kind: str
    actions: tuple[int, ...]
    params: Mapping[str, Any] = field(default_factory=dict)


def in_person(place: str) -> bool:
    """Whether a place is one to go to, not a link.

    >>> in_person("Plant 2, Wuxi"), in_person("https://meet.example/7"), in_person("")
    (True, False, False)
    """
    return bool(place.strip()) and not any(sign in place.lower() for sign in _NO_PLACES)


def same_words(text: str) -> str:
    """What is compared of a text: letters and digits only, in one form.

    >>> same_words("Sent the quote, as agreed.") == same_words("sent the quote as agreed")
    True
    """
    return "".join(c for c in normalize("NFKC", text).casefold() if category(c)[0] in "LN")


def bursts(entries: Sequence[Entry], policy: Policy) -> Sign | None:
    """`burst_actions` or more entered within `burst_minutes`."""
    typed = sorted((e for e in entries if e.typed), key=lambda e: (e.recorded_at, e.action_id))
    within = timedelta(minutes=policy.burst_minutes)
    windows, last = [], 0
    for first, entry in enumerate(typed):
        while last < len(typed) and typed[last].recorded_at - entry.recorded_at <= within:
            last += 1
        if last - first >= policy.burst_actions:
            windows.append(typed[first:last])
    if not windows:
        return None
    most = max(windows, key=len)
    took = (most[-1].recorded_at - most[0].recorded_at) / _MINUTE
    params = {"actions": len(most), "minutes": max(1, ceil(took)), "at": most[0].recorded_at}
    return _sign("bursts", (e for window in windows for e in window), params)


def back_to_back(entries: Sequence[Entry], policy: Policy) -> Sign | None:
    """Visits at two places with less than `travel_minutes` between them."""
    visits = sorted((e for e in entries if in_person(e.place)), key=lambda e: (e.started_at, e.action_id))
    least = timedelta(minutes=policy.travel_minutes)
    pairs = [
        (a, b)
        for a, b in pairwise(visits)
        if b.started_at - a.ended_at < least and same_words(a.place) != same_words(b.place)
    ]
    if not pairs:
        return None
    first, second = min(pairs, key=lambda pair: pair[1].started_at - pair[0].ended_at)
    between = max(0, round((second.started_at - first.ended_at) / _MINUTE))
    params = {"pairs": len(pairs), "minutes": between, "from": first.customer, "to": second.customer}
    return _sign("back_to_back", (e for pair in pairs for e in pair), params)


def identical_text(entries: Sequence[Entry], policy: Policy) -> Sign | None:
    """One and the same text in `same_text_actions` actions or more."""
    by_text: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if words := same_words(entry.text):
            by_text[words].append(entry)
    found = [group for group in by_text.values() if len(group) >= policy.same_text_actions]
    if not found:
        return None
    most = max(found, key=len)
    text = most[0].text.strip()
    shown = text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
    params = {"texts": len(found), "actions": sum(map(len, found)), "most": len(most), "text": shown}
    return _sign("identical_text", (e for group in found for e in group), params)


def on_the_hour(entries: Sequence[Entry], policy: Policy) -> Sign | None:
    """All but a few of `hourly_actions` or more began exactly on the hour."""
    sharp = [e for e in entries if e.minute == 0 and not e.started_at.second]
    if len(entries) < policy.hourly_actions or len(sharp) < policy.hourly_share * len(entries):
        return None
    return _sign("on_the_hour", sharp, {"actions": len(sharp), "of": len(entries)})


CHECKS: Mapping[str, Callable[[Sequence[Entry], Policy], Sign | None]] = {
    check.__name__: check for check in (identical_text, bursts, back_to_back, on_the_hour)
}


def _sign(kind: str, entries: Iterable[Entry], params: Mapping[str, Any]) -> Sign:
    shown = {e.action_id: e for e in entries}
    order = sorted(shown.values(), key=lambda e: (e.started_at, e.action_id))
    return Sign(kind, tuple(e.action_id for e in order), params)
