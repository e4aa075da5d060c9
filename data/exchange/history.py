"""The actions around an import's rows, in memory: stored ones and those planned so far.

It answers what `data.commands.actions.context_of` asks the store, for many rows at once.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.policies import LONGEST_ACTION_HOURS
from core.process.actions import ActionContext, ActionInput
from core.process.recordings import Sound, unpack
from core.process.stages import PIPELINE
from core.terms import ActionStatus
from data.exchange.plan import fetch
from data.queries.policies import company_tz
from data.schema import Action, Customer, Pipeline, Stage, StoredFile

Row = Mapping[str, Any]


class History:
    """Actions by reference, opportunity, customer and owner.

    Attributes:
        stages: stage ids of Firebreak's own pipeline by key.
    """

    def __init__(self, session: Session, opportunities: Iterable[Row], refs: Collection[str]) -> None:
        self.session, self.zone = session, company_tz(session)
        self.rows: dict[int, Row] = {}
        self._refs: dict[str, int] = {}
        self._mine: dict[int, list[Row]] = defaultdict(list)
        self._records: dict[tuple[str, int], list[tuple[datetime, int]]] = defaultdict(list)
        self._busy: dict[int, list[tuple[datetime, datetime, int]]] = defaultdict(list)
        self._used: set[int] = set()
        self._names: dict[int | None, str] = {None: ""}
        held = list(opportunities)
        self._load(Action.opportunity_id, {o["id"] for o in held})
        self._load(Action.customer_id, {o["customer_id"] for o in held if o["customer_id"]})
        self._load(
            Action.owner_id,
            {r["owner_id"] for r in self.rows.values()} | {o["owner_id"] for o in held if o["owner_id"]},
        )
        self._load(Action.ref, refs)
        own = select(Stage.key, Stage.id).join(Pipeline).where(Pipeline.key == PIPELINE)
        self.stages: dict[str, int] = {key: stage_id for key, stage_id in session.execute(own)}

    def _load(self, column: Any, values: Collection[Any]) -> None:
        living = select(*Action.__table__.columns).where(Action.voided_at.is_(None))
        for row in fetch(self.session, living, column, values):
            if row["id"] not in self.rows:
                self.put(row)

    def put(self, row: Row) -> None:
        """Make an action known, stored or planned; a second time replaces the first."""
        if (earlier := self.rows.get(row["id"])) is not None:
            self._mine[earlier["opportunity_id"]].remove(earlier)
            self._used.add(row["id"])
        self.rows[row["id"]] = row
        if row.get("ref"):
            self._refs[row["ref"]] = row["id"]
        self._mine[row["opportunity_id"]].append(row)
        if row["status"] == ActionStatus.COMPLETED:
            insort(
                self._records[_holder(row["customer_id"], row["opportunity_id"])],
                (row["ended_at"], row["id"]),
            )
            insort(self._busy[row["owner_id"]], (row["started_at"], row["ended_at"], row["id"]))

    def by_ref(self, ref: str) -> int | None:
        """Id of the action that another system knows by this id."""
        return self._refs.get(ref)

    def latest(self, opportunity: Row, end: datetime) -> int | None:
        """The customer's latest record that ended before `end`."""
        records = self._records[_holder(opportunity["customer_id"], opportunity["id"])]
        place = bisect_left(records, (end, 0))
        return records[place - 1][1] if place else None

    def find(
        self, ref: str | None, opportunity_id: int, action: ActionInput, planned_for: datetime | None
    ) -> Row | None:
        """The action that a row speaks of: by reference, else by opportunity, type and time."""
        if ref:
            return self.rows.get(self._refs.get(ref, 0))
        for row in self._mine[opportunity_id]:
            if row["type"] == action.type and _same_time(row, action, planned_for):
                return row
        return None

    def context(
        self,
        opportunity: Row,
        owner_id: int | None,
        action: ActionInput,
        known_at: datetime,
        now: datetime,
        stored: Row | None,
    ) -> ActionContext:
        """What is known around an action."""
        start, end = action.started_at, action.ended_at
        if start is None or end is None:
            return ActionContext(known_at=known_at, now=now, zone=self.zone)
        done = [
            r
            for r in self._mine[opportunity["id"]]
            if r["status"] == ActionStatus.COMPLETED and r is not stored
        ]
        records = self._records[_holder(opportunity["customer_id"], opportunity["id"])]
        quotes = (r for r in done if r["type"] == "quote_confirmation" and r["ended_at"] < end)
        return ActionContext(
            known_at=known_at,
            now=now,
            previous_end=max((r["ended_at"] for r in done if r["started_at"] <= start), default=None),
            following_start=min((r["started_at"] for r in done if r["started_at"] > start), default=None),
            busy=self._overlapping(owner_id, start, end),
            earlier_records=frozenset(i for _, i in records[: bisect_left(records, (end, 0))]),
            earlier_quote=next(quotes, None) is not None,
            zone=self.zone,
        )

    def _overlapping(
        self, owner_id: int | None, start: datetime, end: datetime
    ) -> tuple[tuple[datetime, datetime, str], ...]:
        spans = self._busy.get(owner_id or 0, [])
        first = bisect_left(spans, (start - timedelta(hours=LONGEST_ACTION_HOURS), start, 0))
        near = spans[first : bisect_left(spans, (end, start, 0))]
        return tuple((s, e, self._customer(i)) for s, e, i in near if s < end and e > start)

    def _customer(self, action_id: int) -> str:
        """Whom an action is with; '' for an opportunity without a customer."""
        of = self.rows[action_id]["customer_id"]
        if of not in self._names:
            self._names[of] = self.session.scalar(select(Customer.name).where(Customer.id == of)) or ""
        return self._names[of]

    def has_plan(self, opportunity_id: int, planned_for: datetime | None) -> bool:
        """Whether some action of the opportunity was planned for that instant."""
        return any(r["planned_for"] == planned_for for r in self._mine[opportunity_id])

    def step(self, opportunity_id: int, action: ActionInput) -> Row | None:
        """The stored planned step that this completed action carries out."""
        steps = self.open_steps(opportunity_id, action.ended_at)
        return next((s for s in steps if s["type"] == action.type), None)

    def open_steps(self, opportunity_id: int, known_at: datetime | None) -> list[Row]:
        """Stored planned steps that were made before `known_at` and that no row speaks of."""
        planned = (r for r in self._mine[opportunity_id] if r["status"] == ActionStatus.PLANNED)
        return [
            r
            for r in planned
            if r["id"] not in self._used and "batch_id" in r and r["recorded_at"] < known_at
        ]

    def stored_recordings(self, digests: Collection[str]) -> dict[str, Sound | None]:
        """Which of these recordings the store keeps, and what was measured in them."""
        query = select(StoredFile.sha256, StoredFile.sound)
        found = fetch(self.session, query, StoredFile.sha256, digests)
        return {r["sha256"]: unpack(r["sound"]) for r in found}


def _holder(customer_id: int | None, opportunity_id: int) -> tuple[str, int]:
    return ("customer", customer_id) if customer_id else ("opportunity", opportunity_id)


def _same_time(row: Row, action: ActionInput, planned_for: datetime | None) -> bool:
    if action.status is ActionStatus.COMPLETED:
        return bool(row.get("started_at") == action.started_at and action.started_at)
    return bool(row["planned_for"] == (planned_for or action.started_at) and row["planned_for"])
