"""Rows of signals: what is told about a customer, or about one opportunity of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.exchange.rows import Record
from core.messages import Problem
from core.signals import SignalInput, check_signal
from data.exchange.lookups import Named, table_row
from data.exchange.plan import Plan, fetch, words
from data.schema import Customer, Opportunity, Signal

_OWN = ("ref", "kind", "happened_at", "source", "note")


def plan_signals(plan: Plan, records: Sequence[Record]) -> None:
    """Plan every row. A row that names only an opportunity is about that opportunity's customer."""
    planner = _Signals(plan, records)
    for record in plan.each(records):
        planner.row(record)


class _Signals:
    def __init__(self, plan: Plan, records: Sequence[Record]) -> None:
        self.plan = plan
        self.customers = Named(plan, Customer, words(records, "customer"))
        self.opportunities = Named(plan, Opportunity, words(records, "opportunity"))
        self.refs: dict[str, Mapping[str, Any]] = {}
        self.moments: dict[tuple[Any, ...], Mapping[str, Any]] = {}
        query = select(*Signal.__table__.columns)
        living = query.where(Signal.voided_at.is_(None))
        concerned = {*self.customers.rows} | {o["customer_id"] for o in self.opportunities.rows.values()}
        for row in fetch(plan.session, living, Signal.customer_id, concerned - {None}):
            self.moments.setdefault(_moment(row), row)
        for row in fetch(plan.session, query, Signal.ref, words(records, "ref")):
            self.refs[row["ref"]] = row

    def row(self, record: Record) -> None:
        plan, problems = self.plan, list[Problem]()
        wanted = self._wanted(record, problems)
        said = SignalInput(
            wanted.get("kind", ""),
            wanted.get("happened_at"),
            value=wanted.get("value"),
            source=wanted.get("source") or "",
            note=wanted.get("note") or "",
        )
        problems += check_signal(said, plan.now)
        if (record.get("recorded_at") or plan.now) > plan.now:
            problems.append(Problem("recorded_at", "instant_in_future"))
        if problems:
            plan.reject(record, problems)
            return
        stored = self.refs.get(wanted["ref"]) if wanted.get("ref") else self.moments.get(_moment(wanted))
        if stored:
            if plan.settle(Signal, stored, wanted):
                plan.heard |= {stored["customer_id"], wanted["customer_id"]}
            return
        plan.heard.add(wanted["customer_id"])
        recorded = record.get("recorded_at") or wanted["happened_at"]
        fresh = table_row(Signal, {"source": "", "note": ""} | wanted) | {"recorded_at": recorded}
        plan.add(Signal, **(fresh | {"id": plan.new_id(Signal)}))
        plan.accepted += 1

    def _wanted(self, record: Record, problems: list[Problem]) -> dict[str, Any]:
        wanted = {k: record.values[k] for k in _OWN if k in record.values}
        if (value := record.get("value")) is not None:
            wanted["value"] = float(value)
        customer = self.customers.find(record.get("customer"), "customer", problems)
        opportunity = self.opportunities.find(record.get("opportunity"), "opportunity", problems)
        if problems:
            return wanted
        wanted["customer_id"] = customer["id"] if customer else opportunity and opportunity["customer_id"]
        if opportunity:
            wanted["opportunity_id"] = opportunity["id"]
        if wanted["customer_id"] is None:
            problems.append(Problem("customer", "required"))
        elif opportunity and opportunity["customer_id"] != wanted["customer_id"]:
            problems.append(Problem("opportunity", "other_customer"))
        return wanted


def _moment(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(k) for k in ("customer_id", "opportunity_id", "kind", "happened_at"))
