"""What no database keeps and what nobody sees is taken out of a text before a command sees it.

One door for forms, API, offline visits and the command line; imports read their cells by rules of their own.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from math import isfinite
from typing import Any, TypeVar, cast

from core.exchange.cells import UNSEEN
from core.exchange.tables import Table
from core.messages import Invalid, Problem

MOST = 2**63 - 1  # of a whole number
MOST_AMOUNT = Decimal(10) ** 14  # of money; SQLite keeps it in whole ten-thousandths, up to MOST
_UNKEPT = re.compile("[\x00\ud800-\udfff]")  # the null character, and halves of characters
_UNWANTED = re.compile(f"[\x00\ud800-\udfff{''.join(map(chr, UNSEEN))}]")
_SECRETS = frozenset({"password", "old", "new"})  # compared sign by sign with what is typed at the door
T = TypeVar("T")


def storable(name: str, value: T) -> T:
    """A command's argument, with all that is in it.

    Args:
        name: its field, for what is said about it.

    >>> storable("note", "a\\x00b\\u200b"), storable("tags", ("x", "y"))
    ('ab', ('x', 'y'))

    Raises:
        Invalid: a number that is none, or that no database holds.
    """
    return cast(T, _looked_at(name, value))


def _looked_at(name: str, value: Any) -> Any:
    if isinstance(value, str):
        unwanted = _UNKEPT if name in _SECRETS else _UNWANTED
        return unwanted.sub("", value) if unwanted.search(value) else value
    if isinstance(value, int | float | Decimal):
        return _number(name, value)
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, list | tuple | set | frozenset):
        return _many(name, value)
    return _parts(value) if is_dataclass(value) and not isinstance(value, Table) else value


def _number(name: str, value: float | Decimal) -> float | Decimal:
    if isinstance(value, Decimal):
        fits = value.is_finite() and abs(value) < MOST_AMOUNT
    else:
        fits = isfinite(value) if isinstance(value, float) else -MOST <= value <= MOST
    if not fits:
        raise Invalid([Problem(name, "number_too_large")])
    return value


def _mapping(value: Mapping[Any, Any]) -> Mapping[Any, Any]:
    found = {_looked_at("", k): _looked_at(str(k), v) for k, v in value.items()}
    return value if _same(found.values(), value.values()) and _same(found, value) else found


def _many(name: str, value: Any) -> Any:
    found = [_looked_at(name, item) for item in value]
    return value if _same(found, value) else type(value)(found)


def _parts(value: Any) -> Any:
    told = {f.name: getattr(value, f.name) for f in fields(value) if f.init}
    found = {name: _looked_at(name, part) for name, part in told.items()}
    return value if _same(found.values(), told.values()) else replace(value, **found)


def _same(found: Iterable[Any], told: Iterable[Any]) -> bool:
    return all(a is b for a, b in zip(found, told, strict=True))
