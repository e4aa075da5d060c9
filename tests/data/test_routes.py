"""The routes beside the pages: whom the session's cookie is given to, and how it is marked."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from components.navigation import PAGES
from data.commands.sessions import open_session
from data.routes import COOKIE, ROUTES
from tests.company import found

HTTP, TLS = "http://firebreak.test", "https://firebreak.test"


@pytest.fixture
def client(monkeypatch, sqlite_store):
    monkeypatch.setattr("data.routes.this_store", lambda: sqlite_store)
    return TestClient(Starlette(routes=list(ROUTES)), base_url=HTTP)


@pytest.fixture
def ticket(sqlite_store):
    return open_session(sqlite_store, found(sqlite_store).rep.person_id, 12, "10.0.0.1").ticket


# fmt: off
SENDERS = [
    # Origin                        Sec-Fetch-Site   answer  Secure
    (HTTP,                          None,            200,    False),
    (HTTP,                          "same-origin",   200,    False),
    (TLS,                           "same-origin",   200,    True),   # a proxy ends TLS before us
    ("https://other.name",          "same-origin",   200,    True),   # and may change the host too
    (HTTP,                          "cross-site",    403,    None),
    (HTTP,                          "same-site",     403,    None),
    (HTTP,                          "none",          403,    None),
    ("http://evil.test",            None,            403,    None),
    ("http://evil.firebreak.test",  None,            403,    None),
    ("null",                        None,            403,    None),
    (None,                          None,            403,    None),
]
# fmt: on


@pytest.mark.parametrize(("origin", "site", "answer", "secure"), SENDERS)
def test_only_our_own_page_gets_the_cookie(client, ticket, origin, site, answer, secure):
    headers = {k: v for k, v in (("Origin", origin), ("Sec-Fetch-Site", site)) if v}
    response = client.post("/session/exchange", content=ticket, headers=headers)
    assert response.status_code == answer
    if secure is None:
        assert "set-cookie" not in response.headers
        return
    marks = response.headers["set-cookie"].lower()
    assert marks.startswith(COOKIE)
    assert "httponly" in marks
    assert "samesite=lax" in marks
    assert ("secure" in marks) == secure


def test_a_used_or_invented_ticket_gives_nothing(client, ticket):
    def give(body):
        return client.post("/session/exchange", content=body, headers={"Origin": HTTP})

    assert give(ticket).status_code == 200
    for body in (ticket, "invented", b"\xff" * 10_000, ""):
        answer = give(body)
        assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)


def test_a_ticket_is_not_taken_from_an_address(client, ticket):
    assert client.get(f"/session/exchange?ticket={ticket}").status_code == 405


def test_health_says_whether_the_store_answers(client, monkeypatch):
    assert client.get("/healthz").json() == {"status": "ok"}

    def broken():
        raise OSError

    monkeypatch.setattr("data.routes.this_store", broken)
    assert client.get("/healthz").status_code == 503


def test_no_route_stands_where_a_page_does():
    """A reload of the page would get the route's answer."""
    pages = {f"/{spec.name}" for spec in PAGES}
    assert pages.isdisjoint(route.path for route in ROUTES)
