"""What the API says when a request is wrong: always JSON, always a problem, in the reader's language."""

from __future__ import annotations

import json

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from data.api.faults import MEDIA
from data.api.limit import Limiter
from data.api.serving import MOST_BYTES
from data.routes import ROUTES
from tests.api import api_client, bearer, token_of
from tests.company import found


@pytest.fixture
def client(monkeypatch, sqlite_store):
    monkeypatch.setattr("data.api.routes.this_store", lambda: sqlite_store)
    monkeypatch.setattr("data.api.admission.LIMITER", Limiter())
    return api_client()


@pytest.fixture
def company(sqlite_store):
    return found(sqlite_store)


@pytest.fixture
def token(sqlite_store, company):
    return token_of(sqlite_store, company.rep)


# fmt: off
ADDRESSES = [
    # method    path                                    status  code
    ("GET",     "/nothing",                             404,    "no_address"),
    ("GET",     "/customers/",                          404,    "no_address"),
    ("GET",     "/customers/one",                       404,    "no_address"),
    ("GET",     "/customers/0",                         404,    "not_found"),
    ("GET",     "/customers/99999999999999999999999",   404,    "not_found"),
    ("DELETE",  "/customers",                           405,    "no_method"),
    ("POST",    "/openapi.json",                        405,    "no_method"),
]
PARAMETERS = [
    ("limit=0",                   "limit",          "bad_value"),
    ("limit=x",                   "limit",          "not_number"),
    ("colour=red",                "colour",         "unknown_field"),
    ("cursor=abc",                "cursor",         "bad_cursor"),
    ("owner_id=99999999999999999999", "owner_id",   "bad_value"),
    ("updated_since=2026-03-04",  "updated_since",  "bad_instant"),
    ("updated_since=0.5",         "updated_since",  "bad_instant"),
    ("industry=a%00b",            "industry",       "bad_value"),
]
CUSTOMER = [
    (b"{",                                  "",            "bad_json"),
    (b"[]",                                 "",            "bad_value"),
    (b"\xff",                               "",            "bad_json"),
    (b"{}",                                 "/name",       "required"),
    (b'{"name": 7}',                        "/name",       "not_text"),
    (b'{"name": " "}',                      "/name",       "required"),
    (b'{"name": "a\\u0000b"}',              "/name",       "bad_value"),
    (b'{"name": "a", "segment": "huge"}',   "/segment",    "unknown_choice"),
    (b'{"name": "a", "owner_id": 999}',     "/owner_id",   "unknown_person"),
    (b'{"name": "a", "colour": "red"}',     "/colour",     "unknown_field"),
]
OPPORTUNITY = [
    ({"amount": "NaN"},                     "/amount",     "bad_value"),
    ({"amount": "1e30"},                    "/amount",     "number_too_large"),
    ({"amount": -1},                        "/amount",     "negative_amount"),
    ({"currency": "yuan"},                  "/currency",   "bad_value"),
    ({"currency": "ABC"},                   "/currency",   "unknown_currency"),
    ({"close_on": "9999-12-31"},            "/close_on",   "bad_date"),
    ({"close_on": "2026-02-30"},            "/close_on",   "bad_date"),
    ({"close_on": "1700000000"},            "/close_on",   "bad_date"),
]
# fmt: on


def problem(answer, status: int, code: str) -> dict:
    """The body of an answer that is a problem of this kind."""
    said = answer.json()
    assert (answer.status_code, answer.headers["content-type"], said["status"]) == (status, MEDIA, status)
    assert (said["code"], said["type"]) == (code, f"urn:firebreak:problem:{code}")
    return said


@pytest.mark.parametrize(("method", "path", "status", "code"), ADDRESSES)
def test_a_wrong_address_is_a_problem(client, token, method, path, status, code):
    problem(client.request(method, path, headers=bearer(token)), status, code)


@pytest.mark.parametrize(("query", "parameter", "code"), PARAMETERS)
def test_a_wrong_parameter_is_named(client, token, query, parameter, code):
    said = problem(client.get(f"/customers?{query}", headers=bearer(token)), 422, "invalid")
    assert [(e["parameter"], e["code"]) for e in said["errors"]] == [(parameter, code)]


def post(client, token, path: str, content: bytes):
    return client.post(path, content=content, headers=bearer(token) | {"Content-Type": "application/json"})


@pytest.mark.parametrize(("body", "pointer", "code"), CUSTOMER)
def test_a_wrong_field_is_pointed_at(client, token, body, pointer, code):
    said = problem(post(client, token, "/customers", body), 422, "invalid")
    assert [(e["pointer"], e["code"]) for e in said["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(("body", "pointer", "code"), OPPORTUNITY)
def test_a_wrong_number_or_day_is_pointed_at(client, token, company, body, pointer, code):
    sent = json.dumps({"customer_id": company.customer, "name": "x"} | body).encode()
    said = problem(post(client, token, "/opportunities", sent), 422, "invalid")
    assert [(e["pointer"], e["code"]) for e in said["errors"]] == [(pointer, code)]


def test_every_problem_is_told_in_the_readers_language(client, token):
    shown = []
    for language in ("zh-CN,zh;q=0.9", "en-GB", None):
        spoken = {"Accept-Language": language} if language else {}
        answer = client.post("/customers", json={}, headers=bearer(token) | spoken)
        shown.append((answer.headers["content-language"], answer.json()["errors"][0]["detail"]))
    assert shown == [("zh", "请填写此项。"), ("en", "Please fill this in."), ("en", "Please fill this in.")]


def test_bodies_are_json_and_bounded(client, token):
    good = bearer(token) | {"Content-Type": "application/json"}
    form = client.post("/customers", data={"name": "x"}, headers=bearer(token))
    assert (form.status_code, form.json()["code"]) == (415, "not_json")
    for content in (b" " * (MOST_BYTES + 1), iter([b" " * 600_000] * 2)):  # announced, and in chunks
        answer = client.post("/customers", content=content, headers=good)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_an_error_of_ours_has_a_number_and_no_inside(client, token, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("secret inside")

    monkeypatch.setattr("data.api.customers.page", broken)
    answer = client.get("/customers", headers=bearer(token))
    said = answer.json()
    assert (answer.status_code, said["code"]) == (500, "unexpected")
    assert said["reference"] in said["detail"]
    assert said["reference"] in caplog.text
    assert "secret inside" in caplog.text
    assert "secret inside" not in answer.text


def test_what_the_head_says(client, token):
    answer = client.get("/customers", headers=bearer(token))
    assert (answer.headers["cache-control"], answer.headers["content-type"]) == (
        "no-store",
        "application/json",
    )
    assert client.head("/customers", headers=bearer(token)).status_code == 200
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers


def test_below_api_nothing_falls_through_to_the_pages(monkeypatch, sqlite_store):
    """The app's own server answers any unknown address with a page."""

    async def page(_):
        return HTMLResponse("<html></html>")

    client = TestClient(Starlette(routes=[*ROUTES, Route("/{rest:path}", page, methods=["GET", "POST"])]))
    assert client.get("/elsewhere").text == "<html></html>"
    for path in ("/api", "/api/", "/api/v1", "/api/v2/customers", "/api/v1/customers/1/nothing"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, MEDIA), path
