"""Rows of demands: tickets of another system with their first response, pauses and closing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core.exchange.rows import Record
from core.messages import Problem
from core.promises.demands import Decline, Effect
from core.promises.tickets import Span, Ticket, check_ticket
from data.exchange.features import Features
from data.exchange.lookups import Contacts, Named, People, table_row
from data.exchange.plan import Plan, fetch, words
from data.schema import Customer, Demand, DemandPause, Opportunity

_OWN = ("ref", "words", "pain", "metric", "unit", "urgency", "opened_at", "answered_at", "closed_at",
        "path", "resources", "declined_for", "reply")  # fmt: skip


def plan_demands(plan: Plan, records: Sequence[Record]) -> None:
    """Plan every row of demands."""
    planner = _Planner(plan, records)
    for record in plan.each(records):
        planner.row(record)


class _Planner:
    def __init__(self, plan: Plan, records: Sequence[Record]) -> None:
        self.plan = plan
        self.people = People(plan.session)
        self.customers = Named(plan, Customer, words(records, "customer"))
        self.opportunities = Named(plan, Opportunity, words(records, "opportunity"))
        self.contacts = Contacts(plan.session, list(self.customers.rows))
        self.features = Features(plan, records)
        self.refs: dict[str, Mapping[str, Any]] = {}
        self.alike: dict[tuple[int, str, datetime], Mapping[str, Any]] = {}
        query = select(*Demand.__table__.columns)
        for row in fetch(plan.session, query, Demand.customer_id, list(self.customers.rows)):
            if row["taken_back_at"] is None:  # what was a mistake is not what is asked anew
                self.alike.setdefault((row["customer_id"], row["words"], row["opened_at"]), row)
        for row in fetch(plan.session, query, Demand.ref, words(records, "ref")):
            self.refs[row["ref"]] = row
        self.pauses = self._stored_pauses()

    def row(self, record: Record) -> None:
        plan = self.plan
        problems = [] if record.get("customer") else [Problem("customer", "required")]
        wanted = self._wanted(record, problems)
        stored = self._stored(wanted)
        problems += check_ticket(_ticket(dict(stored or {}) | wanted, record.get("pauses", ())), plan.now)
        if stored and stored["taken_back_at"]:
            problems.append(Problem("ref", "taken_back"))
        recorded_at = record.get("recorded_at")
        if recorded_at and recorded_at > plan.now:
            problems.append(Problem("recorded_at", "instant_in_future"))
        self.features.check(record, problems)
        if record.get("feature") and not wanted.get("answered_at"):
            problems.append(Problem("answered_at", "required"))
        if problems:
            plan.reject(record, problems)
            return
        if feature := self.features.take(
            record, wanted["answered_at"] if "feature" in record.values else plan.now
        ):
            wanted["feature_id"] = feature
        if stored is None:
            self._create(record, wanted)
        else:
            self._update(record, stored, wanted)

    def _wanted(self, record: Record, problems: list[Problem]) -> dict[str, Any]:
        """The columns that the row speaks of; whoever closed without an answer answered with it."""
        wanted = {k: record.values[k] for k in _OWN if k in record.values}
        ends = {"effect_before": record.get("before"), "effect_after": record.get("after")}
        wanted |= {k: v for k, v in ends.items() if v is not None}
        wanted.setdefault("words", record.get("ref") or "")
        if "closed_at" in wanted:
            wanted.setdefault("answered_at", wanted["closed_at"])
        customer = self.customers.find(record.get("customer"), "customer", problems)
        owner = self.people.owner(record.get("owner"), problems)
        wanted |= {"filed_by": owner} if owner else {}
        if customer:
            wanted |= {"customer_id": customer["id"]} | self._of_customer(record, customer["id"], problems)
        return wanted

    def _of_customer(self, record: Record, customer_id: int, problems: list[Problem]) -> dict[str, int]:
        found: dict[str, int] = {}
        opportunity = self.opportunities.find(record.get("opportunity"), "opportunity", problems)
        if opportunity:
            found["opportunity_id"] = opportunity["id"]
            if opportunity["customer_id"] != customer_id:
                problems.append(Problem("opportunity", "other_customer"))
        if word := record.get("contact"):
            contact = self.contacts.find(customer_id, word, problems)
            found |= {"contact_id": contact} if contact else {}
        return found

    def _stored(self, wanted: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if ref := wanted.get("ref"):
            return self.refs.get(ref)
        if "customer_id" not in wanted or "opened_at" not in wanted:
            return None
        return self.alike.get((wanted["customer_id"], wanted["words"], wanted["opened_at"]))

    def _create(self, record: Record, wanted: Mapping[str, Any]) -> None:
        plan = self.plan
        row = table_row(Demand, {"pain": "", "metric": "", "unit": "", **wanted})
        row["recorded_at"] = record.get("recorded_at") or row["opened_at"]
        row["id"] = plan.new_id(Demand)
        plan.inserts[Demand].append(row)
        plan.accepted += 1
        for span in record.get("pauses", ()):
            self._pause(row["id"], span)

    def _update(self, record: Record, stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        """A known ticket: what differs of it, new pauses, and those that ended or were answered."""
        plan, held = self.plan, self.pauses[stored["id"]]
        fresh = [span for span in record.get("pauses", ()) if span[0] not in held]
        known = [
            (held[start], {"ended_at": end, "answer": answer or held[start]["answer"]})
            for start, end, _, answer in record.get("pauses", ())
            if start in held
        ]
        ended = [(pause, said) for pause, said in known if any(pause[k] != v for k, v in said.items())]
        if fresh or ended:
            changed = {k: v for k, v in wanted.items() if stored[k] != v}
            if changed:
                plan.change(Demand, stored, changed)
            plan.updated += 1
        else:
            plan.settle(Demand, stored, wanted)
        for span in fresh:
            self._pause(stored["id"], span)
        for pause, said in ended:
            plan.change(DemandPause, pause, said)

    def _pause(self, demand_id: int, span: Span) -> None:
        start, end, reason, answer = span
        said = {"reason": reason, "answer": answer or None}
        self.plan.add(DemandPause, demand_id=demand_id, **said, started_at=start, ended_at=end)

    def _stored_pauses(self) -> dict[int, dict[datetime, Mapping[str, Any]]]:
        ids = {row["id"] for row in (*self.refs.values(), *self.alike.values())}
        found: dict[int, dict[datetime, Mapping[str, Any]]] = defaultdict(dict)
        query = select(*DemandPause.__table__.columns)
        for row in fetch(self.plan.session, query, DemandPause.demand_id, ids):
            found[row["demand_id"]][row["started_at"]] = row
        return found


def _ticket(values: Mapping[str, Any], pauses: Sequence[Span]) -> Ticket:
    """The ticket as it would stand; an effect as soon as a part of it is said."""
    ends = (values.get("effect_before"), values.get("effect_after"))
    said = any(values.get(k) for k in ("metric", "unit")) or any(end is not None for end in ends)
    effect = Effect(values.get("metric") or "", *ends, values.get("unit") or "") if said else None
    no = Decline(values.get("declined_for") or "", values.get("reply") or "")
    return Ticket(
        values.get("urgency"),
        values.get("words") or "",
        values.get("pain") or "",
        effect,
        values.get("opened_at"),
        values.get("answered_at"),
        values.get("closed_at"),
        pauses,
        no if no.reason or no.reply else None,
    )
