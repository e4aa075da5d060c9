"""The file that is being brought in: what is kept of it between two runs, and how its parts are called."""

from dataclasses import dataclass, field

import streamlit as st

from components.blocks import plain
from components.text import explain, language, pair, t
from core.exchange.kinds import Kind
from core.exchange.tables import Table
from core.messages import Invalid, Problem
from data.text import has

MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
FILE, DONE, CHECKED = "exchange-file", "exchange-done", "exchange-checked"
KIND = "exchange-kind"
_OF_PEOPLE = ("users", "contacts")
HELD = "exchange-held"  # name and bytes of a file that is taken up again


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was read; `key` is the same for the same bytes, kind and sheet."""

    kind: Kind
    name: str
    key: str
    table: Table
    content: bytes = field(repr=False)


def kind_label(name: str) -> str:
    """A kind's name in the reader's language."""
    return t(f"exchange.kind.{name}")


def field_label(name: str, kind: Kind | None = None) -> str:
    """A field's name in the reader's language; the company's own fields are named by their kind's columns."""
    column = kind.column(name) if kind else None
    if column is not None and column.names:
        return column.names.get(language()) or name
    of_person = name == "name" and kind is not None and kind.name in _OF_PEOPLE
    key = "exchange.field.person_name" if of_person else f"exchange.field.{name}"
    return t(key) if has("en", key) else t(f"fields.{name}")


def say_why(error: Invalid, kind: Kind | None = None) -> None:
    """Why a file, or what was said of it, cannot be read: each problem with its field."""
    for problem in error.problems:
        if to_choose := _to_choose(problem, kind):
            st.error(plain(to_choose), icon=":material/error:")
        else:
            _say(_named(problem, kind))


def _to_choose(problem: Problem, kind: Kind | None) -> str:
    """Where to say what no column says, of a choice that is asked for once for every row."""
    column = kind.column(problem.field) if kind and problem.code == "missing_column" else None
    if column is None or not column.choices:
        return ""
    field = field_label(problem.field, kind)
    return t("exchange.choose_every_row", field=field, box=t("exchange.of_every_row", field=field))


def _say(problem: Problem) -> None:
    name = field_label(problem.field) if problem.field not in ("", "file", "mapping", "kind") else ""
    st.error(plain(pair(name, explain(problem)) if name else explain(problem)), icon=":material/error:")


def _named(problem: Problem, kind: Kind | None) -> Problem:
    """Columns that are missing, by the names that people see."""
    if problem.code != "missing_column":
        return problem
    fields = str(problem.params["value"]).split(" / ")
    return Problem("file", problem.code, {"value": " / ".join(field_label(f, kind) for f in fields)})
