"""WeCom's side bar: signatures as WeCom checks them, for our own page only, from a ticket that is kept."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from data.routes import ROUTES
from data.settings import Settings
from data.sidebar.tickets import Tickets

PAGE = "https://fire.test/sidebar/wecom"


class WeCom:
    """Gives tokens and tickets as WeCom does, and checks a page's signature as its client does."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.base, self.ticket = "", "ticket-1"
        self.breaks = False

    def answer(self, path: str, query: dict[str, str]) -> object:
        self.asked.append(path)
        if self.breaks:
            return ["out of order"]
        if path == "/cgi-bin/gettoken":
            right = (query.get("corpid"), query.get("corpsecret")) == ("corp", "right")
            given = {"access_token": "token", "expires_in": 7200}
            return {"errcode": 0, "errmsg": "ok"} | given if right else {"errcode": 40001, "errmsg": "secret"}
        if path == "/cgi-bin/ticket/get" and query == {"access_token": "token", "type": "agent_config"}:
            return {"errcode": 0, "errmsg": "ok", "ticket": self.ticket, "expires_in": 7200}
        return {"errcode": 40014, "errmsg": "invalid access_token"}

    def accepts(self, config: dict, url: str) -> bool:
        parts = (self.ticket, config["nonceStr"], config["timestamp"], url)
        plain = "jsapi_ticket={}&noncestr={}&timestamp={}&url={}".format(*parts)
        return config["signature"] == hashlib.sha1(plain.encode()).hexdigest()


@pytest.fixture
def wecom() -> Iterator[WeCom]:
    there = WeCom()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(asked.query).items()}
            body = json.dumps(there.answer(asked.path, query)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there.base = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield there
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(monkeypatch, sqlite_store, wecom):
    """client(secret=…) speaks to an app configured so; without a secret to one without WeCom."""

    def configured(secret: str | None = "right") -> TestClient:
        chosen = Settings(
            wecom_corp_id="corp", wecom_agent_id="1000002", wecom_secret=secret, wecom_api=wecom.base
        )
        monkeypatch.setattr("data.sidebar.routes.settings", lambda: chosen)
        monkeypatch.setattr("data.sidebar.routes.this_store", lambda: sqlite_store)
        monkeypatch.setattr("data.sidebar.routes._TICKETS", Tickets())
        app = Starlette(routes=list(ROUTES))
        return TestClient(app, base_url="https://fire.test", follow_redirects=False)

    return configured


def ask(client, url=PAGE):
    return client.get("/sidebar/wecom/config", params={"url": url})


def test_the_signature_is_what_wecom_checks(client, wecom):
    browser = client()
    answers = [ask(browser, url).json() for url in (PAGE, f"{PAGE}?from=chat", f"{PAGE}#top")]
    assert [wecom.accepts(a, u) for a, u in zip(answers, (PAGE, f"{PAGE}?from=chat", PAGE), strict=True)] == [
        True,
        True,
        True,
    ]
    assert (answers[0]["corpid"], answers[0]["agentid"]) == ("corp", "1000002")
    assert "right" not in json.dumps(answers)
    assert len({a["nonceStr"] for a in answers}) == 3


def test_a_ticket_is_kept_until_shortly_before_its_end(client, wecom, clock):
    browser = client()
    for _ in range(3):
        ask(browser)
    assert wecom.asked == ["/cgi-bin/gettoken", "/cgi-bin/ticket/get"]
    clock.move(minutes=116)
    wecom.ticket = "ticket-2"
    assert wecom.accepts(ask(browser).json(), PAGE)
    assert len(wecom.asked) == 4


def test_a_wrong_secret_and_a_broken_answer_are_said_and_not_asked_again_at_once(client, wecom, clock):
    browser = client(secret="wrong")
    assert [ask(browser).status_code for _ in range(3)] == [503, 503, 503]
    assert wecom.asked == ["/cgi-bin/gettoken"]
    wecom.breaks = True
    clock.move(minutes=2)
    assert (ask(browser).json(), len(wecom.asked)) == ({"error": "unavailable"}, 2)


@pytest.mark.parametrize(
    "url",
    ["https://evil.test/sidebar/wecom", "https://fire.test/record", "javascript:alert(1)", "", "https://["],
)
def test_only_the_pages_own_address_is_signed(client, wecom, url):
    assert ask(client(), url).status_code == 400
    assert wecom.asked == []


def test_without_an_application_the_side_bar_is_the_page_itself(client):
    browser = client(secret=None)
    page = browser.get("/sidebar/wecom")
    assert (page.status_code, page.headers["location"]) == (303, "../aside")
    assert ask(browser).status_code == 404


def test_the_page_loads_wecoms_script_and_ours_only(client):
    browser = client()
    page = browser.get("/sidebar/wecom")
    assert "https://res.wx.qq.com" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert browser.get("/sidebar/wecom.js").headers["content-type"].startswith("text/javascript")
