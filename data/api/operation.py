"""The registry: one operation is a method, an address, what it takes, what it answers, and the work."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.api import READ, WRITE
from core.messages import Invalid
from core.messages import Problem as Wrong
from data.api.shapes import Body, ListQuery, Query
from data.engine import Store
from data.queries.api_rows import Window


@dataclass(frozen=True, slots=True)
class Call:
    """One request, checked: who asks, what for, and the session in which all of it happens.

    Attributes:
        id: the record of the address; 0 where it names none.
        body, query: as the operation declares them.
    """

    store: Store
    session: Session
    who: Who
    id: int
    body: Any
    query: Any


Run = Callable[[Call], BaseModel]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a program can ask for.

    Attributes:
        group: the scope that a token needs; access: READ or WRITE of it.
        sees: the permission that a reader's role needs; a command checks its own.
        status: of a good answer.
    """

    method: str
    path: str
    run: Run
    group: str
    answer: type[BaseModel]
    body: type[Body] | None = None
    query: type[Query] | None = None
    sees: Permission | None = None
    status: int = 200

    @property
    def access(self) -> str:
        """What it needs of its group."""
        return READ if self.method == "GET" else WRITE

    @property
    def name(self) -> str:
        """Its id in the document."""
        return self.run.__name__


OPERATIONS: list[Operation] = []


def operation(
    method: str,
    path: str,
    group: str,
    answer: type[BaseModel],
    *,
    body: type[Body] | None = None,
    query: type[Query] | None = None,
    sees: Permission | None = None,
    status: int = 200,
) -> Callable[[Run], Run]:
    """Register the function below as an operation; its docstring is its description."""

    def register(run: Run) -> Run:
        OPERATIONS.append(Operation(method, path, run, group, answer, body, query, sees, status))
        return run

    return register


def window(query: ListQuery) -> Window:
    """The part of a list that a query asks for.

    Raises:
        Invalid: a cursor that no page gave.
    """
    return Window(_read(query.cursor) if query.cursor else 0, query.limit, query.updated_since)


def cut(rows: list[Row], limit: int) -> tuple[list[Row], str | None]:
    """A page without the row that only says that another page follows, and the cursor of that one."""
    if len(rows) <= limit:
        return rows, None
    last: Any = rows[limit - 1]
    return rows[:limit], base64.urlsafe_b64encode(f"id:{last.id}".encode()).decode().rstrip("=")


def _read(cursor: str) -> int:
    try:
        said = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        head, _, number = said.partition(":")
        if head == "id" and number.isdecimal() and len(number) < 17:
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise Invalid([Wrong("cursor", "bad_cursor")])
