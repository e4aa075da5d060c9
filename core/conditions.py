"""Conditions over a record's fields: `budget is filled and (reaction = 'sceptical' or amount > 100000)`.

A tiny language of its own (PRODUCT.md F2), read into values and walked: nothing of it is ever executed.

    condition  = clause {"or" clause}          clause = part {"and" part}
    part       = "not" part | "(" condition ")" | test
    test       = NAME "is" ("empty" | "filled") | NAME OPERATOR (NAME | NUMBER | 'TEXT')
    OPERATOR   = "=" "!=" "<" "<=" ">" ">=" "contains"

Reading never raises: what cannot be read is a `Fault`. Comparing what cannot be compared is false.
"""

import operator
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from core.fields import is_empty

LONGEST = 300  # characters
DEEPEST = 12  # brackets and negations within one another
_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?\d{1,15}(?:\.\d{1,6})?)|(?P<text>'[^']*'|\"[^\"]*\"|“[^”]*”)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<sign><=|>=|!=|=|<|>|\(|\)))"
)
_WORDS = frozenset({"and", "or", "not", "is", "empty", "filled", "contains"})
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
OPERATORS = ("=", "!=", *_ORDER, "contains")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a condition cannot be read: a code under `problems.`, and the piece where it stops."""

    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """A field, by its key."""

    key: str


@dataclass(frozen=True, slots=True)
class Compare:
    """A field held against a number, a text or another field."""

    left: Name
    sign: str
    right: Name | Decimal | str


@dataclass(frozen=True, slots=True)
class Filled:
    """Whether a field holds anything."""

    name: Name
    wanted: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Both:
    """Every part, when `all_`; else at least one."""

    parts: tuple["Condition", ...]
    all_: bool


Condition = Compare | Filled | Not | Both


@lru_cache(1000)  # a rule is asked of each customer
def read(text: str) -> Condition | Fault:
    """A condition from its text.

    >>> read("budget is empty")
    Filled(name=Name(key='budget'), wanted=False)
    >>> read("__import__('os')")
    Fault(code='condition_unreadable', value="('os')")
    """
    if len(text) > LONGEST:
        return Fault("condition_too_long", str(LONGEST))
    try:
        reader = _Reader(unicodedata.normalize("NFKC", text))
        found = reader.condition(0)
        reader.end()
    except _Stopped as stopped:
        return stopped.fault
    return found


def names(condition: Condition) -> frozenset[str]:
    """Keys of all fields that a condition reads."""
    match condition:
        case Filled(name):
            return frozenset({name.key})
        case Compare(left, _, right):
            return frozenset({left.key} | ({right.key} if isinstance(right, Name) else set()))
        case Not(part):
            return names(part)
        case Both(parts):
            return frozenset[str]().union(*map(names, parts))


def holds(condition: Condition, values: Mapping[str, Any]) -> bool:
    """Whether a condition holds over a record's values; total, whatever they are.

    >>> holds(read("amount >= 100 and not role = 'user'"), {"amount": Decimal(100), "role": "buyer"})
    True
    """
    match condition:
        case Filled(name, wanted):
            return is_empty(values.get(name.key)) is not wanted
        case Not(part):
            return not holds(part, values)
        case Both(parts, all_):
            found = (holds(part, values) for part in parts)
            return all(found) if all_ else any(found)
        case Compare(left, sign, right):
            other = values.get(right.key) if isinstance(right, Name) else right
            return _compare(values.get(left.key), sign, other)


def _compare(left: Any, sign: str, right: Any) -> bool:
    if is_empty(left) or is_empty(right):
        return False
    if sign == "contains":
        return str(right).casefold() in _said(left)
    a, b = _alike(left, right)
    if sign in ("=", "!="):
        return (a == b) is (sign == "=")
    return type(a) is type(b) and isinstance(a, Decimal | date | str) and _ORDER[sign](a, b)


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Both sides in one type where there is one: numbers, days, else texts as they are."""
    a, b = _bare(left), _bare(right)
    if isinstance(a, date) or isinstance(b, date):
        return _day(a), _day(b)
    return a, b


def _bare(value: Any) -> Any:
    """A value without its dress: money's amount, a person's or customer's name, numbers as Decimal."""
    if isinstance(value, Mapping):
        return _bare(value.get("amount")) if "amount" in value else value.get("name")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    return value


def _day(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _said(value: Any) -> str:
    """A value as text to search: people by their names."""
    many = value if isinstance(value, list | tuple) else [value]
    return " ".join(str(_bare(one)) for one in many).casefold()


class _Stopped(Exception):
    def __init__(self, code: str, value: str) -> None:
        self.fault = Fault(code, value)
        super().__init__(code)


class _Reader:
    """Reads tokens from left to right; each method eats one rule of the grammar."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0

    def condition(self, depth: int) -> Condition:
        return self._joined("or", depth, lambda d: self._joined("and", d, self._part))

    def end(self) -> None:
        if self.text[self.place :].strip():
            self._stop()

    def _joined(self, word: str, depth: int, part: Callable[[int], Condition]) -> Condition:
        parts = [part(depth)]
        while self._eat(word):
            parts.append(part(depth))
        return parts[0] if len(parts) == 1 else Both(tuple(parts), all_=word == "and")

    def _part(self, depth: int) -> Condition:
        if depth >= DEEPEST:
            raise _Stopped("condition_too_deep", str(DEEPEST))
        if self._eat("not"):
            return Not(self._part(depth + 1))
        if self._eat("("):
            inside = self.condition(depth + 1)
            if not self._eat(")"):
                self._stop()
            return inside
        return self._test()

    def _test(self) -> Condition:
        kind, word = self._next()
        if kind != "name" or word in _WORDS:
            self._stop()
        self._take()
        if self._eat("is"):
            wanted = self._eat("filled")
            if not wanted and not self._eat("empty"):
                self._stop()
            return Filled(Name(word), wanted)
        sign = next((s for s in OPERATORS if self._eat(s)), "")
        return Compare(Name(word), sign, self._operand()) if sign else self._stop()

    def _operand(self) -> Name | Decimal | str:
        kind, word = self._next()
        if kind in ("", "sign") or word in _WORDS:
            self._stop()
        self._take()
        match kind:
            case "number":
                return Decimal(word)
            case "text":
                return word[1:-1]
            case _:
                return Name(word)

    def _next(self) -> tuple[str, str]:
        found = _TOKEN.match(self.text, self.place)
        return (str(found.lastgroup), found[str(found.lastgroup)]) if found else ("", "")

    def _take(self) -> None:
        found = _TOKEN.match(self.text, self.place)
        self.place = found.end() if found else self.place

    def _eat(self, word: str) -> bool:
        kind, found = self._next()
        if kind not in ("name", "sign") or found != word:
            return False
        self._take()
        return True

    def _stop(self) -> Any:
        rest = self.text[self.place :].strip()
        raise _Stopped("condition_unreadable" if rest else "condition_unfinished", rest[:40])
