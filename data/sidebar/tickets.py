"""Tickets that sign a page's address, so that it may ask its chat tool whose chat it stands beside.

An application's secret gives a token, the token a ticket, the ticket signs addresses: the three chat tools
agree on that, and on the four parts that are signed. A ticket holds two hours and may be asked for only so
often, so it is kept; so is a refusal, for a minute, or every visitor would ask again.
"""

import hashlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx

from core.messages import Unavailable

TIMEOUT = 10  # seconds
EARLY = timedelta(minutes=5)  # before its end a ticket is replaced
REFUSED_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What signs addresses, until its end; "" where the chat tool gave none."""

    value: str
    ends_at: datetime


class App(Protocol):
    """A company's own application in a chat tool."""

    def fetch(self) -> tuple[str, int]:
        """A ticket, and for how many seconds it holds.

        Raises:
            httpx.HTTPError, KeyError, ValueError: there is none.
        """

    def config(self, ticket: str, nonce: str, seconds: int, url: str) -> Mapping[str, Any]:
        """What the page hands to the chat tool's script."""


def signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """SHA-1 over the four parts in their order; the address without what follows its `#`.

    >>> signature("t", "n", 1414587457, "https://fire.test/sidebar/wecom#x")
    'dd08b4f56d1e3833dee9c6d6cff174ac70de5537'
    """
    plain = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return hashlib.sha1(plain.encode(), usedforsecurity=False).hexdigest()  # the chat tools' protocol


class Tickets:
    """The applications' tickets, each fetched once for all who ask; in several processes each has its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[App, Ticket] = {}

    def config(self, app: App, url: str, now: datetime) -> Mapping[str, Any]:
        """What the chat tool's script takes for an address.

        Raises:
            Unavailable: the chat tool gave no ticket, or does not answer.
        """
        ticket = self._ticket(app, now)
        if not ticket.value:
            raise Unavailable
        return app.config(ticket.value, secrets.token_hex(8), int(now.timestamp()), url)

    def _ticket(self, app: App, now: datetime) -> Ticket:
        with self._lock:
            kept = self._kept.get(app)
            if kept is None or kept.ends_at <= now:
                self._kept[app] = kept = _fetched(app, now)
            return kept


def _fetched(app: App, now: datetime) -> Ticket:
    try:
        value, lasts = app.fetch()
        return Ticket(value, now + max(timedelta(seconds=lasts) - EARLY, REFUSED_FOR))
    except (httpx.HTTPError, KeyError, TypeError, ValueError):
        return Ticket("", now + REFUSED_FOR)
