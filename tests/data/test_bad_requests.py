"""Bad requests to every route: an answer below 500 that says what is wrong, and nobody else's records.

Operations and routes come from their registries, so that a new one is in it by itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

from data.api.limit import Limiter
from data.api.operation import OPERATIONS, Operation
from data.routes import ROUTES
from data.watching.requests import Watched
from tests.api import bearer, token_of
from tests.company import found
from tests.guesses import TABLES, value
from tests.nasty import NUMBERS, TEXTS
from tests.strangers import MARK, World, strangers

SAMPLE = 120
TABLE = {"actions": "action", "customers": "customer", "contacts": "contact", "demands": "demand",
         "opportunities": "opportunity", "promises": "promise", "signals": "signal"}  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, [], {}, [[]], {"a": 1}, 0.5, -1, 10**30, *NUMBERS, *(t for t in TEXTS if "\ud800" not in t),
)  # fmt: skip
STORES = ("routes", "api.routes", "offline.routes", "acceptance_routes", "sidebar.routes", "watching.routes")


@pytest.fixture
def client(monkeypatch, sqlite_store) -> TestClient:
    for module in STORES:
        monkeypatch.setattr(f"data.{module}.this_store", lambda: sqlite_store, raising=False)
    monkeypatch.setattr("data.api.admission.LIMITER", _Unlimited())
    app = Starlette(routes=list(ROUTES), middleware=[Middleware(Watched)])
    return TestClient(app, base_url="http://firebreak.test", raise_server_exceptions=False)


class _Unlimited(Limiter):
    """A thousand requests in a second are this test's, not an attacker's."""

    def wait(self, *_: Any) -> int:
        return 0


def test_every_operation_answers_a_bad_body_or_query(client, sqlite_store, request):
    world = strangers(sqlite_store)
    token = token_of(sqlite_store, world.company.manager)
    cases = [case for op in OPERATIONS for case in _spoilt(op, world.ours)]
    if not request.config.getoption("--full-bench"):
        cases = random.Random(5).sample(cases, SAMPLE)
    wrong = []
    for op, path, how in cases:
        answer = client.request(op.method, f"/api/v1{path}", headers=bearer(token), **how)
        if answer.status_code >= 500 or "Traceback" in answer.text:
            wrong.append(f"{op.method} {path} {str(how)[:120]}: {answer.status_code} {answer.text[:120]}")
    assert not wrong, "\n".join(wrong[:40])


def test_no_operation_reaches_another_teams_record(client, sqlite_store):
    world, wrong = strangers(sqlite_store), []
    people = (world.company.rep, world.company.manager, world.company.store_manager)
    tokens = [token_of(sqlite_store, who) for who in people]
    for op, token in product(OPERATIONS, tokens):
        ids = world.theirs.ids
        path = op.path.replace("{id}", str(ids[TABLE[op.path.split("/")[1]]]))
        how = {"json": _good(op, ids)} if op.body else {"params": _named(op, ids)} if op.query else {}
        answer = client.request(op.method, f"/api/v1{path}", headers=bearer(token), **how)
        if MARK in answer.text or (answer.status_code < 300 and op.method != "GET"):
            wrong.append(f"{op.method} {path}: {answer.status_code} {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)


def test_the_other_teams_own_token_reaches_them(client, sqlite_store):
    """Or the silence towards others would prove nothing."""
    world = strangers(sqlite_store)
    token = token_of(sqlite_store, world.theirs.manager)
    for group, table in TABLE.items():
        path = f"/api/v1/{group}/{world.theirs.ids[table]}"
        assert client.get(path, headers=bearer(token)).status_code == 200, group


def _good(op: Operation, ids: dict[str, Any]) -> dict[str, Any]:
    """A body whose ids are a given world's."""
    assert op.body is not None
    return {
        n: value(n, f.annotation, ids) for n, f in op.body.model_fields.items() if n in TABLES or "_id" in n
    }


def _named(op: Operation, ids: dict[str, Any]) -> dict[str, Any]:
    assert op.query is not None
    return {n: value(n, int, ids) for n in op.query.model_fields if n.endswith("_id")}


def _spoilt(op: Operation, world: World) -> Iterator[tuple[Operation, str, dict[str, Any]]]:
    path = op.path.replace("{id}", str(world.ids[TABLE[op.path.split("/")[1]]]))
    for bad in ODD:
        for name in op.body.model_fields if op.body else ():
            yield op, path, {"json": _good(op, world.ids) | {name: bad}}
        for name in op.query.model_fields if op.query else ():
            yield op, path, {"params": {name: str(bad)[:2000]}}
        if "{id}" in op.path:
            yield op, op.path.replace("{id}", quote(str(bad)[:80], safe="") or "0"), {}


# fmt: off
BODIES = [b"", b"\x00" * 9, b"{", b"\xff\xfe", b"1" * 70_000, b"a=1&b=2", b"--x\r\nContent-Disposition: form"]
HEADERS = [
    {}, {"Cookie": "firebreak_session=\x01"}, {"Cookie": "firebreak_session=" + "a" * 5000},
    {"Authorization": "Bearer " + "x" * 300}, {"Accept-Language": "zz;q=x,,"}, {"X-Forwarded-For": ", ,"},
    {"Content-Type": "multipart/form-data; boundary=x"}, {"Content-Length": "-1"}, {"Range": "bytes=9-1"},
]
# fmt: on


def test_every_route_answers_whatever_it_is_sent_and_says_what_browsers_refuse(client, sqlite_store):
    found(sqlite_store)
    chance, wrong = random.Random(3), []
    for route in (r for r in ROUTES if isinstance(r, Route)):
        path = route.path.replace("{token}", chance.choice(("x" * 43, "%00", "..%2f", "💥")))
        for method in sorted(route.methods or ()):
            for _ in range(4):
                how = {"headers": chance.choice(HEADERS), "content": chance.choice(BODIES)}
                answer = client.request(method, path.replace("{name}", "..%2fpicks"), **how)
                told = {"x-content-type-options", "content-security-policy", "referrer-policy"}
                if (answer.status_code >= 500 and path != "/readyz") or not told <= set(answer.headers):
                    wrong.append(f"{method} {path} {str(how)[:90]}: {answer.status_code} {answer.text[:90]}")
    assert not wrong, "\n".join(wrong)


FROM_ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test", "X-Firebreak-Offline": "1"}


def test_no_writing_route_takes_a_request_of_another_site(client, sqlite_store):
    found(sqlite_store)
    for route in (r for r in ROUTES if isinstance(r, Route) and "POST" in (r.methods or ())):
        if route.path.startswith("/api"):
            continue  # takes no cookie: a browser cannot be made to speak for anybody
        answer = client.post(route.path.replace("{token}", "x" * 43), headers=FROM_ELSEWHERE, content=b"1")
        assert answer.status_code in (403, 404, 411), route.path
        assert "set-cookie" not in answer.headers
