"""Every query × whoever does not reach a record: nothing of another team's comes out of it.

The rows come from the modules: a public function that takes a session and a person is in it by itself. It
is asked with the other team's ids; what it answers to people of ours must hold none of that team's words.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import data.queries
from core.access import Who
from core.messages import AppError
from core.reports.catalogue import METRICS, Dimension, Grain
from data.engine import Store
from data.queries.metrics import report
from data.schema import Action, Base, Contact, Customer, Demand, Opportunity, Promise, Signal
from tests.conftest import NOON
from tests.guesses import guessed
from tests.strangers import MARK, World, strangers

Query = Callable[..., Any]
# What is everybody's who may ask at all; why.
SHARED = {
    "business_events.business_events": "the calendar is the company's: every team's forecasts read it",
    "followed.followed": "tells of the same events",
    "schedule.feature_file": "the schedule is one for all: every rep sees what is planned",
    "coaching.coaches": "names of those to whom a task may be given",
    "recordings.transcript": "named by the hash of its sound, which a page has from a record within reach",
}
# Modules of queries that answer a role about every team, by its grants.
SEES_ALL = {
    "rep": set(),
    "manager": set(),
    "keeper": set(),
    "product": {"api_rows", "collaboration", "deliveries", "delivery_file", "demand_file", "demand_files",
                "demands", "feature_holders", "promise_board", "promise_file", "promises", "schedule",
                "store_requests", "today"},
    "delivery": {"api_rows", "deliveries", "delivery_file", "demand_file", "demand_files", "demands",
                 "feature_holders", "promise_board", "promise_file", "promises", "schedule", "today"},
    "admin": {"api_rows", "api_tokens", "audit", "audit_log", "calendars", "channels", "customer_file",
              "customers", "exchange", "health", "home_preview", "jobs", "leaving", "milestones", "operator",
              "opportunity_cards", "people", "personal", "reports", "studio", "timeline", "webhooks"},
}  # fmt: skip


def test_nothing_of_theirs_comes_out_of_any_query(sqlite_store):
    world, wrong = strangers(sqlite_store), []
    for role, all_ in SEES_ALL.items():
        who = world.ours.keeper if role == "keeper" else getattr(world.company, role)
        for name, answer in _answers(sqlite_store, who, world.theirs):
            if MARK in answer and name not in SHARED and name.split(".")[0] not in all_:
                wrong.append(f"{role} {name}: {_around(answer)}")
    assert not wrong, "\n".join(wrong)


def test_what_is_theirs_comes_out_to_their_own_manager(sqlite_store):
    """Or the silence towards others would prove nothing."""
    world = strangers(sqlite_store)
    answers = _answers(sqlite_store, world.theirs.manager, world.theirs)
    theirs = {name for name, answer in answers if MARK in answer}
    assert len(theirs) > 40
    some = {"customer_file.customer_file", "demand_file.demand_file", "timeline.timeline", "api_rows.one"}
    assert some <= theirs


def test_lists_of_exceptions_name_queries_that_there_are():
    assert set(SHARED) <= set(QUERIES)
    assert {m for all_ in SEES_ALL.values() for m in all_} <= {name.split(".")[0] for name in QUERIES}


def _around(text: str) -> str:
    at = text.index(MARK)
    return text[max(0, at - 120) : at + 80]


def _everything() -> dict[str, Query]:
    """Every public query of a session and a person, by module and name."""
    found = {}
    for module in pkgutil.walk_packages(data.queries.__path__, "data.queries."):
        for name, query in vars(importlib.import_module(module.name)).items():
            mine = inspect.isfunction(query) and query.__module__ == module.name and not name.startswith("_")
            if mine and list(inspect.signature(query).parameters)[:2] == ["session", "who"]:
                found[f"{module.name.removeprefix('data.queries.')}.{name}"] = query
    return found


QUERIES = _everything()


def _answers(store: Store, who: Who, asked: World) -> Iterator[tuple[str, str]]:
    """What each query says to somebody who asks for a world's ids; what it refuses is left out."""
    with store.reading() as session:
        ask = report.asked(session, who, NOON, report.Narrow("month", "firebreak"))
        for name, query in QUERIES.items():
            given = {"now": NOON} | (
                ({"ask": ask} | ONE if name.startswith("metrics.") else {}) | GIVEN.get(name, {})
            )
            for more in _asked(name, asked):
                try:
                    told = query(session, who, **guessed(query, asked.ids, given | more, skip=2))
                except AppError:
                    continue
                except (KeyError, TypeError):  # a report kept as JSON was reached, and is none
                    told = f"{MARK}: reached"
                yield name, _words(told)


def _asked(name: str, asked: World) -> list[dict[str, Any]]:
    """Further arguments: a query of any table is asked for each."""
    if name not in OF_TABLES:
        return [{}]
    return [{"table": table, "row_id": asked.ids[table.__tablename__]} for table in TABLES]


def _words(told: Any) -> str:
    if isinstance(told, Base):
        return repr({c.name: getattr(told, c.name) for c in told.__table__.columns})
    return " ".join(map(_words, told)) if isinstance(told, list | tuple) else repr(told)


TABLES = (Action, Contact, Customer, Demand, Opportunity, Promise, Signal)
OF_TABLES = ("api_rows.one", "api_rows.page")
ONE = {"metric": METRICS["open_amount"], "dimension": Dimension.REP}
GIVEN: dict[str, dict[str, Any]] = {
    "metrics.source.facts": {"grain": Grain.DEMAND},
    "feature_holders.holders": {"features": None},
    "board_flow.weeks": {"starts": (NOON - timedelta(days=7), NOON)},
    "timeline.timeline": {"kind": None, "opportunity": None, "jump_to": None},
    "timeline.room_timeline": {"jump_to": None},
}
