"""The OpenAPI 3.1 document, made of the same definitions that check the requests."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from core.api import READ
from data.api.faults import MEDIA
from data.api.operation import OPERATIONS, Operation
from data.api.serving import JSON, KEY, LONGEST_KEY
from data.api.shapes import LARGEST_ID, Problem

VERSION = "1.0.0"
_REF = "#/components/schemas/{model}"
_REFUSALS = {
    401: "No good token.",
    403: "The token's scopes or its person's role do not reach so far.",
    404: "No such record within reach.",
    405: "This address has no such method.",
    409: "Somebody changed it meanwhile, or its state forbids it.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "Something is wrong with the request: every problem at its place.",
    429: "Too many requests; Retry-After says how many seconds to wait.",
    500: "An error of ours, with a reference number.",
    503: "Something that is needed does not answer just now.",
}
_WRITES_ONLY = (409, 413, 415)


@lru_cache
def document() -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for op in OPERATIONS:
        paths.setdefault(op.path, {})[op.method.lower()] = _operation(op)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Firebreak",
            "version": VERSION,
            "description": "Every write passes the same rules as the product's pages. See docs/api.md.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "tags": [{"name": group} for group in dict.fromkeys(op.group for op in OPERATIONS)],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
            "responses": {f"s{status}": _answer(Problem, text, MEDIA) for status, text in _REFUSALS.items()},
        },
    }


def _schemas() -> dict[str, Any]:
    bodies = [(op.body, "validation") for op in OPERATIONS if op.body]
    answers = [(op.answer, "serialization") for op in OPERATIONS]
    wanted: Any = [*dict.fromkeys(bodies), *dict.fromkeys(answers), (Problem, "serialization")]
    _, made = models_json_schema(wanted, ref_template=_REF)
    schemas: dict[str, Any] = made["$defs"]
    return schemas


def _operation(op: Operation) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": op.name,
        "tags": [op.group],
        "summary": (op.run.__doc__ or "").strip().splitlines()[0],
        "parameters": [*_path(op), *_query(op), *_headers(op)],
        "responses": {str(op.status): _answer(op.answer, "Done.", JSON)} | _refusals(op),
    }
    if op.body:
        said["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref(op.body)}}}
    return said


def _path(op: Operation) -> Iterable[dict[str, Any]]:
    if "{id}" in op.path:
        schema = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
        yield {"name": "id", "in": "path", "required": True, "schema": schema}


def _query(op: Operation) -> Iterable[dict[str, Any]]:
    if op.query is None:
        return
    for name, schema in op.query.model_json_schema()["properties"].items():
        yield {"name": name, "in": "query", "required": False, "schema": _present(schema)}


def _present(schema: dict[str, Any]) -> dict[str, Any]:
    """Of a value that an address names: it is never null there."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    shown: dict[str, Any] = kinds[0] | {
        key: value for key, value in schema.items() if key not in ("anyOf", "default")
    }
    return shown


def _headers(op: Operation) -> Iterable[dict[str, Any]]:
    if op.access != READ:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The same key and the same request: the first answer again, and one record.",
            "schema": {"type": "string", "maxLength": LONGEST_KEY, "pattern": f"^{KEY.pattern}$"},
        }


def _refusals(op: Operation) -> dict[str, Any]:
    left_out = _WRITES_ONLY if op.access == READ else ()
    known = (status for status in _REFUSALS if status not in left_out)
    return {str(status): {"$ref": f"#/components/responses/s{status}"} for status in known}


def _answer(model: type[BaseModel], text: str, media: str) -> dict[str, Any]:
    return {"description": text, "content": {media: {"schema": _ref(model)}}}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}
