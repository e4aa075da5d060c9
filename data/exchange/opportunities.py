"""Rows of opportunities: another system's pipeline, amounts, opening, closing, outcome."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.definitions import OPPORTUNITY
from core.exchange.closing import closed_as, filled_at_close, only_over, with_outcome
from core.exchange.rows import Record
from core.messages import Problem
from core.opportunities import closes_before_opening
from core.terms import ActionStatus, Outcome
from data.commands.opportunities import check_opportunity
from data.exchange.lookups import KnownPipeline, Named, People, Pipelines, table_row
from data.exchange.own_records import OwnRecords
from data.exchange.plan import Plan, fetch, words
from data.exchange.standings import Standings
from data.jsontext import to_json
from data.schema import Action, Customer, Opportunity, OpportunityChange

_EVENTFUL = (
    "amount",
    "currency",
    "close_on",
    "opened_at",
    "closed_at",
    "outcome",
    "owner_id",
    "customer_id",
    "product",
)
_COLUMNS = {"customer": "customer_id"}  # of fields that a mapping may say are known at close


def plan_opportunities(plan: Plan, records: Sequence[Record]) -> None:
    """Plan every row: new, updated, duplicate or refused."""
    if plan.mapping.pipeline is None:  # in a pipeline of its own, Won may be a stage like others
        records = [r if "pipeline" in r.values else with_outcome(r, plan.mapping.formats) for r in records]
    planner = _Planner(plan, records)
    for record in plan.each(records):
        planner.row(record)


class _Planner:
    def __init__(self, plan: Plan, records: Sequence[Record]) -> None:
        self.plan = plan
        self.people = People(plan.session)
        self.customers = Named(plan, Customer, words(records, "customer"))
        self.known = Named(plan, Opportunity, words(records, "ref"), words(records, "name"))
        self.pipelines = Pipelines(plan)
        self.standings = Standings(plan, list(self.known.rows))
        self.own = OwnRecords(plan, OPPORTUNITY, records, self.people)
        self._steps: dict[int, list[Mapping[str, Any]]] | None = None
        self.at_close = plan.mapping.known_at_close or filled_at_close(records)

    def row(self, record: Record) -> None:
        problems: list[Problem] = []
        wanted = self._wanted(record, problems)
        stored = self._stored(record, wanted, problems)
        pipeline, stage_id = self._stage(record, stored, problems)
        wanted |= self.own.wanted(record, wanted, stored, self._known_at(record, wanted, stored), problems)
        values = dict(stored or {}) | wanted
        if not problems:
            problems += _check(values, record, self.plan.now)
        if problems:
            self.plan.reject(record, problems)
            return
        if values.get("customer_id") is None:
            self.plan.without_customer.append(record.line)
        if values.get("outcome", Outcome.OPEN) == Outcome.OPEN and self.people.is_out(wanted.get("owner_id")):
            self.plan.owner_out.append(record.line)
        if self._closes_early(values):
            self.plan.closes_early.append(record.line)
        if stored is None:
            self._create(record, wanted, pipeline, stage_id)
        else:
            self._update(record, stored, wanted, stage_id)

    def _closes_early(self, values: Mapping[str, Any]) -> bool:
        """Whether it is expected to close before it was opened; not of what was entered after its closing."""
        opened, closed = values.get("opened_at"), values.get("closed_at")
        if opened is None or (closed and closed < opened):
            return False
        zone = ZoneInfo(self.plan.mapping.formats.time_zone)
        return closes_before_opening(values.get("close_on"), opened.astimezone(zone).date())

    def _known_at(
        self, record: Record, wanted: Mapping[str, Any], stored: Mapping[str, Any] | None
    ) -> datetime:
        """When the opportunity became known: what it is asked for was asked for then."""
        at: datetime = (stored or {}).get("recorded_at") or self._recorded(record, wanted)
        return at

    def _recorded(self, record: Record, wanted: Mapping[str, Any]) -> datetime:
        at: datetime = (
            record.get("recorded_at") or wanted.get("opened_at") or wanted.get("closed_at") or self.plan.now
        )
        return at

    def _wanted(self, record: Record, problems: list[Problem]) -> dict[str, Any]:
        """The columns that the row speaks of."""
        names = (
            "ref",
            "name",
            "product",
            "amount",
            "currency",
            "opened_at",
            "closed_at",
            "close_on",
            "outcome",
        )
        wanted = {n: record.values[n] for n in names if n in record.values}
        owner = self.people.owner(record.get("owner"), problems)
        customer = self.customers.find(record.get("customer"), "customer", problems)
        wanted |= {"owner_id": owner} if owner else {}
        wanted |= {"customer_id": customer["id"]} if customer else {}
        if "currency" in wanted:
            wanted["currency"] = wanted["currency"].upper()
        if self.plan.mapping.expected_while_open and wanted.get("outcome", "open") == Outcome.OPEN:
            closing = wanted.pop("closed_at", None)
            if closing:
                wanted.setdefault(
                    "close_on", closing.astimezone(ZoneInfo(self.plan.mapping.formats.time_zone)).date()
                )
        return wanted

    def _stored(
        self, record: Record, wanted: Mapping[str, Any], problems: list[Problem]
    ) -> Mapping[str, Any] | None:
        if ref := record.get("ref"):
            return self.known.by_ref(ref)
        if "name" not in wanted:
            problems.append(Problem("name", "required"))
            return None
        same = self.known.by_name(wanted["name"])
        return next((o for o in same if o["customer_id"] == wanted.get("customer_id")), None)

    def _stage(
        self, record: Record, stored: Mapping[str, Any] | None, problems: list[Problem]
    ) -> tuple[KnownPipeline, int | None]:
        word = record.get("pipeline")
        if stored is not None and word is None and self.plan.mapping.pipeline is None:
            pipeline = self.pipelines.get(stored["pipeline_id"])
        else:
            pipeline = self.pipelines.named(word)
        if stored is not None and stored["pipeline_id"] != pipeline.id:
            problems.append(Problem("pipeline", "other_pipeline", {"value": pipeline.name}))
        stage = record.get("stage")
        stage_id = self.pipelines.stage(pipeline, stage) if stage else None
        if stage and stage_id is None:
            problems.append(self._no_stage(stage, record.get("outcome")))
        return pipeline, stage_id

    def _no_stage(self, word: str, outcome: str | None) -> Problem:
        formats = self.plan.mapping.formats
        if outcome is not None and (closed_as(word, formats) or only_over(word, formats)):
            return Problem("stage", "stage_against_outcome", {"value": word, "outcome": outcome})
        return Problem("stage", "unknown_stage", {"value": word})

    def _create(
        self, record: Record, wanted: dict[str, Any], pipeline: KnownPipeline, stage_id: int | None
    ) -> None:
        plan = self.plan
        closed, recorded = wanted.get("closed_at"), self._recorded(record, wanted)
        fallback = " ".join(filter(None, (wanted.get("product"), wanted.get("ref"))))
        row = table_row(Opportunity, wanted) | {
            "name": wanted.get("name") or fallback,
            "pipeline_id": pipeline.id,
            "currency": wanted.get("currency") or plan.policy.currency,
            "outcome": wanted.get("outcome", Outcome.OPEN),
            "recorded_at": recorded,
            "version": 1,
        }
        row["id"] = plan.new_id(Opportunity)
        plan.inserts[Opportunity].append(row)
        plan.accepted += 1
        self.known.put(row)
        self._touch(row)
        if closed:
            self._closing(row, max(closed, record.get("recorded_at") or closed))
        if stage_id:
            self.standings.stand(record, row, stage_id, recorded)

    def _closing(self, row: Mapping[str, Any], recorded_at: datetime) -> None:
        """The events of a closing: what was open becomes known as closed, and only then."""
        before = {"outcome": str(Outcome.OPEN), "closed_at": None}
        before |= {_COLUMNS.get(name, name): None for name in self.at_close}
        for name, value in before.items():
            if row[name] != value:
                self._event_of(row["id"], name, value, row[name], row["closed_at"], recorded_at)

    def _update(
        self, record: Record, stored: Mapping[str, Any], wanted: dict[str, Any], stage_id: int | None
    ) -> None:
        plan = self.plan
        moved = stage_id is not None and self.standings.moves(
            stored["id"], stage_id, record.get("stage_since")
        )
        changed = {k: v for k, v in wanted.items() if stored[k] != v}
        if moved and not changed:
            plan.updated += 1
        elif plan.settle(Opportunity, stored, wanted):
            for name in (n for n in changed if n in _EVENTFUL):
                at = wanted.get("closed_at") if name in ("outcome", "closed_at") else None
                self._event_of(stored["id"], name, stored[name], changed[name], at or plan.now, plan.now)
            self._settle_steps(stored["id"], changed)
        if moved and stage_id:
            self.standings.move(record, stored, wanted, stage_id)
        if moved or changed:
            self._touch(dict(stored) | wanted)
            self._touch(stored)

    def _settle_steps(self, opportunity_id: int, changed: Mapping[str, Any]) -> None:
        """What closing and assigning do to planned steps, by a file as by hand."""
        off = {
            "status": str(ActionStatus.CANCELLED),
            "cancelled_at": self.plan.now,
            "cancel_reason": "closed",
        }
        closed = changed.get("outcome", Outcome.OPEN) != Outcome.OPEN
        if not closed and "owner_id" not in changed:
            return
        for step in self._planned()[opportunity_id]:
            self.plan.change(Action, step, off if closed else {"owner_id": changed["owner_id"]})

    def _planned(self) -> Mapping[int, list[Mapping[str, Any]]]:
        """Planned steps by stored opportunity, read when the first of these is closed or assigned."""
        if self._steps is None:
            self._steps = defaultdict(list)
            planned = (Action.status == ActionStatus.PLANNED, Action.voided_at.is_(None))
            query = select(*Action.__table__.columns).where(*planned).order_by(Action.id)
            for row in fetch(self.plan.session, query, Action.opportunity_id, list(self.known.rows)):
                self._steps[row["opportunity_id"]].append(row)
        return self._steps

    def _event_of(
        self, opportunity_id: int, name: str, before: Any, after: Any, at: datetime, recorded_at: datetime
    ) -> None:
        self.plan.add(
            OpportunityChange,
            opportunity_id=opportunity_id,
            field=name,
            before=to_json(before),
            after=to_json(after),
            happened_at=at,
            recorded_at=recorded_at,
        )

    def _touch(self, row: Mapping[str, Any]) -> None:
        self.plan.opportunities.add(row["id"])
        if row["customer_id"]:
            self.plan.customers.add(row["customer_id"])


def _check(values: Mapping[str, Any], record: Record, now: datetime) -> list[Problem]:
    """What is wrong with the opportunity as it would stand."""
    name = values.get("name") or values.get("product") or values.get("ref") or ""
    problems = check_opportunity(name, values.get("amount"), values.get("currency"))
    return problems + _check_times(values, record, now)


def _check_times(values: Mapping[str, Any], record: Record, now: datetime) -> list[Problem]:
    opened, closed, recorded_at = values.get("opened_at"), values.get("closed_at"), record.get("recorded_at")
    problems = [
        Problem(name, "instant_in_future")
        for name, at in (
            ("opened_at", opened),
            ("closed_at", closed),
            ("recorded_at", recorded_at),
            ("stage_since", record.get("stage_since")),
        )
        if at is not None and at > now
    ]
    # What was entered only after it had closed was opened, as a record, after its closing.
    entered_late = recorded_at and closed and closed <= recorded_at
    if opened and closed and closed < opened and not entered_late:
        problems.append(Problem("closed_at", "closed_before_opened"))
    is_open = values.get("outcome", Outcome.OPEN) == Outcome.OPEN
    if is_open and closed:
        problems.append(Problem("closed_at", "closed_but_open"))
    if not is_open and closed is None:
        problems.append(Problem("closed_at", "required"))
    return problems
