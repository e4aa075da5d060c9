"""A speech service on this machine that speaks OpenAI's protocol and answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class SpeechService:
    """What it answers, and what it was asked.

    Attributes:
        held: while it is not set, answers wait.
    """

    address: str = ""
    status: int = 200
    body: bytes = b'{"text": " They want it by May. "}'
    asked: list[dict[str, str | bytes]] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)

    def says(self, text: str) -> None:
        """Answer with this text."""
        self.status, self.body = 200, json.dumps({"text": text}).encode()


@contextmanager
def speech_service() -> Iterator[SpeechService]:
    """A running service; its address goes into FIREBREAK_SPEECH."""
    service = SpeechService()
    service.held.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            service.asked.append(_form(self.path, self.headers, content))
            service.held.wait(60)
            self.send_response(service.status)
            self.send_header("Content-Length", str(len(service.body)))
            self.end_headers()
            self.wfile.write(service.body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.held.set()
        server.shutdown()
        server.server_close()


def _form(path: str, headers: Message, content: bytes) -> dict[str, str | bytes]:
    head = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
    asked: dict[str, str | bytes] = {"path": path, "authorization": headers.get("Authorization", "")}
    for part in BytesParser().parsebytes(head + content).get_payload():
        value = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        if filename := part.get_filename():
            asked |= {"filename": filename, "file": value}
        else:
            asked[name] = value.decode()
    return asked
