"""Rows of actions: history with its evidence, under the rules of the form (PRODUCT.md A1, A2, A6)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from core.exchange.rows import Record
from core.fields import Kind, is_empty
from core.messages import Problem
from core.process.actions import FIELDS, ActionContext, ActionInput, check
from core.process.evidence import NextStep
from core.terms import ActionStatus, Outcome, Severity
from data.exchange.history import History
from data.exchange.lookups import Named, People, Pipelines
from data.exchange.own_words import OwnValues
from data.exchange.plan import Plan, words
from data.jsontext import to_json
from data.schema import Action, Opportunity, OpportunityChange, StageEvent

LATEST = "latest"  # what a mapping may say in `follows`: the customer's latest record before this one
_START = datetime.min.replace(tzinfo=UTC)


def plan_actions(plan: Plan, records: Sequence[Record]) -> None:
    """Plan every row, oldest first, as if each had been recorded in its turn."""
    planner = _Planner(plan, records)
    for record in plan.each(sorted(records, key=_when)):
        planner.row(record)
    planner.plan_next_steps()


def _when(record: Record) -> tuple[datetime, datetime]:
    """Rows in the order in which they became known."""
    first = (record.get(n) for n in ("ended_at", "cancelled_at", "recorded_at", "planned_for", "started_at"))
    at = next((i for i in first if i), _START)
    return at, record.get("started_at") or at


class _Planner:
    def __init__(self, plan: Plan, records: Sequence[Record]) -> None:
        self.plan = plan
        self.people = People(plan.session)
        self.own_values = OwnValues(plan, records, self.people)
        self.opportunities = Named(plan, Opportunity, words(records, "opportunity"))
        self.own = Pipelines(plan).named_own()
        refs = words(records, "ref") | words(records, "follows")
        self.history = History(plan.session, self.opportunities.rows.values(), refs)
        self.recordings = self.history.stored_recordings(words(records, "recording"))
        self.state = {i: dict(row) for i, row in self.opportunities.rows.items()}
        self.pending: dict[int, tuple[NextStep, int, datetime]] = {}
        self.planned = self._planned_in(records)
        self.ids = {record.line: plan.new_id(Action) for record in records}  # in the file's order

    def row(self, record: Record) -> None:
        problems = [] if record.get("opportunity") else [Problem("opportunity", "required")]
        found = self.opportunities.find(record.get("opportunity"), "opportunity", problems)
        opportunity = self.state[found["id"]] if found else None
        owner_id = self.people.owner(record.get("owner"), problems)
        if opportunity is None or problems:
            self.plan.reject(record, problems)
            return
        owner_id = owner_id or opportunity["owner_id"]
        action = self._action(record, opportunity)
        known_at = self._known_at(record, action)
        stored = self.history.find(record.get("ref"), opportunity["id"], action, record.get("planned_for"))
        wanted = self._wanted(record, action, opportunity, owner_id)
        if stored and not _differs(stored, wanted, self.own_values.numbers):
            self.plan.duplicates += 1
            return
        problems = self._problems(record, action, opportunity, owner_id, known_at, stored)
        if problems:
            self.plan.reject(record, problems)
            return
        self._write(record, action, opportunity, wanted, known_at, stored)

    def plan_next_steps(self) -> None:
        """The last step that each opportunity's history announces is planned, unless it stands; where the
        opportunity has closed since, it was called off with it."""
        for opportunity_id in list(self.pending):
            opportunity = self.state[opportunity_id]
            is_open = opportunity["outcome"] == Outcome.OPEN
            self._plan_step(opportunity_id, None if is_open else "closed", opportunity["closed_at"])

    def _plan_step(self, opportunity_id: int, called_off: str | None, at: datetime | None) -> None:
        """Plan the step that was announced last, already called off when a reason is given."""
        step, owner_id, known_at = self.pending.pop(opportunity_id)
        if self._stands(opportunity_id, step):
            return
        self.plan.add(
            Action,
            type=step.type,
            status=ActionStatus.CANCELLED if called_off else ActionStatus.PLANNED,
            cancelled_at=at if called_off else None,
            cancel_reason=called_off,
            customer_id=self.state[opportunity_id]["customer_id"],
            opportunity_id=opportunity_id,
            owner_id=owner_id,
            planned_for=step.planned_for,
            recorded_at=known_at,
            note=step.note,
            fields={},
            policy_version=self.plan.policy.version,
        )

    def _stands(self, opportunity_id: int, step: NextStep) -> bool:
        """Whether an action planned for that instant is stored, or a row of the file speaks of it."""
        in_file = (opportunity_id, step.planned_for) in self.planned
        return in_file or self.history.has_plan(opportunity_id, step.planned_for)

    def _planned_in(self, records: Sequence[Record]) -> set[tuple[int, datetime]]:
        found = set()
        for record in records:
            opportunity = self.opportunities.find(record.get("opportunity"), "opportunity", [])
            if opportunity and record.get("planned_for"):
                found.add((opportunity["id"], record.values["planned_for"]))
        return found

    def _action(self, record: Record, opportunity: Mapping[str, Any]) -> ActionInput:
        status = record.get("status") or (
            ActionStatus.COMPLETED if record.get("ended_at") else ActionStatus.PLANNED
        )
        start, end = record.get("started_at"), record.get("ended_at")
        planned = status == ActionStatus.PLANNED
        closed_here = end is not None and opportunity["closed_at"] == end
        outcome = record.get("outcome") or (opportunity["outcome"] if closed_here else Outcome.OPEN)
        step = NextStep(record.get("next_type", ""), record.get("next_at"), record.get("next_note", ""))
        return ActionInput(
            type=record.get("type", ""),
            status=ActionStatus(status),
            started_at=(record.get("planned_for") or start) if planned else start,
            ended_at=end,
            summary=record.get("summary", ""),
            recording=record.get("recording"),
            transcript=record.get("transcript"),
            follows=self._follows(record, opportunity),
            next_step=step if step.type or step.planned_for else None,
            outcome=Outcome(outcome),
            note=record.get("cancel_reason") or record.get("note", ""),
            fields=_fields(record, opportunity) | self._own(record, opportunity)[0],
        )

    def _own(self, record: Record, opportunity: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
        return self.own_values.read(
            record, record.get("type"), record.get("currency") or opportunity["currency"]
        )

    def _follows(self, record: Record, opportunity: Mapping[str, Any]) -> int | None:
        word, end = record.get("follows"), record.get("ended_at")
        if word == LATEST and end:
            return self.history.latest(opportunity, end)
        return self.history.by_ref(word) if word else None

    def _known_at(self, record: Record, action: ActionInput) -> datetime:
        at: datetime = (
            record.get("recorded_at") or record.get("cancelled_at") or action.ended_at or self.plan.now
        )
        return at

    def _problems(
        self,
        record: Record,
        action: ActionInput,
        opportunity: Mapping[str, Any],
        owner_id: int | None,
        known_at: datetime,
        stored: Mapping[str, Any] | None,
    ) -> list[Problem]:
        if stored and stored["status"] != ActionStatus.PLANNED:
            return [Problem("ref" if record.get("ref") else "type", "action_kept")]
        if opportunity["pipeline_id"] != self.own:
            return [Problem("opportunity", "foreign_actions", {"name": opportunity["name"]})]
        problems = [] if owner_id else [Problem("owner", "required")]
        problems += self._own(record, opportunity)[1]
        problems += self._times(record, action, opportunity)
        if record.get("follows") and action.follows is None and record.values["follows"] != LATEST:
            problems.append(Problem("follows", "unknown_record", {"value": record.values["follows"]}))
        if action.recording and action.recording not in self.recordings:
            problems.append(Problem("recording", "recording_lost"))
        context = self.history.context(
            opportunity, owner_id, action, known_at, self._now(action, known_at), stored
        )
        context = replace(context, sound=self.recordings.get(action.recording or ""))
        return [*problems, *(_unended(record, p) for p in _renamed(action, context, self.plan))]

    def _now(self, action: ActionInput, known_at: datetime) -> datetime:
        """The instant that a plan had to lie ahead of: when it became known; else the present."""
        return min(known_at, self.plan.now) if action.status is ActionStatus.PLANNED else self.plan.now

    def _times(self, record: Record, action: ActionInput, opportunity: Mapping[str, Any]) -> list[Problem]:
        late = (
            n for n in ("recorded_at", "cancelled_at") if (record.get(n) or self.plan.now) > self.plan.now
        )
        problems = [Problem(n, "instant_in_future") for n in late]
        closed_at = opportunity["closed_at"]
        over = opportunity["outcome"] != Outcome.OPEN
        if over and action.status is ActionStatus.PLANNED:
            problems.append(Problem("opportunity", "closed_by_then"))
        if over and closed_at and action.ended_at and action.ended_at > closed_at:
            problems.append(Problem("opportunity", "closed_by_then"))
        elif over and action.outcome is not Outcome.OPEN and action.ended_at != closed_at:
            problems.append(Problem("outcome", "other_outcome"))
        return problems

    def _wanted(
        self, record: Record, action: ActionInput, opportunity: Mapping[str, Any], owner_id: int | None
    ) -> dict[str, Any]:
        done = action.status is ActionStatus.COMPLETED
        planned_for = record.get("planned_for") or (None if done else record.get("started_at"))
        wanted = {
            "type": action.type,
            "status": str(action.status),
            "opportunity_id": opportunity["id"],
            "customer_id": opportunity["customer_id"],
            "owner_id": owner_id,
            "planned_for": planned_for,
            "note": record.get("note", ""),
        }
        wanted |= {"ref": record.values["ref"]} if record.get("ref") else {}
        if done:
            wanted |= {
                "started_at": action.started_at,
                "ended_at": action.ended_at,
                "follows_id": action.follows,
            }
            wanted |= {"summary": action.summary}
            wanted |= {"recording": action.recording, "transcript": action.transcript}
            wanted["fields"] = to_json(dict(action.fields))
        if action.status is ActionStatus.CANCELLED:
            at = record.get("cancelled_at") or record.get("recorded_at") or self.plan.now
            wanted |= {"cancelled_at": at, "cancel_reason": action.note}
        return wanted

    def _write(
        self,
        record: Record,
        action: ActionInput,
        opportunity: dict[str, Any],
        wanted: dict[str, Any],
        known_at: datetime,
        stored: Mapping[str, Any] | None,
    ) -> None:
        plan = self.plan
        done = action.status is ActionStatus.COMPLETED
        step = stored or (self.history.step(opportunity["id"], action) if done else None)
        if done and wanted["planned_for"] is None:
            planned_for = step["planned_for"] if step else self._announced(opportunity["id"], action.type)
            wanted["planned_for"] = planned_for
            if planned_for and not step:
                self.pending.pop(opportunity["id"])
        plan.updated, plan.accepted = plan.updated + bool(stored), plan.accepted + (not stored)
        values = wanted | {"recorded_at": known_at, "policy_version": plan.policy.version}
        if step:
            plan.change(Action, step, {k: v for k, v in values.items() if step[k] != v})
            action_id: int = step["id"]
        else:
            action_id = self.ids[record.line]
            plan.add(Action, **({"id": action_id, "fields": {}, "summary": ""} | values))
        self.history.put(dict(values) | {"id": action_id, "ref": wanted.get("ref")})
        plan.opportunities.add(opportunity["id"])
        if opportunity["customer_id"]:
            plan.customers.add(opportunity["customer_id"])
        if done:
            self._move(action, opportunity, action_id, values, known_at)

    def _announced(self, opportunity_id: int, type_: str) -> datetime | None:
        """The instant of the announced step that this action carries out; of another type it is replaced."""
        step = self.pending[opportunity_id][0] if opportunity_id in self.pending else None
        fits = step is not None and step.type == type_ and not self._stands(opportunity_id, step)
        return step.planned_for if step and fits else None

    def _move(
        self,
        action: ActionInput,
        opportunity: dict[str, Any],
        action_id: int,
        values: Mapping[str, Any],
        known_at: datetime,
    ) -> None:
        """What follows from a completed action: stage, next step, quoted amount, closing."""
        plan, end = self.plan, action.ended_at
        plan.add(
            StageEvent,
            opportunity_id=opportunity["id"],
            stage_id=self.history.stages[action.type],
            action_id=action_id,
            happened_at=end,
            recorded_at=known_at,
        )
        if opportunity["id"] in self.pending:
            self._plan_step(opportunity["id"], "replaced", known_at)
        for step in self.history.open_steps(opportunity["id"], known_at):
            off = {
                "status": str(ActionStatus.CANCELLED),
                "cancelled_at": known_at,
                "cancel_reason": "replaced",
            }
            plan.change(Action, step, off)
        if action.next_step:
            self.pending[opportunity["id"]] = (action.next_step, values["owner_id"], known_at)
        if action.type == "quote_confirmation" and opportunity["amount"] is None:
            self._set(opportunity, end, known_at, **dict(action.fields["quote"]))
        if action.outcome is not Outcome.OPEN and opportunity["outcome"] == Outcome.OPEN:
            self._set(opportunity, end, known_at, outcome=str(action.outcome), closed_at=end)

    def _set(
        self, opportunity: dict[str, Any], at: datetime | None, known_at: datetime, **values: Any
    ) -> None:
        changed = {k: v for k, v in values.items() if opportunity[k] != v}
        self.plan.change(Opportunity, dict(opportunity), changed)
        for name, value in changed.items():
            self.plan.add(
                OpportunityChange,
                opportunity_id=opportunity["id"],
                field=name,
                before=to_json(opportunity[name]),
                after=to_json(value),
                happened_at=at,
                recorded_at=known_at,
            )
        opportunity |= changed


def _fields(record: Record, opportunity: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for field in FIELDS.get(record.get("type", ""), ()):
        value = record.get(field.key)
        if value is not None and field.kind is Kind.MONEY:
            value = {"amount": value, "currency": record.get("currency") or opportunity["currency"]}
        if value is not None:
            found[field.key] = value
    return found


_COLUMNS = {"next_step": "next_at", "next_step.type": "next_type", "next_step.planned_for": "next_at"}


def _renamed(action: ActionInput, context: ActionContext, plan: Plan) -> list[Problem]:
    """The form's errors, each at the column of the file; of what is only suspicious the alerts tell."""
    found = [p for p in check(action, context, plan.policy) if p.severity is Severity.ERROR]
    names = (_COLUMNS.get(p.field, p.field.removeprefix("fields.")) for p in found)
    return [Problem(name, p.code, p.params, p.severity) for name, p in zip(names, found, strict=True)]


def _unended(record: Record, problem: Problem) -> Problem:
    """A row that says neither that it is planned nor when it ended is no plan that came too late."""
    if problem.code != "not_in_future" or problem.field != "started_at":
        return problem
    said = any(record.get(name) for name in ("status", "planned_for", "cancelled_at"))
    return problem if said else Problem("ended_at", "past_without_end")


def _differs(stored: Mapping[str, Any], wanted: Mapping[str, Any], numbers: Collection[str]) -> bool:
    given = {k: v for k, v in wanted.items() if v not in (None, "", {})}
    return any(_comparable(stored[k], numbers) != _comparable(v, numbers) for k, v in given.items())


def _comparable(value: Any, numbers: Collection[str]) -> Any:
    """Fields with their amounts as numbers: 1200.50 and 1200.5 are one quote. Whoever is named by an id
    is the same under another name, and a field left blank is one that is not there."""
    if not isinstance(value, dict):
        return value
    return {k: _bare(v, k in numbers) for k, v in value.items() if not is_empty(v)}


def _bare(value: Any, number: bool) -> Any:
    if isinstance(value, dict) and "amount" in value:
        return value | {"amount": Decimal(str(value["amount"]))}
    if isinstance(value, dict) and "id" in value:
        return value["id"]
    return Decimal(str(value)) if number else value
