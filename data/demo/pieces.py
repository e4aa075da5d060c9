"""Values of a row as patterns: ids of other records and amounts in them are put in anew for every copy.

Ids of a copy lie a whole number of strides above the first one's, table by table; so what points from one
record to another keeps pointing to it, also in JSON and in keys that are text.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

_MARK = re.compile(r'"?@(\w+):(-?[\w.+-]+)@"?')
_KEYS = {
    "customer_id": "customer",
    "opportunity_id": "opportunity",
    "owner_id": "person",
    "person_id": "person",
    "contact_id": "contact",
    "team_id": "team",
    "follows_id": "action",
    "next_step": "action",
    "called_off": "action",
    "demand_id": "demand",
    "feature_id": "feature",
    "amount": "sum",
}


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy to be made.

    Attributes:
        number: 0 is the first company itself.
        strides: by table how far its ids lie from those of the copy before.
        percent: what its amounts are of the first one's, in hundredths.
        shared: people whom all copies have in common.
    """

    number: int
    strides: Mapping[str, int]
    percent: int
    shared: frozenset[int]

    def id(self, table: str, of: int) -> int:
        """A record's id in this copy."""
        if table == "person" and of in self.shared:
            return of
        return of + self.number * self.strides[table]

    def amount(self, of: Any) -> Any:
        """An amount in this copy: whole ten-thousandths, or a Decimal of four places, rounded down."""
        if isinstance(of, int):
            return of * self.percent // 100
        return (of * self.percent / 100).quantize(Decimal("0.0001"), ROUND_DOWN)


Value = Callable[[Copy], Any]


def id_of(table: str, value: int) -> Value:
    """An id of a record that is copied."""
    return lambda copy: copy.id(table, value)


def amount(value: Any) -> Value:
    """An amount, as its database keeps it."""
    return lambda copy: copy.amount(value)


def json_text(text: str, **keys: str) -> Value | str:
    """JSON with ids and amounts in it; `keys` names further keys of it and what they hold."""
    kept = json.loads(text)
    marked = _marked(kept, _KEYS | keys)
    return text if marked == kept else marked_text(json.dumps(marked))


def marked_text(text: str) -> Value | str:
    """Text with marks `@table:id@`, `@sum:amount@`, `@part:number@` in it."""
    pieces = list(_split(text))
    if len(pieces) == 1:
        return text
    return lambda copy: "".join(p if isinstance(p, str) else _filled(copy, *p) for p in pieces)


def _split(text: str) -> Iterator[str | tuple[str, str]]:
    end = 0
    for found in _MARK.finditer(text):
        yield text[end : found.start()]
        yield found[1], found[2]
        end = found.end()
    yield text[end:]


def _filled(copy: Copy, kind: str, value: str) -> str:
    if kind == "sum":
        return f'"{(Decimal(value) * copy.percent / 100).normalize():f}"'
    if kind == "part":
        return repr(float(value) * copy.percent / 100)
    return str(copy.id(kind, int(value)))


def _marked(kept: Any, keys: Mapping[str, str], key: str = "") -> Any:
    if isinstance(kept, dict):
        return {k: _marked(v, keys, k) for k, v in kept.items()}
    if isinstance(kept, list):
        return [_marked(v, keys, key) for v in kept]
    mark = keys.get(key)
    if mark is None or kept in (None, "") or isinstance(kept, str) != (mark == "sum"):
        return kept
    return f"@{mark}:{kept}@"
