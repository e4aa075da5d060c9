"""What a list of opportunities says of the stages at which they stand, and what it leaves open."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core.exchange.rows import Record
from core.process.stages import Gap
from data.exchange.plan import Plan, fetch
from data.schema import Opportunity, OpportunityState, StageEvent


@dataclass(slots=True)
class _Known:
    """What is known of one opportunity's stages.

    Attributes:
        present: where it stands.
        told: where a list said last that it stands.
        seen: the event of that, where the list did not say since when.
        events: all (stage, instant).
    """

    present: int | None = None
    told: int | None = None
    seen: Mapping[str, Any] | None = None
    events: set[tuple[int, datetime]] = field(default_factory=set)

    def add(self, event: Mapping[str, Any]) -> None:
        """Take an event in; they come in the order in which they were written."""
        self.events.add((event["stage_id"], event["happened_at"]))
        if event["gap"]:
            self.told = event["stage_id"]
            self.seen = event if event["gap"] == Gap.SINCE else None


class Standings:
    """The stages at which stored opportunities stand, and those that a file's rows name.

    Args:
        ids: the stored opportunities that the file speaks of.
    """

    def __init__(self, plan: Plan, ids: Collection[int]) -> None:
        self.plan = plan
        state = OpportunityState
        present = select(state.opportunity_id, state.stage_id)
        self._known = {
            row["opportunity_id"]: _Known(row["stage_id"])
            for row in fetch(plan.session, present, state.opportunity_id, ids)
        }
        events = select(*StageEvent.__table__.columns).where(StageEvent.voided_at.is_(None))
        for event in fetch(plan.session, events.order_by(StageEvent.id), StageEvent.opportunity_id, ids):
            self._known[event["opportunity_id"]].add(event)

    def moves(self, opportunity_id: int, stage_id: int, since: datetime | None) -> bool:
        """Whether a row says more of the stage than is known, or than an earlier file said already."""
        known = self._known.get(opportunity_id, _Known())
        if since is not None and self._seen(opportunity_id, stage_id):
            return True
        return stage_id not in (known.present, known.told) and (stage_id, since) not in known.events

    def move(
        self, record: Record, stored: Mapping[str, Any], wanted: Mapping[str, Any], stage_id: int
    ) -> None:
        """Plan that a stored opportunity stands there; what was only seen gives way to what is told."""
        known = self._known.get(stored["id"], _Known())
        self.plan.rest_on(Opportunity, stored["id"], "stage", known.present)
        if seen := self._seen(stored["id"], stage_id):
            self.plan.change(StageEvent, seen, {"voided_at": self.plan.now})
        self.stand(record, {**stored, **wanted}, stage_id, self.plan.now)

    def stand(self, record: Record, row: Mapping[str, Any], stage_id: int, recorded: datetime) -> None:
        """Plan that it stands there since the row says so; else it was seen there now, or when it closed."""
        since, closed = record.get("stage_since"), row["closed_at"]
        at = since or closed or self.plan.now
        self.plan.add(
            StageEvent,
            opportunity_id=row["id"],
            stage_id=stage_id,
            happened_at=at,
            recorded_at=max(at, recorded),
            gap=str(Gap.BEFORE if since else Gap.SINCE),
        )
        if since is None and closed is None:
            self.plan.since_unsaid.append(record.line)

    def _seen(self, opportunity_id: int, stage_id: int) -> Mapping[str, Any] | None:
        """The event that says no more than that it was seen at this stage, while it stands there."""
        known = self._known.get(opportunity_id, _Known())
        return known.seen if stage_id == known.present == known.told else None
