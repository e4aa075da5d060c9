"""Values that nobody means and somebody sends: for every type that a command or a route takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

TEXTS = (
    "", " ", "\x00", "a\x00b", "\ud800", "\u202egnp.exe", "\u200b", "=1+1", "<script>alert(1)</script>",
    "'; DROP TABLE person; --", "{0}{name}%s%(x)s", "\r\nBcc: a@b.c", "../../etc/passwd", "💥" * 40,
    "长" * 20_000, "-1", "NaN", "1e999", "9" * 400, "\ufeff", "[x](javascript:alert(1))",
)  # fmt: skip
NUMBERS = (0, -1, 2**31, 2**63 - 1, 2**63, 2**70, -(2**63) - 1)
FLOATS = (0.0, -1.0, 1e308, float("nan"), float("inf"), float("-inf"), 1e-320)
AMOUNTS = (
    Decimal(0), Decimal(-1), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("1e30"),
    Decimal("1e-30"), Decimal("1e400"), Decimal("99999999999999999999.99999"),
)  # fmt: skip
DAYS = (date.min, date.max, date(1899, 12, 31), date(2024, 2, 29))
INSTANTS = (
    datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), datetime(1900, 1, 1, tzinfo=UTC),
)  # fmt: skip


_BY_TYPE: dict[type, tuple[Any, ...]] = {
    bool: (), str: TEXTS, int: NUMBERS, float: FLOATS, Decimal: AMOUNTS, datetime: INSTANTS, date: DAYS,
    time: (time.min, time.max), bytes: (b"\x00" * 9, b"MZ\x90", b"<svg onload=alert(1)>"),
}  # fmt: skip


def worse(value: Any) -> Iterator[Any]:
    """The same with one thing in it replaced by something nasty of its type."""
    if is_dataclass(value):
        yield from _parts(value)
    elif isinstance(value, tuple | list):
        yield from _longer(value)
    elif isinstance(value, dict):
        yield from _mapped(value)
    else:
        yield from _BY_TYPE.get(type(value), TEXTS if isinstance(value, str) else ())


def _longer(value: Any) -> Iterator[Any]:
    yield type(value)(())
    for number, item in enumerate(value):
        for bad in worse(item):
            yield type(value)([*value[:number], bad, *value[number + 1 :]])


def _mapped(value: Mapping[str, Any]) -> Iterator[Any]:
    plain = next(iter(value.values()), "x")
    yield from ({text: plain} for text in TEXTS[:9])
    for key, item in value.items():
        yield from (dict(value) | {key: bad} for bad in worse(item))


def _parts(value: Any) -> Iterator[Any]:
    for part in fields(value):
        yield from (_with(value, part.name, bad) for bad in worse(getattr(value, part.name)))


def _with(value: Any, name: str, bad: Any) -> Any:
    return replace(value, **{name: bad})
