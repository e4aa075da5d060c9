"""Rows of stage changes: which opportunity was at which stage, and when."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core.exchange.rows import Record, numbered
from core.messages import Problem
from core.terms import Outcome
from data.exchange.lookups import KnownPipeline, Named, Pipelines, table_row
from data.exchange.plan import Plan, fetch, words
from data.schema import Opportunity, StageEvent


def plan_stage_changes(plan: Plan, records: Sequence[Record]) -> None:
    """Plan every row. Equal events of one file are as many events; what the store has is not repeated."""
    planner = _Planner(plan, records)
    for record, earlier in numbered(records, ("opportunity", "stage", "at")):
        planner.row(record, earlier)


class _Planner:
    def __init__(self, plan: Plan, records: Sequence[Record]) -> None:
        self.plan = plan
        self.known = Named(plan, Opportunity, words(records, "opportunity"))
        self.pipelines = Pipelines(plan)
        self.stored = self._stored_events()
        self.first: dict[str, datetime] = {}
        for record in records:
            case, at = record.get("opportunity"), record.get("at")
            if case and at:
                self.first[case] = min(at, self.first.get(case, at))
        self._order_stages(records)

    def row(self, record: Record, earlier: int) -> None:
        problems = self._check(record)
        opportunity = self._opportunity(record, problems) if not problems else None
        stage_id = self._stage(record, opportunity, problems) if opportunity else None
        if opportunity is None or stage_id is None:
            self.plan.reject(record, problems)
            return
        at = record.values["at"]
        if earlier < self.stored[opportunity["id"], stage_id, at]:
            self.plan.duplicates += 1
            return
        self.plan.accepted += 1
        self.plan.opportunities.add(opportunity["id"])
        self.plan.add(
            StageEvent,
            opportunity_id=opportunity["id"],
            stage_id=stage_id,
            happened_at=at,
            recorded_at=record.get("recorded_at") or at,
            gap=record.get("gap"),
        )

    def _check(self, record: Record) -> list[Problem]:
        problems = [Problem(f, "required") for f in ("opportunity", "stage", "at") if record.get(f) is None]
        late = (f for f in ("at", "recorded_at") if (record.get(f) or self.plan.now) > self.plan.now)
        return problems + [Problem(f, "instant_in_future") for f in late]

    def _opportunity(self, record: Record, problems: list[Problem]) -> Mapping[str, Any] | None:
        case = record.values["opportunity"]
        named = record.get("pipeline") or self.plan.mapping.pipeline
        if not named:
            return self.known.find(case, "opportunity", problems)
        found = self.known.by_ref(case) or next(iter(self.known.by_name(case)), None)
        pipeline = self.pipelines.named(record.get("pipeline"))
        if found is None:
            return self._create(case, pipeline)
        if found["pipeline_id"] != pipeline.id:
            problems.append(Problem("pipeline", "other_pipeline", {"value": pipeline.name}))
            return None
        return found

    def _create(self, case: str, pipeline: KnownPipeline) -> Mapping[str, Any]:
        at = self.first[case]
        row = table_row(Opportunity, {"ref": case, "name": case}) | {
            "pipeline_id": pipeline.id,
            "currency": self.plan.policy.currency,
            "opened_at": at,
            "recorded_at": at,
            "outcome": Outcome.OPEN,
            "version": 1,
        }
        row["id"] = self.plan.new_id(Opportunity)
        self.plan.inserts[Opportunity].append(row)
        self.known.put(row)
        return row

    def _stage(self, record: Record, opportunity: Mapping[str, Any], problems: list[Problem]) -> int | None:
        word = record.values["stage"]
        found = self.pipelines.stage(self.pipelines.get(opportunity["pipeline_id"]), word)
        if found is None:
            problems.append(Problem("stage", "unknown_stage", {"value": word}))
        return found

    def _stored_events(self) -> Counter[tuple[int, int, datetime]]:
        events = select(StageEvent.opportunity_id, StageEvent.stage_id, StageEvent.happened_at)
        living = events.where(StageEvent.voided_at.is_(None))
        rows = fetch(self.plan.session, living, StageEvent.opportunity_id, list(self.known.rows))
        return Counter((r["opportunity_id"], r["stage_id"], r["happened_at"]) for r in rows)

    def _order_stages(self, records: Sequence[Record]) -> None:
        """New stages stand at the positions that the file gives, else by their average place in its cases."""
        cases: dict[tuple[int, str], list[tuple[datetime, int, str]]] = defaultdict(list)
        given: dict[int, dict[str, int]] = defaultdict(dict)
        for number, record in enumerate(records):
            pipeline = None if self._check(record) else self._pipeline(record)
            if pipeline is None or pipeline.is_own:
                continue
            stage = record.values["stage"]
            cases[pipeline.id, record.values["opportunity"]].append((record.values["at"], number, stage))
            if (position := record.get("position")) is not None:
                given[pipeline.id].setdefault(stage, position)
        for pipeline_id, positions in given.items():
            self.pipelines.place(self.pipelines.get(pipeline_id), positions)
        for pipeline_id, stages in _average_places(cases).items():
            self.pipelines.order(self.pipelines.get(pipeline_id), sorted(stages, key=stages.__getitem__))

    def _pipeline(self, record: Record) -> KnownPipeline | None:
        if record.get("pipeline") or self.plan.mapping.pipeline:
            return self.pipelines.named(record.get("pipeline"))
        found = self.known.find(record.values["opportunity"], "opportunity", [])
        return self.pipelines.get(found["pipeline_id"]) if found else None


def _average_places(
    cases: Mapping[tuple[int, str], list[tuple[datetime, int, str]]],
) -> dict[int, dict[str, float]]:
    """Per pipeline: each stage's mean place in its cases, 0 for first and 1 for last."""
    places: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for (pipeline_id, _), events in cases.items():
        for place, (_, _, stage) in enumerate(sorted(events)):
            places[pipeline_id][stage].append(place / max(len(events) - 1, 1))
    return {p: {s: sum(at) / len(at) for s, at in stages.items()} for p, stages in places.items()}
