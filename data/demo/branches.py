"""A company a hundred times as large: the demo company's teams once more, as branches of their own.

The first company is written through the commands; a branch is its records again, with other people, other
customers' names and other amounts, written in bulk. So every rule that held for the first holds for each
branch, and one table of it is to another as in the first.
"""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from random import Random
from typing import Any

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from core.terms import Role
from data.bulk import Raw, raw_rows, write_raw
from data.demo.pieces import Copy, Value, amount, id_of, json_text, marked_text
from data.demo.texts import words
from data.schema import Audit, Base, Person
from data.schema.types import Amount, Json

TABLES = (
    "team",
    "person",
    "customer",
    "contact",
    "customer_tag",
    "opportunity",
    "opportunity_change",
    "action",
    "stage_event",
    "alert",
    "interaction",
    "signal",
    "feature",
    "planned_date",
    "demand",
    "demand_pause",
    "promise",
    "promised_date",
    "customer_delivery",
    "acceptance_link",
    "acceptance_answer",
    "store_request",
    "usage_day",
    "forecast_line",
    "forecast_win",
    "forecast_decision",
    "customer_state",
    "opportunity_state",
)
_POINTS = {  # to a record, without a foreign key that says so
    ("opportunity_state", "run_started_by"): "action",
    ("opportunity_state", "next_step_id"): "action",
    ("customer_state", "last_action_id"): "action",
}
_ENTITIES = {"customer_tags": "customer", "delivery": "customer_delivery"}  # an audit's word for a table
_PERCENTS = (60, 70, 75, 80, 85, 90, 95, 105, 110, 120, 130, 150, 170)
_TELL = 5_000  # rows
_SHARED = (Role.ADMIN, Role.DIRECTOR)

Progress = Callable[[float], None]
Values = list[tuple[int, Value]]


def percents(branches: int, seed: int) -> list[int]:
    """What the amounts of the company and of each of its branches are of the company's, in hundredths."""
    rng = Random(seed)
    return [100, *(rng.choice(_PERCENTS) for _ in range(branches))]


def branch_out(session: Session, branches: int, seed: int, progress: Progress = lambda share: None) -> None:
    """Write the company's records so many times more.

    Args:
        progress: hears the share that is done, 0–1.

    Runs of forecasts stay what they are: they were written for the whole company (`data.demo.forecasts`).
    """
    session.flush()
    connection = session.connection()
    shared = frozenset(session.scalars(select(Person.id).where(Person.role.in_(_SHARED))))
    tables = [Base.metadata.tables[name] for name in TABLES]
    kept = {table.name: raw_rows(connection, table) for table in tables}
    strides = {table.name: _stride(table, kept[table.name]) for table in tables}
    copies = [Copy(n, strides, percent, shared) for n, percent in enumerate(percents(branches, seed))]
    audit = Base.metadata.tables["audit"]
    told = raw_rows(connection, audit)
    count = _Count(progress, branches * sum(map(len, kept.values())) + (branches + 1) * len(told))
    for table in tables:
        write_raw(connection, table, count(_rows(table, kept[table.name], copies[1:], seed)))
    connection.execute(delete(Audit))  # it is read in the order of its ids, so all of it is written in that
    write_raw(connection, audit, count(_audit_rows(audit, told, copies)))
    progress(1.0)


class _Count:
    """Counts rows as they pass, and tells the share that is done."""

    def __init__(self, progress: Progress, whole: int) -> None:
        self._progress, self._whole, self._done = progress, whole, 0

    def __call__(self, rows: Iterable[Raw]) -> Iterator[Raw]:
        for row in rows:
            self._done += 1
            if self._done % _TELL == 0:
                self._progress(min(self._done / self._whole, 1.0))
            yield row


def _stride(table: Table, rows: list[Raw]) -> int:
    place = list(table.columns.keys()).index("id") if "id" in table.columns else 0
    return max((row[place] for row in rows), default=0)


def _rows(table: Table, rows: list[Raw], copies: list[Copy], seed: int) -> Iterator[Raw]:
    """Each row once for every copy; the copies' rows stay together."""
    drawn = [(row, _values(table, row, seed)) for row in rows if not _is_shared(table, row, copies)]
    for copy in copies:
        for row, values in drawn:
            made = list(row)
            for place, value in values:
                made[place] = value(copy)
            yield made


def _is_shared(table: Table, row: Raw, copies: list[Copy]) -> bool:
    at = {"person": "id", "usage_day": "person_id"}.get(table.name)
    return at is not None and row[list(table.columns.keys()).index(at)] in copies[0].shared


def _values(table: Table, row: Raw, seed: int) -> Values:
    """What is new in a copy of a row, by its place."""
    named = dict(zip(table.columns.keys(), row, strict=True))
    own = _own(table.name, named, seed)
    found: Values = []
    for place, column in enumerate(table.columns):
        value = own.get(column.name) or _usual(table, column.name, named[column.name])
        if callable(value):
            found.append((place, value))
    return found


def _usual(table: Table, name: str, value: Any) -> Value | str | None:
    column = table.columns[name]
    target = _POINTS.get((table.name, name)) or next((f.column.table.name for f in column.foreign_keys), "")
    if value is None:
        return None
    if name == "id" or target in TABLES:
        return id_of(table.name if name == "id" else target, value)
    if isinstance(column.type, Amount):
        return amount(value)
    if name == "ref":
        return lambda copy: f"{value}#{copy.number}"
    return json_text(value) if isinstance(column.type, type(Json)) else None


def _own(table: str, row: dict[str, Any], seed: int) -> dict[str, Value | str]:
    """What each sort of record has of its own."""
    maker = _MAKERS.get(table)
    return maker(row, seed) if maker else {}


def _team(row: dict[str, Any], _: int) -> dict[str, Value | str]:
    return {"name": lambda copy: f"{row['name']} {copy.number + 1}"}


def _person(row: dict[str, Any], seed: int) -> dict[str, Value | str]:
    def name(copy: Copy) -> str:
        names, rng = words("names"), Random(f"{seed}:{copy.number}:{row['id']}")
        return "".join(rng.choice(names[part])[0] for part in ("surnames", "given"))

    username = row["username"]
    return {
        "name": name,
        "username": lambda copy: f"{username}.{copy.number + 1}",
        "email": lambda copy: f"{username}.{copy.number + 1}@yunqi.example",
        "password_hash": lambda copy: None,
    }


def _customer(row: dict[str, Any], _: int) -> dict[str, Value | str]:
    name, latin = row["name"], row["name"].isascii()
    return {"name": lambda copy: f"{name}, branch {copy.number}" if latin else f"{name}第{copy.number}分公司"}


def _change(row: dict[str, Any], _: int) -> dict[str, Value | str]:
    mark = {"amount": "sum", "owner_id": "person"}.get(row["field"])
    if mark is None:
        return {}
    both = {side: row[side] for side in ("before", "after") if row[side] not in (None, "null")}
    return {side: marked_text(f'"@{mark}:{value.strip(chr(34))}@"') for side, value in both.items()}


def _alert(row: dict[str, Any], _: int) -> dict[str, Value | str]:
    rule, _of, *rest = row["key"].split(":")
    cause = f"@action:{rest[0]}@" if len(rest) == 1 and rest[0].isdigit() else ":".join(rest)
    key = ":".join([rule, f"@opportunity:{row['opportunity_id']}@", *([cause] if rest else [])])
    return {"key": marked_text(key), "params": json_text(row["params"])}


def _link(row: dict[str, Any], _: int) -> dict[str, Value | str]:
    return {"token_hash": lambda copy: sha256(f"{copy.number}:{row['token_hash']}".encode()).hexdigest()}


def _line(row: dict[str, Any], _: int) -> dict[str, Value | str]:
    return {"factors": row["factors"], "reasons": json_text(row["reasons"], value="part")}


_MAKERS: dict[str, Callable[[dict[str, Any], int], dict[str, Value | str]]] = {
    "team": _team,
    "person": _person,
    "customer": _customer,
    "opportunity_change": _change,
    "alert": _alert,
    "acceptance_link": _link,
    "forecast_line": _line,
}


def _audit_rows(table: Table, rows: list[Raw], copies: list[Copy]) -> Iterator[Raw]:
    """The audit of all copies by the time of each row: one command of the first, then the copies' of it."""
    of = {name: place for place, name in enumerate(table.columns.keys())}
    for row in rows:
        word: str = row[of["entity"]]
        entity = _ENTITIES.get(word, word)
        told = {side: row[of[side]] and json_text(row[of[side]], id=entity) for side in ("before", "after")}
        alone = entity not in TABLES or (entity == "person" and row[of["entity_id"]] in copies[0].shared)
        for copy in copies[:1] if alone else copies:
            made = list(row)
            for side, value in told.items():
                made[of[side]] = value(copy) if callable(value) else value
            made[of["id"]] = (row[of["id"]] - 1) * len(copies) + copy.number + 1
            if (undone := row[of["undoes_id"]]) is not None:
                made[of["undoes_id"]] = (undone - 1) * len(copies) + copy.number + 1
            if entity in TABLES:
                made[of["entity_id"]] = copy.id(entity, row[of["entity_id"]])
            if (actor := row[of["actor_id"]]) is not None:
                made[of["actor_id"]] = copy.id("person", actor)
            yield made
