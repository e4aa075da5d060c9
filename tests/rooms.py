"""A room in a test company: its customer carries three high-value tags, its manager opens it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import func, select

from core.access import Who
from core.messages import AppError
from core.terms import HIGH_VALUE_TAGS, Role
from data.commands.customers import tag_customer
from data.commands.room_work import add_task
from data.commands.rooms import open_room
from data.engine import Store
from data.queries.inbox import inbox
from data.queries.room_file import RoomFile, room_file
from data.schema import Base, Person
from tests.company import Company

Call = Callable[[], object]


def tagged(
    store: Store, company: Company, count: int = 3, *, by: Who | None = None, customer: int | None = None
) -> int:
    """A customer, the rep's unless another is named, with so many high-value tags."""
    return tag_customer(store, by or company.rep, customer or company.customer, HIGH_VALUE_TAGS[:count])


def room_of(store: Store, company: Company, by: Who | None = None) -> int:
    """A room on the rep's customer, opened by its manager unless somebody else is named."""
    tagged(store, company)
    return open_room(store, by or company.manager, company.customer)


def joined(store: Store, name: str, role: Role, team_id: int | None = None, *, active: bool = True) -> Who:
    """One more person of the company."""
    with store.writing() as session:
        row = Person(
            username=name,
            name=name.title(),
            role=role,
            team_id=team_id,
            active=active,
            created_at=store.clock(),
        )
        session.add(row)
        session.flush()
        return Who(row.id, role, team_id, row.name)


def seen(store: Store, who: Who, room: int) -> RoomFile:
    """A room as somebody sees it."""
    with store.reading() as session:
        return room_file(session, who, room)


def told(store: Store, who: Who) -> list[str]:
    """The kinds of somebody's unread notices, the oldest first."""
    with store.reading() as session:
        return [m.kind for m in inbox(session, who).messages if not m.read][::-1]


def count(store: Store, table: type[Base]) -> int:
    """How many rows a table has."""
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def task_for(
    store: Store, company: Company, room: int, owner: Who, text: str = "Ask for the ERP's interfaces"
) -> int:
    """A task that the manager gives somebody until tomorrow."""
    due = store.clock() + timedelta(days=1)
    return add_task(store, company.manager, room, text, owner.person_id, due)


def at_once(*calls: Call) -> list[object]:
    """What each call returned or raised, all begun together."""
    with ThreadPoolExecutor(len(calls)) as hands:
        return list(hands.map(_outcome, calls))


def meanwhile(monkeypatch: pytest.MonkeyPatch, where: str, first: Call, second: Call) -> list[object]:
    """What both calls returned or raised, the second begun while the first is just about to call `where`.

    The first goes on when the second is done, or after a moment where the second has to wait for it.
    """
    hands, begun, untouched = ThreadPoolExecutor(1), list[Future[object]](), iter([True])
    module, _, name = where.rpartition(".")
    real = getattr(import_module(module), name)

    def held(*args: object, **more: object) -> object:
        if next(untouched, False):
            begun.append(hands.submit(_outcome, second))
            wait(begun, timeout=2)
        return real(*args, **more)

    monkeypatch.setattr(where, held)
    with hands:
        return [_outcome(first), begun[0].result()]


def _outcome(call: Call) -> object:
    try:
        return call()
    except AppError as error:
        return error
