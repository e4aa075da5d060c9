"""Values from cells: text, numbers, instants and choices, as people and spreadsheets write them."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from core.exchange.amounts import amount_of, unread
from core.exchange.cells import Formats, Wrong, fold, text_of
from core.exchange.dates import instant_of, moment
from core.exchange.kinds import Column, Holds
from core.exchange.tables import Cell
from core.messages import Problem

MAX_TEXT = 20_000
MAX_KEY = 500  # characters by which a record is found: PostgreSQL's indexes take 2,700 bytes
_KEYS = frozenset(("ref", "username", "team", "manager", "email", "pipeline", "stage", "opportunity"))
_PERSON = re.compile(r"\s*(.*?)\s*(?:[(（]([^()（）]*)[)）])?\s*")
_NOTED = re.compile(r"\s*(.*?)\s*[(（]([^()（）]*)[)）]\s*")
_BETWEEN = ("~", "～", "→", "–", "—", "至", " to ", "..")  # what stands between both ends of a span
Span = tuple[datetime, datetime | None, str, str]
_YES = ("true", "yes", "y", "1", "active", "employed", "enabled", "是", "在职", "启用")
_NO = ("false", "no", "n", "0", "inactive", "left", "disabled", "否", "离职", "停用")
_FLAGS = dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)


def parse(column: Column, cell: Cell, formats: Formats) -> Any:
    """The value of a filled cell, in the column's type.

    Raises:
        Wrong: it holds something else.
    """
    return _PARSERS[column.holds](column, cell, formats)


def check_cell(column: Column, cell: Cell, formats: Formats) -> Problem | None:
    """What is wrong with a cell; None when nothing is."""
    try:
        parse(column, cell, formats)
    except Wrong as wrong:
        return Problem(column.name, wrong.code, wrong.params)
    return None


def _text(column: Column, cell: Cell, formats: Formats) -> str:
    text = _fitting(text_of(cell), MAX_KEY if column.name in _KEYS else MAX_TEXT)
    return _word(column, text, formats) or text if column.area else text


def _stage(column: Column, cell: Cell, _: Formats) -> str:
    """The file's own word: what it means depends on the row's pipeline."""
    return _fitting(text_of(cell), MAX_KEY if column.name in _KEYS else MAX_TEXT)


def _fitting(text: str, most: int) -> str:
    if len(text) > most:
        raise Wrong("too_long", limit=most)
    return text


def _word(column: Column, text: str, formats: Formats) -> str | None:
    return formats.words.get(column.area, {}).get(fold(text))


def _choice(column: Column, cell: Cell, formats: Formats) -> str:
    text = text_of(cell)
    known = {fold(c): c for c in column.choices}
    named = column.choice_names or {}
    known |= {fold(name): key for key, by in named.items() for name in by.values()}
    chosen = known.get(fold(text)) or _word(column, text, formats)
    if chosen not in column.choices:
        raise Wrong("unknown_choice", value=text[:80])
    return str(chosen)


def _count(_: Column, cell: Cell, formats: Formats) -> int:
    """A whole number, as far as a column of the store holds one.

    >>> _count(Column("questions"), 2**31 - 1, Formats())
    2147483647
    >>> check_cell(Column("questions", Holds.COUNT), 2**31, Formats()).code
    'number_too_large'
    """
    number = amount_of(cell, formats)
    if number != int(number):
        raise unread(cell)
    if number < 0:
        raise Wrong("negative_number")
    if number >= 2**31:
        raise Wrong("number_too_large")
    return int(number)


def _date(_: Column, cell: Cell, formats: Formats) -> date:
    return moment(cell, formats).date()


def _flag(_: Column, cell: Cell, __: Formats) -> bool:
    text = text_of(cell)
    if (flag := _FLAGS.get(text.casefold())) is None:
        raise Wrong("unknown_choice", value=text[:80])
    return flag


def _list(column: Column, cell: Cell, formats: Formats) -> tuple[str, ...]:
    parts = (_fitting(p.strip(), MAX_KEY) for p in re.split(r"[;；|]", text_of(cell)))
    return tuple(dict.fromkeys(_word(column, p, formats) or p for p in parts if p))


def _people(column: Column, cell: Cell, formats: Formats) -> list[dict[str, str]]:
    text = text_of(cell)
    if text.startswith("["):
        return _people_in_json(text)
    people = []
    for part in re.split(r"[;；|]", text):
        if found := _PERSON.fullmatch(part):
            role = found[2] or ""
            known = _word(column, role, formats) or role.strip()
            people.append({"name": found[1], "role": known})
    return [p for p in people if p["name"] or p["role"]]


def _spans(_: Column, cell: Cell, formats: Formats) -> tuple[Span, ...]:
    text = text_of(cell)
    if text.startswith("["):
        return _spans_in_json(text, formats)
    parts = (part.strip() for part in re.split(r"[;；|]", text))
    return tuple(sorted((_span(part, formats) for part in parts if part), key=lambda span: span[0]))


def _span(text: str, formats: Formats) -> Span:
    found = _NOTED.fullmatch(text)
    said, reason = (found[1], found[2] or "") if found else (text, "")
    start, end = _ends(said)
    return instant_of(start, formats), instant_of(end, formats) if end else None, reason.strip(), ""


def _ends(text: str) -> tuple[str, str]:
    """Both ends of a span as text; a slash may also stand within its dates."""
    for sign in _BETWEEN:
        start, found, end = text.partition(sign)
        if found:
            return start.strip(), end.strip()
    places = [n for n, letter in enumerate(text) if letter == "/"]
    if len(places) % 2 == 0:
        raise Wrong("bad_span", value=text[:80])
    middle = places[len(places) // 2]
    return text[:middle].strip(), text[middle + 1 :].strip()


def _spans_in_json(text: str, formats: Formats) -> tuple[Span, ...]:
    try:
        kept = [(s["from"], s.get("to"), s.get("reason"), s.get("answer")) for s in json.loads(text)]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Wrong("bad_span", value=text[:80]) from None
    return tuple(
        (instant_of(a, formats), instant_of(b, formats) if b else None, str(asked or ""), str(answer or ""))
        for a, b, asked, answer in kept
    )


def _people_in_json(text: str) -> list[dict[str, str]]:
    try:
        return [{"name": str(p["name"]), "role": str(p["role"])} for p in json.loads(text)]
    except (ValueError, TypeError, KeyError):
        raise Wrong("unknown_choice", value=text[:80]) from None


_PARSERS: dict[Holds, Callable[[Column, Cell, Formats], Any]] = {
    Holds.TEXT: _text,
    Holds.COUNT: _count,
    Holds.AMOUNT: lambda column, cell, formats: amount_of(cell, formats, money=column.name == "amount"),
    Holds.DATE: _date,
    Holds.INSTANT: lambda _, cell, formats: instant_of(cell, formats),
    Holds.CHOICE: _choice,
    Holds.STAGE: _stage,
    Holds.FLAG: _flag,
    Holds.LIST: _list,
    Holds.PEOPLE: _people,
    Holds.SPANS: _spans,
}
