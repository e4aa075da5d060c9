"""Time runs through the demo company: every event is a command at its simulated instant."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from math import exp
from random import Random
from typing import Any

from sqlalchemy import select

from core.customers import InteractionInput
from core.process.actions import REACTIONS, ActionInput
from core.process.evidence import NextStep
from core.process.stages import STAGES
from core.terms import ActionStatus, Outcome
from data.commands.actions import cancel_action, record_action
from data.commands.customers import add_contact, assign_customer, grade_customer, open_customer, tag_customer
from data.commands.interactions import record_interaction
from data.commands.opportunities import (
    OpportunityEdit,
    assign_opportunity,
    close_opportunity,
    edit_opportunity,
    open_opportunity,
)
from data.commands.people import activate_person
from data.demo.calendar import SHANGHAI
from data.demo.deals import USUAL_DAYS, Deal, Visit
from data.demo.market import Customer, writer_for
from data.demo.staff import Rep, Staff
from data.demo.texts import Writer, words
from data.engine import Store
from data.schema import Action, Opportunity

_BREAK = timedelta(minutes=45)  # between two actions on one opportunity, over the policy's 30
_TOUCHES = ("mail", "call", "chat", "document_view", "video_meeting", "meeting")
_TOUCH_WEIGHTS = (34, 26, 14, 14, 8, 4)
_REACTION_WEIGHTS = ((2, 12, 36, 36, 14), (18, 46, 26, 8, 2))  # cool and warm customers


class Simulation:
    """A heap of events up to the present.

    Args:
        now: the present; what would happen later does not happen.
    """

    def __init__(self, store: Store, staff: Staff, rng: Random, now: datetime) -> None:
        self._store, self._staff, self._rng, self._now = store, staff, rng, now
        self._heap: list[tuple[datetime, int, Callable[..., None], tuple[Any, ...]]] = []
        self._count = 0
        self._customers: list[Customer] = []
        self._open: list[Deal] = []
        self._at = now

    def clock(self) -> datetime:
        """The simulated instant."""
        return self._at

    @property
    def now(self) -> datetime:
        """The present, at which the simulation ends."""
        return self._now

    def push(self, at: datetime, do: Callable[..., None], *args: Any) -> None:
        """Let something happen, unless it lies after the present."""
        if at <= self._now:
            self._count += 1
            heapq.heappush(self._heap, (at, self._count, do, args))

    def run(self, progress: Callable[[datetime], None]) -> None:
        """Everything in order; `progress` hears of each new day."""
        while self._heap:
            at, _, do, args = heapq.heappop(self._heap)
            if at.date() != self._at.date():
                progress(at)
            self._at = at
            do(*args)
        self._at = self._now

    def enter_customer(self, customer: Customer) -> None:
        """A customer is opened, with its contacts; tags and grade come later."""
        customer.rep = customer.rep.mate or customer.rep
        who, rng = customer.rep.who, self._rng
        customer.id = open_customer(self._store, who, customer.values)
        customer.contact_ids = [add_contact(self._store, who, customer.id, c) for c in customer.contacts]
        self._customers.append(customer)
        if customer.tags:
            self.push(self._at + timedelta(days=rng.uniform(0.1, 60)), self._tag, customer)
        if customer.grade:
            self.push(self._at + timedelta(days=rng.uniform(0.1, 40)), self._grade, customer, customer.grade)

    def open_deal(self, deal: Deal) -> None:
        """An opportunity is opened and its first step planned."""
        rng, customer = self._rng, deal.customer
        deal.rep = rep = customer.rep
        deal.product = rng.choice(words(customer.language)["fill"]["product"])
        days = USUAL_DAYS * rep.close_days * rng.uniform(0.8, 1.3)
        estimate = deal.amount * Decimal(str(round(rep.estimate * rng.uniform(0.92, 1.08), 2)))
        deal.id = open_opportunity(
            self._store,
            rep.who,
            customer.id,
            self._writer(deal).say("opportunity", "name"),
            amount=round(estimate / 1000) * Decimal(1000) if rng.random() < 0.9 else None,
            close_on=(self._at + timedelta(days=days)).astimezone(SHANGHAI).date(),
            product=deal.product,
        )
        self._open.append(deal)
        self._plan(deal, self._at)
        self._expect_touches(deal)
        self.push(self._at + timedelta(days=days - 2), self._revise, deal)

    def leave(self, rep: Rep, mates: list[Rep]) -> None:
        """A rep leaves: customers and open opportunities go to the team, then the door is locked."""
        manager = self._staff.managers[rep.team]
        rep.mate = mates[0]
        for n, customer in enumerate(c for c in self._customers if c.rep is rep):
            customer.rep = mates[n % len(mates)]
            assign_customer(self._store, manager, customer.id, customer.rep.who.person_id or 0)
        for deal in self._open:
            if deal.rep is rep and not deal.closed:
                deal.rep = deal.customer.rep
                assign_opportunity(self._store, manager, deal.id, deal.rep.who.person_id or 0)
        activate_person(self._store, self._staff.admin, rep.who.person_id or 0, False)

    def _writer(self, deal: Deal) -> Writer:
        return writer_for(self._rng, deal.customer, deal.product)

    def _tag(self, customer: Customer) -> None:
        tag_customer(self._store, customer.rep.who, customer.id, customer.tags)

    def _grade(self, customer: Customer, grade: str) -> None:
        reason = writer_for(self._rng, customer).say("grade", grade)
        grade_customer(self._store, customer.rep.who, customer.id, grade, reason)

    def _plan(self, deal: Deal, after: datetime) -> None:
        step = self._arrange(deal, after)
        planned = ActionInput(step.type, ActionStatus.PLANNED, started_at=step.planned_for, note=step.note)
        record_action(self._store, deal.rep.who, deal.id, planned)

    def _arrange(self, deal: Deal, after: datetime) -> NextStep:
        """Decide what really comes next, and return the step that is planned now."""
        if deal.done < len(deal.visits):
            start = self._schedule(deal, deal.visits[deal.done], after)
            visit = deal.ahead()
            if visit is deal.visits[deal.done]:
                return self._step(deal, self._planned_type(deal, visit), start)
            if visit is not None:
                return self._step(
                    deal, visit.type, deal.rep.diary.free(max(visit.at, after + _BREAK), _BREAK)
                )
        return self._last_step(deal, after)

    def _schedule(self, deal: Deal, visit: Visit, after: datetime) -> datetime:
        """Enter a visit in the diary, or its calling off; returns the planned start."""
        rng, rep, length = self._rng, deal.rep, timedelta(minutes=visit.minutes)
        planned = start = rep.diary.free(max(visit.at, after + _BREAK), length)
        if not (visit.exact or visit.padded):
            off = planned - timedelta(hours=rng.uniform(1, 20))
            if rng.random() < 0.05 and off > after:
                self.push(off, self._call_off, deal, visit)
                return planned
            if rng.random() > rep.discipline:
                start = rep.diary.free(planned + timedelta(days=rng.uniform(0.6, 5)), length)
        rep.diary.take(start, length)
        self._expect(deal, visit, start)
        return planned

    def _expect(self, deal: Deal, visit: Visit, start: datetime) -> None:
        late = not visit.exact and self._rng.random() < deal.rep.late_rate
        entered = (
            timedelta(hours=self._rng.uniform(20, 70))
            if late
            else timedelta(minutes=self._rng.randint(4, 40))
        )
        known = start + timedelta(minutes=visit.minutes) + entered
        self.push(known, self._record, deal, visit, start, deal.rep)

    def _step(self, deal: Deal, type_: str, planned_for: datetime) -> NextStep:
        note = self._writer(deal).say("note", type_) if self._rng.random() < 0.7 else ""
        return NextStep(type_, planned_for, note)

    def _planned_type(self, deal: Deal, visit: Visit) -> str:
        if visit.exact or self._rng.random() > 0.07:
            return visit.type
        return self._rng.choice([s for s in STAGES if s != visit.type])

    def _last_step(self, deal: Deal, after: datetime) -> NextStep:
        """Nothing is to come but the end: a step that rests, or is called off by the closing."""
        if deal.hold:
            return self._step(deal, deal.hold.type, deal.hold.at)
        close = max(deal.closes_at or after, after + timedelta(hours=2))
        if deal.done >= len(deal.visits):
            self.push(close, self._close, deal)
        wanted = close + timedelta(days=self._rng.uniform(-4, 6))
        planned_for = deal.rep.diary.free(max(wanted, after + _BREAK), _BREAK)
        return self._step(deal, deal.visits[-1].type if deal.visits else STAGES[0], planned_for)

    def _call_off(self, deal: Deal, visit: Visit) -> None:
        """The customer cannot come: the step is cancelled and planned anew."""
        open_step = select(Action.id).where(
            Action.opportunity_id == deal.id,
            Action.status == ActionStatus.PLANNED,
            Action.voided_at.is_(None),
        )
        with self._store.reading() as session:
            step_id = session.scalars(open_step.limit(1)).one()
        cancel_action(self._store, deal.rep.who, step_id, self._writer(deal).say("cancel", "reason"))
        visit.at = max(visit.at, self._at) + timedelta(days=self._rng.uniform(1, 6))
        self._plan(deal, self._at)

    def _record(self, deal: Deal, visit: Visit, start: datetime, rep: Rep) -> None:
        if deal.rep is not rep:  # handed over meanwhile: the new owner goes there
            length = timedelta(minutes=visit.minutes)
            start = deal.rep.diary.free(self._at + _BREAK, length)
            deal.rep.diary.take(start, length)
            self._expect(deal, visit, start)
            return
        deal.done += 1
        end = start + timedelta(minutes=visit.minutes)
        ends_it = visit.outcome is not Outcome.OPEN
        step = None if ends_it else self._arrange(deal, self._at)
        action = ActionInput(
            visit.type,
            ActionStatus.COMPLETED,
            started_at=start,
            ended_at=end,
            summary=self._summary(deal, visit),
            follows=self._follows(deal, end),
            next_step=step,
            outcome=visit.outcome,
            fields=self._fields(deal, visit, end),
        )
        deal.last_record = record_action(self._store, rep.who, deal.id, action)
        deal.customer.records.append((end, deal.last_record))
        deal.quotes += visit.type == "quote_confirmation"
        deal.closed = ends_it

    def _follows(self, deal: Deal, end: datetime) -> int | None:
        earlier = [(at, action_id) for at, action_id in deal.customer.records if at < end]
        own = any(action_id == deal.last_record for _, action_id in earlier)
        if own and self._rng.random() < 0.9:
            return deal.last_record
        return max(earlier)[1] if earlier else None

    def _summary(self, deal: Deal, visit: Visit) -> str:
        writer = self._writer(deal)
        if visit.padded:
            return writer.say("padding", "summary")
        if visit.outcome is not Outcome.OPEN:
            return writer.say("quote_confirmation", str(visit.outcome))
        return writer.say(visit.type, "summary")

    def _fields(self, deal: Deal, visit: Visit, end: datetime) -> dict[str, Any]:
        writer, rng = self._writer(deal), self._rng
        match visit.type:
            case "appointment":
                place = writer.say(visit.type, "place")
                return {
                    "purpose": writer.say(visit.type, "purpose"),
                    "attendees": self._met(deal),
                    "place": place,
                }
            case "needs_diagnosis":
                keys: tuple[str, ...] = ("pain", "current_process", "budget", "decision_chain")
                return {key: writer.say(visit.type, key) for key in keys}
            case "solution_demo":
                reaction = rng.choices(REACTIONS[::-1], _REACTION_WEIGHTS[deal.warmth > 0])[0]
                shown = writer.say(visit.type, "shown")
                return {"shown": shown, "watchers": self._met(deal), "reaction": reaction}
            case "objection_handling":
                resolved = "resolved" if rng.random() < 0.6 + 0.1 * deal.warmth else "open"
                said = {key: writer.say(visit.type, key) for key in ("objection", "response")}
                return said | {"resolution": resolved}
            case _:
                return self._quote(deal, visit, end, writer)

    def _quote(self, deal: Deal, visit: Visit, end: datetime, writer: Writer) -> dict[str, Any]:
        if deal.quotes:  # a second quote comes down a little
            deal.amount = (deal.amount * Decimal("0.97")).quantize(Decimal(100))
        until = visit.valid_until or (end + timedelta(days=self._rng.randint(14, 45))).date()
        return {
            "quote": {"amount": deal.amount, "currency": "CNY"},
            "valid_until": until,
            "terms": writer.say(visit.type, "terms"),
            "changes": writer.say(visit.type, "changes") if deal.quotes else "",
        }

    def _met(self, deal: Deal) -> list[dict[str, str]]:
        contacts = deal.customer.contacts
        met = contacts[: self._rng.randint(1, len(contacts))]
        return [{"name": c.name, "role": c.decision_role or "user"} for c in met]

    def _close(self, deal: Deal) -> None:
        if deal.closed:
            return
        close_opportunity(self._store, deal.rep.who, deal.id, deal.outcome)
        deal.closed = True

    def _revise(self, deal: Deal) -> None:
        """The expected closing is near: push it, and sometimes correct the amount."""
        if deal.closed:
            return
        with self._store.reading() as session:
            row = session.get_one(Opportunity, deal.id)
            if row.close_on is None:
                return
            soon = (self._at + timedelta(days=self._rng.uniform(12, 32))).date()
            amount = row.amount
            if amount and not deal.quotes and self._rng.random() < 0.4:
                amount = (amount * Decimal(str(round(self._rng.uniform(0.9, 1.1), 2)))).quantize(Decimal(100))
            edit = OpportunityEdit(
                row.name, amount, row.currency, max(soon, row.close_on), row.product, row.version
            )
        if self._rng.random() < 0.85:
            edit_opportunity(self._store, deal.rep.who, deal.id, edit)
        self.push(self._at + timedelta(days=self._rng.uniform(10, 20)), self._revise, deal)

    def _expect_touches(self, deal: Deal) -> None:
        """Touches come more often where the customer is warm, but not only there."""
        days = max((deal.ends_at - deal.opened_at).total_seconds() / 86_400, 1.0)
        mean = 0.075 * min(days, 120) * exp(0.3 * deal.warmth + self._rng.gauss(0, 0.35))
        at = self._at
        while True:
            at += timedelta(days=self._rng.expovariate(mean / days))
            if at > deal.ends_at:
                return
            kind = self._rng.choices(_TOUCHES, _TOUCH_WEIGHTS)[0]
            self.push(
                deal.rep.diary.free(at, _BREAK) + timedelta(minutes=self._rng.randint(0, 40)),
                self._touch,
                deal,
                kind,
            )

    def _touch(self, deal: Deal, kind: str) -> None:
        if deal.closed:
            return
        rng = self._rng
        warm = rng.random() < 1 / (1 + exp(-0.7 * deal.warmth))
        spoken = kind in ("call", "video_meeting", "meeting")
        minutes = {"call": rng.uniform(1, 14), "video_meeting": rng.uniform(20, 70)}.get(
            kind, rng.uniform(15, 50)
        )
        touch = InteractionInput(
            kind,
            "inbound" if kind == "document_view" or (warm and rng.random() < 0.55) else "outbound",
            self._at - timedelta(minutes=minutes) if spoken else self._at,
            opportunity_id=deal.id,
            contact_id=rng.choice(deal.customer.contact_ids),
            duration_seconds=int(minutes * 60 * (1.3 if warm else 0.8)) if spoken else None,
            questions=rng.choices((0, 1, 2, 3, 5), (20, 25, 25, 20, 10) if warm else (50, 28, 14, 6, 2))[0]
            if spoken
            else None,
            subject=self._writer(deal).say("touch", kind),
        )
        record_interaction(self._store, deal.rep.who, deal.customer.id, touch)
