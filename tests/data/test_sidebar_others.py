"""DingTalk's and Feishu's side bars: signatures as their clients check them, and groups as customers."""

from __future__ import annotations

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.access import Permission
from core.messages import NotFound
from data.queries.named_customers import Named, named_customer
from data.routes import ROUTES
from data.schema import RoomGroup
from data.settings import Settings
from data.sidebar.tickets import Tickets
from tests.company import found
from tests.rooms import room_of

GIVES = {
    "/v1.0/oauth2/accessToken": (
        {"appKey": "key", "appSecret": "right"},
        {"accessToken": "t", "expireIn": 7200},
    ),
    "/v1.0/oauth2/jsapiTickets": ({}, {"jsapiTicket": "ticket", "expireIn": 7200}),
    "/open-apis/auth/v3/tenant_access_token/internal": (
        {"app_id": "app", "app_secret": "right"},
        {"code": 0, "tenant_access_token": "t", "expire": 7200},
    ),
    "/open-apis/jssdk/ticket/get": ({}, {"code": 0, "data": {"ticket": "ticket", "expire_in": 7200}}),
}
CARRIED = {
    "/v1.0/oauth2/jsapiTickets": "x-acs-dingtalk-access-token",
    "/open-apis/jssdk/ticket/get": "Authorization",
}
CONFIGURED = {
    "dingtalk": {
        "dingtalk_corp_id": "corp",
        "dingtalk_agent_id": "7",
        "dingtalk_app_key": "key",
        "dingtalk_secret": "right",
    },
    "feishu": {"feishu_app_id": "app", "feishu_secret": "right"},
}


@pytest.fixture
def server():
    class Handler(BaseHTTPRequestHandler):
        asked: list[str] = []  # noqa: RUF012 - of this one server

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
            self.asked.append(self.path)
            wanted, given = GIVES[self.path]
            carried = CARRIED.get(self.path)
            let_in = body == wanted and (not carried or self.headers[carried].removeprefix("Bearer ") == "t")
            self.send_response(200 if let_in else 400)
            self.end_headers()
            self.wfile.write(json.dumps(given if let_in else {"code": 10014}).encode())

        def log_message(self, *_: object) -> None: ...

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}", Handler.asked
    listening.shutdown()
    listening.server_close()


@pytest.fixture
def client(monkeypatch, sqlite_store, server):
    """client("feishu") speaks to an app configured so; secret="wrong" to one that is refused."""

    def configured(kind: str, **more: str) -> TestClient:
        chosen = Settings(**({f"{kind}_api": server[0]} | CONFIGURED[kind] | more))
        monkeypatch.setattr("data.sidebar.routes.settings", lambda: chosen)
        monkeypatch.setattr("data.sidebar.routes.this_store", lambda: sqlite_store)
        monkeypatch.setattr("data.sidebar.routes._TICKETS", Tickets())
        return TestClient(
            Starlette(routes=list(ROUTES)), base_url="https://fire.test", follow_redirects=False
        )

    return configured


def signed(config: dict, url: str) -> bool:
    """As the chat tool's client checks it."""
    at = config.get("timeStamp") or config["timestamp"]
    plain = f"jsapi_ticket=ticket&noncestr={config['nonceStr']}&timestamp={at}&url={url}"
    return config["signature"] == hashlib.sha1(plain.encode()).hexdigest()


def ask(browser, kind, url):
    return browser.get(f"/sidebar/{kind}/config", params={"url": url})


# fmt: off
ADDRESSES = [
    # side bar    the page's address                                     what its client signs
    ("dingtalk",  "https://fire.test/sidebar/dingtalk",                   "https://fire.test/sidebar/dingtalk"),
    ("dingtalk",  "https://fire.test/sidebar/dingtalk?a=%E7%BE%A4&b=1#x", "https://fire.test/sidebar/dingtalk?a=群&b=1"),
    ("feishu",    "https://fire.test/sidebar/feishu",                     "https://fire.test/sidebar/feishu"),
    ("feishu",    "https://fire.test/sidebar/feishu?a=%E7%BE%A4#x",       "https://fire.test/sidebar/feishu?a=%E7%BE%A4"),
]
# fmt: on


@pytest.mark.parametrize(("kind", "url", "what"), ADDRESSES)
def test_the_signature_is_what_the_chat_tool_checks(client, clock, kind, url, what):
    config = ask(client(kind), kind, url).json()
    assert signed(config, what)
    at = int(clock().timestamp())
    if kind == "feishu":
        assert (config["appId"], config["timestamp"]) == ("app", at * 1000)
    else:
        assert (config["corpId"], config["agentId"], config["timeStamp"]) == ("corp", "7", at)
    assert "right" not in json.dumps(config)


@pytest.mark.parametrize("kind", list(CONFIGURED))
def test_a_ticket_is_kept_and_a_refusal_too(client, server, clock, kind):
    url, asked = f"https://fire.test/sidebar/{kind}", server[1]
    asked.clear()
    browser = client(kind)
    for _ in range(3):
        ask(browser, kind, url)
    assert len(asked) == 2
    clock.move(minutes=116)
    assert ask(browser, kind, url).status_code == 200
    assert len(asked) == 4
    browser = client(kind, **{f"{kind}_secret": "wrong"})
    assert [ask(browser, kind, url).status_code for _ in range(3)] == [503] * 3
    assert len(asked) == 5


@pytest.mark.parametrize("kind", list(CONFIGURED))
def test_only_its_own_address_is_signed_and_only_its_scripts_are_let_in(client, kind):
    browser = client(kind)
    for url in (f"https://evil.test/sidebar/{kind}", "https://fire.test/sidebar/wecom", "", "https://["):
        assert ask(browser, kind, url).status_code == 400
    page = browser.get(f"/sidebar/{kind}")
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    for source in [part.split('"')[0] for part in page.text.split('src="')[1:]]:
        assert source == f"{kind}.js" or source.rsplit("/", source.count("/") - 2)[0] in policy
    assert browser.get(f"/sidebar/{kind}.js").headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("kind", list(CONFIGURED))
def test_without_an_application_it_is_the_page_itself(client, kind):
    browser = client(kind, **{f"{kind}_secret": ""})
    assert browser.get(f"/sidebar/{kind}").headers["location"] == "../aside"
    assert ask(browser, kind, f"https://fire.test/sidebar/{kind}").status_code == 404


def test_a_rooms_group_names_its_customer_to_those_in_reach_of_it(sqlite_store):
    company = found(sqlite_store)
    room = room_of(sqlite_store, company)
    group = RoomGroup(
        room_id=room, kind="dingtalk", name="G", key="k", users={}, chat_id="cid=", alias="chat7"
    )
    with sqlite_store.writing() as session:
        session.add(group)
    with sqlite_store.reading() as session:
        for chat in ("cid=", "chat7"):
            meant = Named(chat=chat)
            assert named_customer(session, company.rep, Permission.SEE_CUSTOMERS, meant) == company.customer
            with pytest.raises(NotFound):
                named_customer(session, company.stranger, Permission.SEE_CUSTOMERS, meant)
