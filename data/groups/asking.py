"""Asking a chat tool's server: tokens that are kept, and what an answer means."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from data.groups.base import Clock, Misconfigured, Stale, Unanswered

_TIMEOUT = 20  # seconds
_NOT_DONE = (408, 425, 429, 502, 503)  # answers of a gateway that passed nothing on
EARLY = timedelta(minutes=5)  # before its end a token is replaced
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
Answer = Mapping[str, Any]


def ask(method: str, url: str, **request: Any) -> tuple[int, Answer]:
    """Status and body of an answer.

    Raises:
        ConnectionError: nothing was sent, or the server is busy.
        Unanswered: it was sent, and no answer that says anything came.
    """
    try:
        answer = httpx.request(method, url, timeout=_TIMEOUT, **request)
        told = answer.json()
    except _NOT_SENT as error:
        raise ConnectionError(str(error) or type(error).__name__) from error
    except httpx.HTTPError as error:
        raise Unanswered(str(error) or type(error).__name__) from error
    except ValueError:
        told = None
    if isinstance(told, dict):
        return answer.status_code, told
    if answer.status_code in _NOT_DONE:
        raise ConnectionError(f"HTTP {answer.status_code}")
    raise Unanswered(f"HTTP {answer.status_code}, and no word of a chat tool")


def cut(text: str, most: int) -> str:
    """A text of at most so many bytes in UTF-8; its last line, the link, is never cut.

    >>> cut("说明很长很长\\nhttp://x", 20)
    '说明…\\nhttp://x'
    """
    body, _, link = text.rpartition("\n")
    room = most - len(f"…\n{link}".encode())
    if len(text.encode()) <= most or room < 0:
        return text.encode()[:most].decode(errors="ignore")
    return f"{body.encode()[:room].decode(errors='ignore')}…\n{link}"


class Tokens:
    """Access tokens of applications, each fetched once for all who ask; every process has its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, ...], tuple[str, datetime]] = {}

    def used(
        self,
        app: tuple[str, ...],
        fetch: Callable[[], tuple[str, float]],
        clock: Clock,
        call: Callable[[str], Answer],
    ) -> Answer:
        """Call with the application's token; once more with a fresh one where it is no longer good.

        Args:
            fetch: gives a token and for how many seconds it is good.

        Raises:
            Misconfigured: also a fresh token is not good.
        """
        try:
            return call(self._token(app, fetch, clock))
        except Stale:
            with self._lock:
                self._kept.pop(app, None)
        try:
            return call(self._token(app, fetch, clock))
        except Stale as error:
            raise Misconfigured(str(error)) from error

    def _token(self, app: tuple[str, ...], fetch: Callable[[], tuple[str, float]], clock: Clock) -> str:
        with self._lock:
            kept = self._kept.get(app)
            if kept is None or kept[1] <= clock():
                value, lasts = fetch()
                ends_at = clock() + max(timedelta(seconds=lasts) - EARLY, timedelta(minutes=1))
                self._kept[app] = kept = value, ends_at
            return kept[0]


TOKENS = Tokens()
