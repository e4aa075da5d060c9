"""JSON that a schema allows, and JSON that it nearly allows, for Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

TEXT = st.text(max_size=12) | st.sampled_from(
    ["", " ", "\x00", "2026-03-05T10:00:00+08:00", "CNY", "中文", "x" * 5000]
)
NUMBERS = st.integers(-3, 12) | st.sampled_from([2**53, 2**70, 1.5, -0.0, 1e300])
JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_FORMATS = {
    "date": ["2026-03-04", "2026-05-01", "1900-01-01", "2200-12-31"],
    "date-time": [
        "2026-03-04T02:00:00Z",
        "2026-03-04T11:00:00+08:00",
        "2026-03-09T01:00:00Z",
        "1900-01-01T00:00:00Z",
    ],
}


def allowed(schema: dict[str, Any], root: dict[str, Any]) -> st.SearchStrategy[Any]:
    """What a schema of the document `root` allows, and now and then something else."""
    return st.integers(0, 24).flatmap(lambda n: JUNK if n == 0 else _exactly(schema, root))


def _exactly(schema: dict[str, Any], root: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _exactly(root["components"]["schemas"][schema["$ref"].rpartition("/")[2]], root)
    if "anyOf" in schema:
        return st.one_of(*(_exactly(one, root) for one in schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return _KINDS[schema.get("type", "any")](schema, root)


def _object(schema: dict[str, Any], root: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "properties" not in schema:
        return st.dictionaries(
            st.sampled_from(["purpose", "place", "quote", "attendees", "terms", "x"]), JUNK, max_size=4
        )
    parts = {name: allowed(one, root) for name, one in schema["properties"].items()}
    needed = {name: parts.pop(name) for name in schema.get("required", ())}
    return st.fixed_dictionaries(needed, optional=parts)


def _string(schema: dict[str, Any], root: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "format" in schema:
        return st.sampled_from(_FORMATS[schema["format"]])
    if "pattern" in schema:
        return st.sampled_from(["CNY", "USD", "crm:1", "crm:2"])
    return st.text(min_size=schema.get("minLength", 0), max_size=12) | st.just("They want the offer.")


_KINDS: dict[str, Any] = {
    "object": _object,
    "string": _string,
    "array": lambda s, root: st.lists(allowed(s["items"], root), min_size=s.get("minItems", 0), max_size=3),
    "integer": lambda s, root: st.integers(max(s.get("minimum", 1), 1), 4),
    "number": lambda s, root: st.floats(-10, 1000, allow_nan=False),
    "boolean": lambda s, root: st.booleans(),
    "null": lambda s, root: st.none(),
    "any": lambda s, root: JUNK,
}
