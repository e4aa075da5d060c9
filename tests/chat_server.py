"""The three chat tools' robots on loopback, as strict as the real ones: keys, signatures, lengths, limits."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY, SECRET = "k-123", "SEC-geheim"
PATHS = {
    "wecom": f"/cgi-bin/webhook/send?key={KEY}",
    "dingtalk": f"/robot/send?access_token={KEY}",
    "feishu": f"/open-apis/bot/v2/hook/{KEY}",
}
HOUR = 3600


class ChatServer:
    """Takes messages as WeCom, DingTalk and Feishu do; `busy` answers come first, then the protocol's own.

    Attributes:
        busy: what the next requests are answered: a status, or a body of an answer of 200.
        texts: what was taken, in order.
    """

    def __init__(self) -> None:
        self.busy: list[int | dict[str, Any]] = []
        self.texts: list[str] = []
        self.asked = 0
        self.secret = SECRET
        self.base = ""

    def url(self, kind: str, *, key: str = KEY) -> str:
        return f"{self.base}{PATHS[kind].replace(KEY, key)}"

    def answer(self, path: str, body: bytes) -> tuple[int, Any]:
        self.asked += 1
        if self.busy:
            said = self.busy.pop(0)
            return (said, None) if isinstance(said, int) else (200, said)
        there = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(there.query, keep_blank_values=True).items()}
        try:
            message = json.loads(body)
        except ValueError:
            return 200, {"errcode": 47001, "errmsg": "data format error"}
        if there.path == "/cgi-bin/webhook/send":
            return 200, self._wecom(query, message)
        if there.path == "/robot/send":
            return 200, self._dingtalk(query, message)
        if there.path.startswith("/open-apis/bot/v2/hook/"):
            return 200, self._feishu(there.path.rpartition("/")[2], message)
        return 404, None

    def _wecom(self, query: dict[str, str], message: dict[str, Any]) -> dict[str, Any]:
        if query.get("key") != KEY:
            return {"errcode": 93000, "errmsg": "invalid webhook url"}
        if message.get("msgtype") != "text" or len(message["text"]["content"].encode()) > 2048:
            return {"errcode": 40058, "errmsg": "invalid content"}
        self.texts.append(message["text"]["content"])
        return {"errcode": 0, "errmsg": "ok"}

    def _dingtalk(self, query: dict[str, str], message: dict[str, Any]) -> dict[str, Any]:
        if query.get("access_token") != KEY:
            return {"errcode": 300001, "errmsg": "token is not exist"}
        at = query.get("timestamp", "0")
        key = self.secret.encode()
        sign = base64.b64encode(hmac.new(key, f"{at}\n{self.secret}".encode(), hashlib.sha256).digest())
        if len(at) != 13 or abs(int(at) / 1000 - time.time()) > HOUR or query.get("sign") != sign.decode():
            return {"errcode": 310000, "errmsg": "sign not match"}
        self.texts.append(message["text"]["content"])
        return {"errcode": 0, "errmsg": "ok"}

    def _feishu(self, token: str, message: dict[str, Any]) -> dict[str, Any]:
        if token != KEY:
            return {"code": 19001, "msg": "param invalid: incoming webhook access token invalid", "data": {}}
        at = message.get("timestamp", "0")
        sign = base64.b64encode(hmac.new(f"{at}\n{self.secret}".encode(), b"", hashlib.sha256).digest())
        if len(at) != 10 or abs(int(at) - time.time()) > HOUR or message.get("sign") != sign.decode():
            return {"code": 19021, "msg": "sign match fail or timestamp is not within one hour", "data": {}}
        if message.get("msg_type") != "text":
            return {"code": 9499, "msg": "Bad Request", "data": {}}
        self.texts.append(message["content"]["text"])
        return {"code": 0, "msg": "success", "data": {}}

    @contextmanager
    def listening(self) -> Iterator[ChatServer]:
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, said = chat.answer(self.path, body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(said).encode() if said is not None else b"<html>busy</html>")

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.base = f"http://127.0.0.1:{server.server_port}"
        yield self
        server.shutdown()
        server.server_close()
