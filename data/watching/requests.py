"""Around every request: an id, a line in the log, a figure, and the headers that browsers obey."""

import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from data.watching.figures import REQUESTS, TABS
from data.watching.headers import page_headers
from data.watching.logs import REQUEST

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_log = logging.getLogger("firebreak.requests")
_GIVEN = re.compile(r"[\w.-]{8,64}")
_QUIET = {"static", "_stcore", "healthz", "readyz", "prometheus", "component"}
_AREAS = _QUIET | {"session", "confirm", "oauth2callback", "media", "api", "offline", "usage", "sidebar"}


class Watched:
    """ASGI middleware. Paths are told by their first part only: the rest may be a customer's secret link."""

    def __init__(self, app: App) -> None:
        self._app, self._headers = app, page_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and the answer back."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            with TABS.track_inprogress():
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, status, ident = perf_counter(), 500, _ident(scope)
        token = REQUEST.set(ident)

        async def answer(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = {name.lower() for name, _ in message["headers"]}
                more = [(k, v) for k, v in self._headers.items() if k not in own]
                message["headers"] = [*message["headers"], *more, (b"x-request-id", ident.encode())]
            await send(message)

        try:
            await self._app(scope, receive, answer)
        finally:
            _told(scope, status, perf_counter() - began)
            REQUEST.reset(token)


def _ident(scope: Scope) -> str:
    """The id that a proxy gave the request, or one of ours."""
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("ascii", "replace")
    return given if _GIVEN.fullmatch(given) else secrets.token_hex(8)


def _told(scope: Scope, status: int, seconds: float) -> None:
    area = scope["path"].split("/")[1]
    shown = area if area in _AREAS else "page"
    REQUESTS.labels(shown, scope["method"], status).observe(seconds)
    level = logging.DEBUG if shown in _QUIET and status < 500 else logging.INFO
    _log.log(level, "%s /%s %d %d ms", scope["method"], shown, status, round(seconds * 1000))
