"""The OpenAPI document is sound, and whatever is sent, the API keeps to it: never 500, never half a write."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from sqlalchemy import func, select

from data.api.document import document
from data.api.operation import OPERATIONS
from data.schema import Audit
from data.settings import Settings
from tests.api import api_client, bearer, token_of
from tests.company import found
from tests.schemas import allowed

ROOT = document()
REGISTRY: Registry[Any] = Registry().with_resource("urn:doc", DRAFT202012.create_resource(ROOT))


def test_it_is_an_openapi_document_of_every_operation():
    served = {(op.method.lower(), op.path, op.name) for op in OPERATIONS}
    said = {(m, path, op["operationId"]) for path, ops in ROOT["paths"].items() for m, op in ops.items()}
    assert (ROOT["openapi"], said) == ("3.1.0", served)
    assert len({name for _, _, name in served}) == len(served)
    for op in OPERATIONS:
        told = ROOT["paths"][op.path][op.method.lower()]
        assert told["summary"].endswith("."), op.name
        assert {"401", "403", "422", "429", "500", str(op.status)} <= set(told["responses"]), op.name


def test_every_schema_is_one_and_every_reference_leads_somewhere():
    for schema in ROOT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    text = json.dumps(ROOT)
    for ref in set(_refs(json.loads(text))):
        here: Any = ROOT
        for part in ref.removeprefix("#/").split("/"):
            here = here[part]


def _refs(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [ref for value in node.values() for ref in _refs(value)]
    return [ref for value in node for ref in _refs(value)] if isinstance(node, list) else []


def test_the_document_is_served_to_anybody():
    answer = api_client().get("/openapi.json")
    assert (answer.status_code, answer.json()) == (200, ROOT)


class Free:
    """No limit: a fuzzer asks often."""

    def wait(self, *_) -> int:
        return 0


@pytest.fixture
def target(monkeypatch, sqlite_store):
    monkeypatch.setattr("data.api.routes.this_store", lambda: sqlite_store)
    monkeypatch.setattr("data.api.admission.LIMITER", Free())
    monkeypatch.setattr("data.hooks.settings", Settings)
    company = found(sqlite_store)
    roles = (company.rep, company.manager, company.product)
    return sqlite_store, api_client(), [token_of(sqlite_store, who) for who in roles]


def fits(said: Any, operation: dict[str, Any], status: int) -> None:
    """An answer is one that the document knows for this operation."""
    known = operation["responses"][str(status)]
    if "$ref" in known:
        known = ROOT["components"]["responses"][known["$ref"].rpartition("/")[2]]
    ((_, content),) = known["content"].items()
    schema = {"$ref": f"urn:doc{content['schema']['$ref']}"}
    Draft202012Validator(schema, registry=REGISTRY).validate(said)


@st.composite
def requests(draw: Any) -> tuple[Any, ...]:
    op = draw(st.sampled_from(OPERATIONS))
    told = ROOT["paths"][op.path][op.method.lower()]
    body = draw(allowed({"$ref": f"#/components/schemas/{op.body.__name__}"}, ROOT)) if op.body else None
    query = {
        p["name"]: draw(allowed(p["schema"], ROOT))
        for p in told["parameters"]
        if p["in"] == "query" and draw(st.integers(0, 3)) == 0
    }
    key = draw(st.sampled_from(["", "", "a", "b"])) if op.method != "GET" else ""
    return op, told, draw(st.integers(1, 4)), body, query, key, draw(st.integers(0, 2))


@settings(max_examples=100, derandomize=True, suppress_health_check=list(HealthCheck))
@given(asked=requests())
def test_whatever_is_sent_the_answer_is_one_of_the_document(target, asked):
    op, told, record, body, query, key, role = asked
    store, client, tokens = target
    headers = bearer(tokens[role], Content_Type="application/json") | (
        {"Idempotency-Key": key} if key else {}
    )
    before = changes(store)
    answer = client.request(
        op.method, op.path.format(id=record), headers=headers, params={k: str(v) for k, v in query.items()},
        content=json.dumps(body).encode() if op.body else None,
    )  # fmt: skip
    said = answer.json()
    assert answer.status_code != 500, (op.name, body, query, said)
    assert str(answer.status_code) in told["responses"], (op.name, answer.status_code)
    fits(said, told, answer.status_code)
    written = changes(store) - before
    if answer.status_code >= 400 or op.method == "GET":
        assert written == 0, (op.name, said)
    else:
        assert written in ((0, 1) if key else (1,)), op.name  # a key that was used writes nothing more


def changes(store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count(Audit.id))) or 0
