"""The outbox through its channels, against real servers on loopback that speak their protocols."""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_string
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select, update

from core.notices import Notice
from data.channels import Letter, Permanent, Refused
from data.channels.mail import Mail
from data.channels.webhook import Webhook
from data.commands.outbox import post
from data.engine import Store
from data.jobs.deliver import LEASE, TRIES, deliver
from data.queries.inbox import inbox
from data.schema import Delivery, Person
from tests.company import found
from tests.conftest import Hands

LETTER = Letter(
    "firebreak-mail-7", "Li", "li@example.com", "三次演示未报价", "Open it.", "http://x/customer?customer=1"
)


class Receiver:
    """A webhook's other end: answers with the statuses it is told, then 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.got: list[tuple[dict[str, str], bytes]] = []

    @contextmanager
    def listening(self) -> Iterator[str]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()
        server.server_close()


class MailServer(socketserver.ThreadingTCPServer):
    """SMTP as far as a client needs it (RFC 5321); keeps what it accepts."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, refuse: dict[str, str]) -> None:
        self.refuse, self.mails = refuse, []
        super().__init__(("127.0.0.1", 0), SmtpTalk)


class SmtpTalk(socketserver.StreamRequestHandler):
    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 loopback ESMTP")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb == "QUIT":
                self.say("221 bye")
                return
            if verb == "DATA":
                self.data()
            else:
                self.say(self.answer(verb, line))

    def answer(self, verb: str, line: str) -> str:
        if verb == "EHLO":
            return "250-loopback\r\n250 AUTH PLAIN"
        if verb in ("RCPT", "AUTH"):
            return next((said for name, said in self.server.refuse.items() if name in line), "250 ok")
        return "250 ok"

    def data(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line)
        self.server.mails.append(message_from_string("".join(lines), policy=default))
        self.say("250 kept")


@pytest.fixture
def mail_server():
    server = MailServer({"gone@": "550 no such user", "busy@": "451 try later", "full@": "421 closing"})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def receiver():
    made = Receiver()
    with made.listening() as url:
        made.url = url
        yield made


def told(store, key="a") -> int:
    """One notice to the manager; the number of deliveries it leads to is the channels' matter."""
    company = found(store)
    params = {"rule": "demos_without_quote", "demos": 3, "opportunity": "Line 2", "customer": "Haihe"}
    notice = Notice(company.manager.person_id, "alert", key, params, "customer", {"customer": 1})
    with store.writing() as session:
        session.execute(update(Person).values(email="manager@example.com"))
        post(session, store.clock(), [notice])
    return company


def rows(store):
    with store.reading() as session:
        return session.execute(select(Delivery.state, Delivery.attempts)).all()


def test_a_webhook_gets_each_message_once_and_signed(store, receiver):
    told(store)
    channels = {"webhook": Webhook(receiver.url, "secret")}
    assert deliver(store, channels) == 1
    assert deliver(store, channels) == 0
    ((headers, body),) = receiver.got
    said = json.loads(body)
    assert (said["title"], said["body"]) == (
        "Demos without a quote: Haihe",
        "Line 2: 3 demos in a row and no quote. "
        "Ask what keeps the customer from a quote, and make one or stop.",
    )
    assert headers["Idempotency-Key"] == said["key"]
    signature = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert headers["X-Firebreak-Signature"] == f"sha256={signature}"
    assert rows(store) == [("sent", 1)]


def test_a_busy_receiver_is_asked_again_later(store, receiver, clock):
    told(store)
    receiver.statuses = [503, 429]
    channels = {"webhook": Webhook(receiver.url, "")}
    assert deliver(store, channels) == 1
    assert deliver(store, channels) == 0  # not at once
    clock.move(seconds=30)
    assert deliver(store, channels) == 1
    clock.move(seconds=60)
    assert deliver(store, channels) == 1
    assert rows(store) == [("sent", 3)]
    assert len({json.loads(body)["key"] for _, body in receiver.got}) == 1


def test_a_failure_does_not_tell_the_address(sqlite_store, receiver, caplog):
    """It may hold a secret, and failures are logged, kept and told to administrators."""
    told(sqlite_store)
    receiver.statuses = [500]
    assert deliver(sqlite_store, {"webhook": Webhook(f"{receiver.url}?token=s3cret", "")}) == 1
    with sqlite_store.reading() as session:
        (error,) = session.scalars(select(Delivery.error)).all()
    assert "HTTP 500" in error
    assert "s3cret" not in error + caplog.text


def test_a_refusal_is_final_and_told_to_the_administrators_once(store, receiver):
    company = told(store)
    receiver.statuses = [404]
    assert deliver(store, {"webhook": Webhook(receiver.url, "")}) == 1
    assert rows(store)[0] == ("dead", 1)
    with store.reading() as session:
        (message,) = inbox(session, company.admin).messages
    assert message.params == {"channel": "webhook", "error": "HTTP 404"}


def test_it_is_given_up_after_many_tries(store, clock):
    told(store)
    channels = {"webhook": Webhook("http://127.0.0.1:1/", "")}
    tries = 0
    for _ in range(TRIES + 2):
        tries += deliver(store, channels, limit=1)
        clock.move(hours=6)
    assert tries == TRIES
    assert rows(store) == [("dead", TRIES)]


class Keeps:
    """A channel that takes every letter over, or fails as it is told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.letters = error, []

    name = "webhook"

    def send(self, letter: Letter) -> None:
        self.letters.append(letter)
        if self.error:
            raise self.error


def test_nothing_is_lost_while_the_worker_is_away(store, clock):
    channel = Keeps()
    deliver(store, {"webhook": channel})
    told(store)
    clock.move(days=3)
    deliver(store, {"webhook": channel})
    assert len(channel.letters) == 1


def test_a_new_channel_does_not_send_what_was_posted_before_it(store, clock):
    told(store)
    clock.move(minutes=5)
    channel = Keeps()
    assert deliver(store, {"webhook": channel}) == 0
    assert rows(store) == []


def test_a_channel_that_is_down_is_asked_once_and_holds_up_no_other(store):
    company = found(store)
    with store.writing() as session:
        notices = [
            Notice(company.rep.person_id, "job_failed", str(n), {"job": "x", "error": ""}) for n in range(9)
        ]
        post(session, store.clock(), notices)
    down, up = Keeps(TimeoutError()), Keeps()
    assert deliver(store, {"down": down, "up": up}) == 10
    assert (len(down.letters), len(up.letters)) == (1, 9)


def test_a_letter_that_is_refused_for_now_holds_up_no_other(store):
    company = found(store)
    with store.writing() as session:
        notices = [
            Notice(company.rep.person_id, "job_failed", str(n), {"job": "x", "error": ""}) for n in range(3)
        ]
        post(session, store.clock(), notices)
    busy = Keeps(Refused("451 try later"))
    assert deliver(store, {"webhook": busy}) == 3
    assert rows(store) == [("waiting", 1)] * 3


def test_whoever_is_locked_out_gets_no_letter(store):
    company = told(store)
    with store.writing() as session:
        session.execute(update(Person).where(Person.id == company.manager.person_id).values(active=False))
    channel = Keeps()
    deliver(store, {"webhook": channel})
    assert (channel.letters, rows(store)) == ([], [("dead", 1)])


def test_killed_between_sending_and_marking_it_comes_again_under_the_same_key(store, receiver, clock):
    told(store)
    hook = Webhook(receiver.url, "")

    class Killed(BaseException):
        """What ends the process; nothing of the outbox catches it."""

    class Dies:
        name = "webhook"

        def send(self, letter: Letter) -> None:
            hook.send(letter)
            raise Killed

    with pytest.raises(Killed):
        deliver(store, {"webhook": Dies()})
    assert deliver(store, {"webhook": hook}) == 0
    clock.move(seconds=LEASE.total_seconds() + 1)
    assert deliver(store, {"webhook": hook}) == 1
    first, second = (headers["Idempotency-Key"] for headers, _ in receiver.got)
    assert first == second
    assert rows(store) == [("sent", 2)]


def test_many_workers_send_each_once(store, receiver):
    company = found(store)
    with store.writing() as session:
        post(
            session,
            store.clock(),
            [
                Notice(company.rep.person_id, "job_failed", str(n), {"job": "x", "error": ""})
                for n in range(20)
            ],
        )
    channels = {"webhook": Webhook(receiver.url, "")}
    workers = [threading.Thread(target=deliver, args=(store, channels)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    keys = [headers["Idempotency-Key"] for headers, _ in receiver.got]
    assert len(keys) == len(set(keys)) == 20


def test_what_is_held_by_a_clock_a_little_ahead_is_not_taken_as_well(store, clock):
    """Two workers look at their clocks a moment apart; the one that looked first comes second."""
    told(store)
    deliver(store, {"webhook": Keeps(Refused("451 try later"))})
    clock.move(minutes=5)
    earlier, tried = Store(store.url, store.files, clock=Hands(clock.at)), []
    clock.move(seconds=2)

    class Other:
        def send(self, _: Letter) -> None:
            tried.append(deliver(earlier, {"webhook": self}))

    assert deliver(store, {"webhook": Other()}) == 1
    earlier.close()
    assert tried == [0]


def test_mail_arrives_as_it_was_written(mail_server):
    Mail(f"smtp://127.0.0.1:{mail_server.server_address[1]}", "Firebreak <fire@example.com>").send(LETTER)
    (mail,) = mail_server.mails
    assert (mail["To"], mail["Subject"]) == ("li@example.com", "三次演示未报价")
    assert mail["Message-ID"] == "<firebreak-mail-7@example.com>"
    assert mail.get_content().split() == ["Open", "it.", "http://x/customer?customer=1"]


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("gone@example.com", Permanent),
        ("busy@example.com", Refused),
        ("full@example.com", ConnectionError),
        (None, Permanent),
        ("li@", Permanent),
        ("li@example.com\nBcc: wu@example.com", Permanent),
        ("li@例子.cn", Permanent),
        ("a@x.example, b@y.example", Permanent),
    ],
)
def test_mail_says_whether_trying_again_helps(mail_server, address, error):
    channel = Mail(f"smtp://127.0.0.1:{mail_server.server_address[1]}", "fire@example.com")
    letter = Letter("k", "Li", address, "Title", "Body", "")
    with pytest.raises(error):
        channel.send(letter)
    assert mail_server.mails == []


def test_a_sender_that_the_server_cannot_write_is_no_letters_fault(mail_server):
    channel = Mail(f"smtp://127.0.0.1:{mail_server.server_address[1]}", "火@例子.cn")
    with pytest.raises(smtplib.SMTPNotSupportedError):
        channel.send(LETTER)


def test_a_refusal_of_ourselves_is_no_letters_fault(mail_server):
    mail_server.refuse["AUTH"] = "535 wrong password"
    channel = Mail(f"smtp://fire:old@127.0.0.1:{mail_server.server_address[1]}", "fire@example.com")
    with pytest.raises(smtplib.SMTPException) as refused:
        channel.send(LETTER)
    assert not isinstance(refused.value, Permanent)


def test_a_title_of_two_lines_is_one_subject(mail_server):
    channel = Mail(f"smtp://127.0.0.1:{mail_server.server_address[1]}", "fire@example.com")
    channel.send(replace(LETTER, title="Haihe\nPumps"))
    assert mail_server.mails[0]["Subject"] == "Haihe Pumps"


def test_a_password_does_not_travel_in_the_clear(mail_server, monkeypatch):
    monkeypatch.setattr("data.channels.mail._LOOPBACK", ())
    channel = Mail(f"smtp://fire:secret@127.0.0.1:{mail_server.server_address[1]}", "fire@example.com")
    with pytest.raises(ConnectionError, match="no TLS"):
        channel.send(LETTER)


def test_without_a_channel_nothing_is_queued_and_the_inbox_has_it(store):
    company = told(store)
    assert deliver(store, {}) == 0
    assert rows(store) == []
    with store.reading() as session:
        assert inbox(session, company.manager).unread == 1
