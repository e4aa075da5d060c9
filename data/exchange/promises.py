"""Rows of promises: what customers were told, by when, about which demand or feature."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from core.exchange.rows import Record
from core.messages import Problem
from core.promises.demands import PromiseInput, check_promise
from data.exchange.features import Features
from data.exchange.lookups import Contacts, Named, People, table_row
from data.exchange.plan import Plan, fetch, words
from data.schema import Customer, Demand, Promise, PromisedDate

_OWN = ("ref", "words", "made_at")


def plan_promises(plan: Plan, records: Sequence[Record]) -> None:
    """Plan every row of promises."""
    planner = _Planner(plan, records)
    for record in plan.each(records):
        planner.row(record)


class _Planner:
    def __init__(self, plan: Plan, records: Sequence[Record]) -> None:
        self.plan = plan
        self.people = People(plan.session)
        self.customers = Named(plan, Customer, words(records, "customer"))
        self.contacts = Contacts(plan.session, list(self.customers.rows))
        self.features = Features(plan, records)
        asked = select(Demand.id, Demand.ref, Demand.customer_id, Demand.taken_back_at)
        self.demands = {r["ref"]: r for r in fetch(plan.session, asked, Demand.ref, words(records, "demand"))}
        self.refs: dict[str, Mapping[str, Any]] = {}
        self.alike: dict[tuple[int, str], list[Mapping[str, Any]]] = {}
        query = select(*Promise.__table__.columns)
        for row in fetch(plan.session, query, Promise.customer_id, list(self.customers.rows)):
            if row["taken_back_at"] is None:  # what was a mistake is not what is told anew
                self.alike.setdefault((row["customer_id"], row["words"]), []).append(row)
        for row in fetch(plan.session, query, Promise.ref, words(records, "ref")):
            self.refs[row["ref"]] = row
        self.dates = self._stored_dates()

    def row(self, record: Record) -> None:
        plan = self.plan
        problems = [] if record.get("customer") else [Problem("customer", "required")]
        wanted = self._wanted(record, problems)
        stored = self._stored(record, wanted)
        day: date | None = record.get("promised_on")
        said = PromiseInput(wanted["words"], day, record.get("made_at"))
        problems += check_promise(said, plan.now)
        if stored and stored["taken_back_at"]:
            problems.append(Problem("ref", "taken_back"))
        if (record.get("recorded_at") or plan.now) > plan.now:
            problems.append(Problem("recorded_at", "instant_in_future"))
        self.features.check(record, problems)
        if problems:
            plan.reject(record, problems)
            return
        assert day is not None  # check_promise
        made_at = record.get("made_at") or (stored["made_at"] if stored else None)
        recorded_at = record.get("recorded_at") or made_at or plan.now
        if feature := self.features.take(record, recorded_at):
            wanted["feature_id"] = feature
        if stored is None:
            self._create(wanted | {"made_at": made_at or recorded_at, "recorded_at": recorded_at}, day)
        else:
            self._update(stored, wanted, day)

    def _wanted(self, record: Record, problems: list[Problem]) -> dict[str, Any]:
        """The columns that the row speaks of."""
        wanted = {k: record.values[k] for k in _OWN if k in record.values}
        wanted.setdefault("words", record.get("feature") or record.get("ref") or "")
        owner = self.people.owner(record.get("owner"), problems)
        wanted |= {"person_id": owner} if owner else {}
        customer = self.customers.find(record.get("customer"), "customer", problems)
        if customer is None:
            return wanted
        wanted["customer_id"] = customer["id"]
        if word := record.get("contact"):
            contact = self.contacts.find(customer["id"], word, problems)
            wanted |= {"contact_id": contact} if contact else {}
        if word := record.get("demand"):
            demand = self.demands.get(word)
            if demand is None:
                problems.append(Problem("demand", "unknown_demand", {"value": word}))
            elif demand["customer_id"] != customer["id"]:
                problems.append(Problem("demand", "other_customer"))
            elif demand["taken_back_at"]:
                problems.append(Problem("demand", "taken_back"))
            else:
                wanted["demand_id"] = demand["id"]
        return wanted

    def _stored(self, record: Record, wanted: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if ref := record.get("ref"):
            return self.refs.get(ref)
        same = self.alike.get((wanted.get("customer_id", 0), wanted["words"]), [])
        return next((r for r in same if record.get("promised_on") in self.dates.get(r["id"], [])), None)

    def _create(self, wanted: Mapping[str, Any], day: date) -> None:
        row = table_row(Promise, wanted)
        row["id"] = self.plan.new_id(Promise)
        self.plan.inserts[Promise].append(row)
        self.plan.accepted += 1
        self._date(row["id"], day, row["recorded_at"])

    def _update(self, stored: Mapping[str, Any], wanted: dict[str, Any], day: date) -> None:
        """A known promise: what differs of it; another date is a new one in its history."""
        if self.dates.get(stored["id"], [])[-1:] == [day]:
            self.plan.settle(Promise, stored, wanted)
            return
        self.plan.rest_on(Promise, stored["id"], "promised_on", self.dates.get(stored["id"], [])[-1:])
        changed = {k: v for k, v in wanted.items() if stored[k] != v}
        if changed:
            self.plan.change(Promise, stored, changed)
        self.plan.updated += 1
        self._date(stored["id"], day, self.plan.now)

    def _date(self, promise_id: int, day: date, recorded_at: datetime) -> None:
        self.plan.add(
            PromisedDate, promise_id=promise_id, promised_on=day, reason="", recorded_at=recorded_at
        )

    def _stored_dates(self) -> dict[int, list[date]]:
        """The dates of every stored promise that a row may mean, in their order."""
        ids = {r["id"] for r in self.refs.values()} | {r["id"] for rows in self.alike.values() for r in rows}
        query = select(PromisedDate.id, PromisedDate.promise_id, PromisedDate.promised_on)
        found: dict[int, list[date]] = {}
        rows = fetch(self.plan.session, query, PromisedDate.promise_id, ids)
        for row in sorted(rows, key=lambda r: r["id"]):
            found.setdefault(row["promise_id"], []).append(row["promised_on"])
        return found
