"""A receiver of webhooks on loopback that trusts nothing: it takes what is signed and fresh, each id once."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class HookServer:
    """Takes events; the statuses in `busy` are answered first.

    Attributes:
        taken: events by id, in order; refused: how many were not signed.
        asked: ids of all requests, in order.
        now: seconds since 1970; a timestamp may lie five minutes from it.
    """

    def __init__(self, secret: str, now: float) -> None:
        self.secret, self.now = secret, now
        self.busy: list[int] = []
        self.taken: dict[str, Any] = {}
        self.asked: list[str] = []
        self.refused = 0
        self.url = ""

    def answer(self, headers: Any, body: bytes) -> int:
        self.asked.append(headers["Idempotency-Key"])
        if self.busy:
            return self.busy.pop(0)
        at = headers["X-Firebreak-Timestamp"]
        made = hmac.new(self.secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        fresh = abs(int(at) - self.now) <= 300
        if not (fresh and hmac.compare_digest(headers["X-Firebreak-Signature"], f"sha256={made}")):
            self.refused += 1
            return 401
        said = json.loads(body)
        assert (said["id"], said["kind"]) == (headers["Idempotency-Key"], headers["X-Firebreak-Event"])
        self.taken.setdefault(said["id"], said)
        return 204

    @contextmanager
    def listening(self) -> Iterator[HookServer]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.answer(self.headers, body)
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", receiver.url)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/hook"
        yield self
        server.shutdown()
        server.server_close()
