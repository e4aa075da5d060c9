"""What an import is going to write, worked out before anything is written: so a dry run is the run."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.exchange.mapping import FileMapping
from core.exchange.rows import Record, Rejection
from core.messages import Problem
from core.policies import Policy
from data.schema import Base
from data.schema.types import Many, among


@dataclass(frozen=True, slots=True)
class Update:
    """A stored record that the import changes; only the changed columns."""

    table: type[Base]
    id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


Read = tuple[str, int, str]  # a table's name, a row's id, a column of it


@dataclass(slots=True)
class Plan:
    """Everything that one import will do.

    Attributes:
        reserve: take ids from PostgreSQL's sequences; a dry run only counts on from the highest.
        inserts: rows to be written per table, each with its id.
        opportunities, customers: whose projections the import touches.
        heard: customers who were heard of, or no more: whether they are silent is asked again.
        line: of the row that is planned now.
        without_customer: lines of opportunities that the file gives no customer, and that have none.
        namesakes: lines of new customers with the name of another, stored or of an earlier line.
        since_unsaid: lines of open opportunities whose stage the file names without saying since when.
        role_unsaid: lines of new people whose role the file does not say.
        owner_out: lines of customers and open opportunities whose owner is locked out.
        closes_early: lines of opportunities that are expected to close before they were opened.
        rests_on: what is changed, with its value so far and the line of the first row that changes it.
    """

    session: Session
    mapping: FileMapping
    policy: Policy
    now: datetime
    reserve: bool = False
    accepted: int = 0
    updated: int = 0
    duplicates: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    inserts: dict[type[Base], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    updates: list[Update] = field(default_factory=list)
    opportunities: set[int] = field(default_factory=set)
    customers: set[int] = field(default_factory=set)
    heard: set[int] = field(default_factory=set)
    line: int = 0
    without_customer: list[int] = field(default_factory=list)
    namesakes: list[int] = field(default_factory=list)
    since_unsaid: list[int] = field(default_factory=list)
    role_unsaid: list[int] = field(default_factory=list)
    owner_out: list[int] = field(default_factory=list)
    closes_early: list[int] = field(default_factory=list)
    rests_on: dict[Read, tuple[Any, int]] = field(default_factory=dict)
    _made: set[tuple[type[Base], int]] = field(default_factory=set)
    _ids: dict[type[Base], Iterator[int]] = field(default_factory=dict)

    def new_id(self, table: type[Base]) -> int:
        """The next free id of a table."""
        if table not in self._ids:
            self._ids[table] = self._sequence(table) if self._has_sequences() else self._count_on(table)
        made = next(self._ids[table])
        self._made.add((table, made))
        return made

    def each(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records in turn; what is planned meanwhile is known to be theirs."""
        for record in records:
            self.line = record.line
            yield record

    def add(self, table: type[Base], **values: Any) -> int:
        """Plan a new row; returns the id that it will have."""
        row_id: int = values["id"] if "id" in values else self.new_id(table)
        values["id"] = row_id
        self.inserts[table].append(values)
        return row_id

    def add_link(self, table: type[Base], **values: Any) -> None:
        """Plan a row of a table without an id of its own."""
        self.inserts[table].append(values)

    def reject(self, record: Record, problems: Collection[Problem]) -> None:
        """Refuse a row."""
        self.rejected.append(Rejection(record.line, tuple(problems)))

    def settle(self, table: type[Base], stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
        """Hold a row against the stored record: a duplicate, or an update of what differs.

        Returns:
            Whether it is an update.
        """
        changed = {k: v for k, v in wanted.items() if stored[k] != v}
        if not changed:
            self.duplicates += 1
            return False
        self.updated += 1
        self.change(table, stored, changed)
        return True

    def change(self, table: type[Base], stored: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
        """Plan a change of a stored record."""
        for column in changed:
            self.rest_on(table, stored["id"], column, stored[column])
        self.updates.append(Update(table, stored["id"], {k: stored[k] for k in changed}, changed))

    def rest_on(self, table: type[Base], row_id: int, column: str, value: Any) -> None:
        """Remember what stands where something is changed; the column may be one of another table's rows."""
        if (table, row_id) not in self._made:
            self.rests_on.setdefault((table.__tablename__, row_id, column), (value, self.line))

    def _has_sequences(self) -> bool:
        return self.reserve and self.session.get_bind().dialect.name == "postgresql"

    def _count_on(self, table: type[Base]) -> Iterator[int]:
        key = table.__table__.c["id"]
        number = self.session.scalar(select(func.max(key))) or 0
        while True:
            number += 1
            yield number

    def _sequence(self, table: type[Base]) -> Iterator[int]:
        query = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, 1000)")
        while True:
            yield from self.session.scalars(query, {"name": table.__tablename__}).all()


def fetch(
    session: Session,
    query: Select[*tuple[Any, ...]],
    column: ColumnElement[Any] | InstrumentedAttribute[Any],
    values: Collection[Any],
) -> Iterator[dict[str, Any]]:
    """Rows of `query` whose `column` is among many values: one statement, which carries them as one."""
    if values:
        chosen = query.where(among(column, bindparam(None, values, type_=Many(column.type))))
        yield from map(dict, session.execute(chosen).mappings())


def words(records: Collection[Record], column: str) -> set[str]:
    """What the records say in a column."""
    return {v for r in records if (v := r.get(column)) is not None}
