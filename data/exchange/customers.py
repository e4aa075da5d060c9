"""Rows of customers, their contacts, and interactions with them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.customers import (
    ContactInput,
    CustomerInput,
    InteractionInput,
    check_contact,
    check_customer,
    check_interaction,
)
from core.definitions import CUSTOMER
from core.exchange.cells import fold
from core.exchange.kinds import CUSTOMERS
from core.exchange.rows import Record
from core.messages import Problem
from data.exchange.lookups import Contacts, Named, People, table_row
from data.exchange.own_records import OwnRecords
from data.exchange.plan import Plan, fetch, words
from data.schema import Contact, Customer, CustomerTag, Interaction, Opportunity, Tag


def plan_customers(plan: Plan, records: Sequence[Record]) -> None:
    """Plan every row of customers; tags that do not exist yet come with them."""
    people = People(plan.session)
    known = Named(plan, Customer, words(records, "ref"), words(records, "name"))
    tags, own = _Tags(plan, list(known.rows)), OwnRecords(plan, CUSTOMER, records, people)
    names = {c.name for c in CUSTOMERS.columns} - {"owner", "tags"}
    for record in plan.each(records):
        problems: list[Problem] = []
        owner_id = people.owner(record.get("owner"), problems)
        name = record.get("name", "")
        problems += check_customer(CustomerInput(name, segment=record.get("segment")))
        wanted = {k: v for k, v in record.values.items() if k in names}
        stored = _stored_customer(known, record) if name else None
        since = record.get("created_at") or (stored["created_at"] if stored else plan.now)
        problems += tags.problems(record, stored)
        wanted |= own.wanted(record, wanted, stored, since, problems)
        if problems:
            plan.reject(record, problems)
            continue
        wanted |= {"owner_id": owner_id} if owner_id else {}
        plan.owner_out += [record.line] if people.is_out(owner_id) else []
        if "grade" in wanted and (stored is None or stored["grade"] != wanted["grade"]):
            wanted.setdefault("graded_at", plan.now)
        if stored is None:
            _create_customer(plan, known, tags, record, wanted)
        else:
            _update_customer(plan, tags, record, stored, wanted)
            if ref := record.get("ref"):
                known.refer(stored, ref)


def _stored_customer(known: Named, record: Record) -> Mapping[str, Any] | None:
    """By reference; by name when the row has none, or when the customer of that name has none yet."""
    ref, same = record.get("ref"), known.by_name(record.values["name"])
    if ref and (found := known.by_ref(ref)):
        return found
    free = [c for c in same if ref is None or c["ref"] is None]
    return free[0] if len(free) == 1 else None


def _create_customer(plan: Plan, known: Named, tags: "_Tags", record: Record, wanted: dict[str, Any]) -> None:
    row = table_row(Customer, {"created_at": plan.now, "note": "", "version": 1} | wanted)
    row["id"] = plan.new_id(Customer)
    plan.inserts[Customer].append(row)
    plan.namesakes += [record.line] if known.by_name(row["name"]) else []
    known.put(row)
    plan.accepted += 1
    plan.customers.add(row["id"])
    for tag_id in tags.ids(record):
        plan.add_link(CustomerTag, customer_id=row["id"], tag_id=tag_id, added_at=plan.now)


def _update_customer(
    plan: Plan, tags: "_Tags", record: Record, stored: Mapping[str, Any], wanted: dict[str, Any]
) -> None:
    before = tags.carried[stored["id"]]
    after = sorted(tags.ids(record)) if "tags" in record.values else before
    held = dict(stored) | {"tags": before}
    if plan.settle(Customer, held, wanted | {"tags": after}):
        plan.customers.add(stored["id"])


class _Tags:
    """Tags by key, and which customers carry which."""

    def __init__(self, plan: Plan, customers: Sequence[int]) -> None:
        self.plan = plan
        self._by_key = {key: tag_id for tag_id, key in plan.session.execute(select(Tag.id, Tag.key))}
        self._retired = {tag.key for tag in plan.policy.tags if tag.retired}
        self.carried: dict[int, list[int]] = defaultdict(list)
        carried = select(CustomerTag.customer_id, CustomerTag.tag_id).order_by(CustomerTag.tag_id)
        for row in fetch(plan.session, carried, CustomerTag.customer_id, customers):
            self.carried[row["customer_id"]].append(row["tag_id"])

    def problems(self, record: Record, stored: Mapping[str, Any] | None) -> list[Problem]:
        """Retired tags are given to nobody any more; who carries one keeps it."""
        carried = self.carried.get(stored["id"], []) if stored else []
        given = [key for key in record.get("tags", ()) if key in self._retired]
        fresh = [key for key in given if self._by_key.get(key) not in carried]
        return [Problem("tags", "tag_retired", {"value": ", ".join(fresh)})] if fresh else []

    def ids(self, record: Record) -> list[int]:
        found = []
        for key in record.get("tags", ()):
            if key not in self._by_key:
                self._by_key[key] = self.plan.add(Tag, key=key)
            found.append(self._by_key[key])
        return found


def plan_contacts(plan: Plan, records: Sequence[Record]) -> None:
    """Plan every row of contacts."""
    customers = Named(plan, Customer, words(records, "customer"))
    known = _Contacts(plan, list(customers.rows), words(records, "ref"))
    for record in plan.each(records):
        problems = [] if record.get("customer") else [Problem("customer", "required")]
        customer = customers.find(record.get("customer"), "customer", problems)
        said = {k: record.get(k) for k in ("title", "decision_role", "phone", "email")}
        problems += check_contact(ContactInput(record.get("name", ""), **said))
        if problems or customer is None:
            plan.reject(record, problems)
            continue
        wanted = {k: v for k, v in record.values.items() if k != "customer"} | {"customer_id": customer["id"]}
        if stored := known.find(wanted):
            plan.settle(Contact, stored, wanted)
            continue
        if known.repeats(wanted):
            plan.duplicates += 1
            continue
        row = table_row(Contact, wanted) | {"id": plan.new_id(Contact), "version": 1}
        plan.inserts[Contact].append(row)
        known.planned(row)
        plan.accepted += 1


class _Contacts:
    """Stored contacts by reference, or by customer, name and a phone or mail address in common."""

    def __init__(self, plan: Plan, customers: Sequence[int], refs: set[str]) -> None:
        self._refs: dict[str, Mapping[str, Any]] = {}
        self._named: dict[tuple[int, str], list[Mapping[str, Any]]] = defaultdict(list)
        self._planned: dict[tuple[int, str], list[Mapping[str, Any]]] = defaultdict(list)
        query = select(*Contact.__table__.columns)
        for row in fetch(plan.session, query, Contact.customer_id, customers):
            self._named[row["customer_id"], row["name"]].append(row)
        for row in fetch(plan.session, query, Contact.ref, refs):
            self._refs[row["ref"]] = row

    def find(self, wanted: Mapping[str, Any]) -> Mapping[str, Any] | None:
        ref = wanted.get("ref")
        if ref and ref in self._refs:
            return self._refs[ref]
        same = self._named.get((wanted["customer_id"], wanted["name"]), [])
        free = (c for c in same if ref is None or c["ref"] is None)
        return next((c for c in free if _reached_alike(c, wanted)), None)

    def planned(self, row: Mapping[str, Any]) -> None:
        """Remember a contact that the file brings."""
        self._planned[row["customer_id"], row["name"]].append(row)

    def repeats(self, wanted: Mapping[str, Any]) -> bool:
        """Whether an earlier row of the file says all that this one says, in whatever writing."""
        said = {k: v for k, v in wanted.items() if v}
        earlier = self._planned.get((wanted["customer_id"], wanted["name"]), [])
        return any(all(_alike(row.get(k), v) for k, v in said.items()) for row in earlier)


def _reached_alike(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    pairs = [(stored[k], wanted.get(k)) for k in ("phone", "email")]
    return any(a and _alike(a, b) for a, b in pairs) or not any(a and b for a, b in pairs)


def _alike(one: object, other: object) -> bool:
    return fold(str(one or "")) == fold(str(other or ""))


def plan_interactions(plan: Plan, records: Sequence[Record]) -> None:
    """Plan every row of interactions."""
    planner = _Interactions(plan, records)
    for record in plan.each(records):
        planner.row(record)


class _Interactions:
    def __init__(self, plan: Plan, records: Sequence[Record]) -> None:
        self.plan = plan
        self.customers = Named(plan, Customer, words(records, "customer"))
        self.opportunities = Named(plan, Opportunity, words(records, "opportunity"))
        self.contacts = Contacts(plan.session, list(self.customers.rows))
        self.refs: dict[str, Mapping[str, Any]] = {}
        self.moments: dict[tuple[int, str, Any], Mapping[str, Any]] = {}
        query = select(*Interaction.__table__.columns)
        for row in fetch(plan.session, query, Interaction.customer_id, list(self.customers.rows)):
            self.moments.setdefault((row["customer_id"], row["kind"], row["happened_at"]), row)
        for row in fetch(plan.session, query, Interaction.ref, words(records, "ref")):
            self.refs[row["ref"]] = row

    def row(self, record: Record) -> None:
        plan = self.plan
        problems = [] if record.get("customer") else [Problem("customer", "required")]
        wanted = self._wanted(record, problems)
        counts = {k: record.get(k) for k in ("duration_seconds", "questions")}
        touch = InteractionInput(
            record.get("kind", ""), record.get("direction", ""), record.get("happened_at"), **counts
        )
        problems += check_interaction(touch, plan.now)
        if (record.get("recorded_at") or plan.now) > plan.now:
            problems.append(Problem("recorded_at", "instant_in_future"))
        if problems:
            plan.reject(record, problems)
            return
        plan.customers.add(wanted["customer_id"])
        moment = (wanted["customer_id"], wanted["kind"], wanted["happened_at"])
        ref = wanted.get("ref")
        stored = self.refs.get(ref) if ref else self.moments.get(moment)
        if stored:
            if plan.settle(Interaction, stored, wanted):
                plan.heard |= {stored["customer_id"], wanted["customer_id"]}
            return
        plan.heard.add(wanted["customer_id"])
        recorded = record.get("recorded_at") or record.values["happened_at"]
        row = table_row(Interaction, {"subject": ""} | wanted) | {"recorded_at": recorded}
        plan.add(Interaction, **(row | {"id": plan.new_id(Interaction)}))
        plan.accepted += 1

    def _wanted(self, record: Record, problems: list[Problem]) -> dict[str, Any]:
        own = ("ref", "kind", "direction", "happened_at", "duration_seconds", "questions", "subject")
        wanted = {k: record.values[k] for k in own if k in record.values}
        customer = self.customers.find(record.get("customer"), "customer", problems)
        opportunity = self.opportunities.find(record.get("opportunity"), "opportunity", problems)
        if customer:
            wanted["customer_id"] = customer["id"]
        if opportunity and customer:
            wanted["opportunity_id"] = opportunity["id"]
            if opportunity["customer_id"] != customer["id"]:
                problems.append(Problem("opportunity", "other_customer"))
        if customer and (word := record.get("contact")):
            contact = self.contacts.find(customer["id"], word, problems)
            wanted |= {"contact_id": contact} if contact else {}
        return wanted
