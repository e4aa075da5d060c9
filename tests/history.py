"""A past written straight into the store, for tests that read it: stage events and planned actions.

A history is drawn as `"A1 S3 S5 Q9"`: a letter for the stage, a number for the day on which it happened.
A list said `"S3<"`, that it stands there since that day, or `"S3?"`, that it was seen there on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from core.policies import DEFAULTS
from core.process.metrics import PlannedAction, reaches_further
from core.process.stages import STAGES, Gap, StageEvent
from core.terms import ActionStatus
from data.commands.alerts import sweep
from data.commands.projections import project_customers, project_opportunities
from data.engine import Store
from data.schema import Action, Opportunity, Pipeline, Stage
from data.schema import StageEvent as StageEventRow

DAY_0 = datetime(2026, 1, 1, tzinfo=UTC)
LETTERS = dict(zip("ANSOQ", STAGES, strict=True))
_GAPS = {"<": Gap.BEFORE, "?": Gap.SINCE}


def day(number: float) -> datetime:
    """The instant of a drawn day."""
    return DAY_0 + timedelta(days=number)


def drawn(history: str) -> list[StageEvent]:
    """The stage events of a drawn history."""
    steps = history.split()
    return [
        StageEvent(LETTERS[s[0]], day(float(s[1:].rstrip("<?"))), n, _GAPS.get(s[-1]))
        for n, s in enumerate(steps)
    ]


def demo_step(
    events: Sequence[StageEvent], status: ActionStatus, planned_for: datetime, closed_at: datetime | None
) -> PlannedAction:
    """A planned demo of an opportunity with these events."""
    done_at = closed_at if status is ActionStatus.COMPLETED else None
    its_time = min(planned_for, done_at or planned_for)
    further = reaches_further("solution_demo", its_time, events)
    return PlannedAction(
        status, planned_for, closed_at, further, reaches_further("solution_demo", done_at, events)
    )


def opportunity(store: Store, owner: int | None, events: Sequence[StageEvent] = (), **values) -> int:
    """Write an opportunity with these events; projections follow with `settle`."""
    with store.writing() as session:
        pipeline = session.scalars(select(Pipeline.id).where(Pipeline.key == "firebreak")).one()
        stages = dict(session.execute(select(Stage.key, Stage.id).where(Stage.pipeline_id == pipeline)).all())
        given = {"name": "Line 1", "currency": "CNY", "recorded_at": DAY_0, "pipeline_id": pipeline} | values
        row = Opportunity(owner_id=owner, **given)
        session.add(row)
        session.flush()
        for event in sorted(events, key=lambda e: e.order):
            session.add(
                StageEventRow(
                    opportunity_id=row.id,
                    stage_id=stages[event.stage],
                    happened_at=event.happened_at,
                    recorded_at=event.happened_at,
                    gap=event.gap,
                )
            )
            session.flush()
        return row.id


def planned(store: Store, owner: int, opportunity_id: int, action: PlannedAction, **values) -> int:
    """Write an action that was once planned."""
    with store.writing() as session:
        row = Action(
            type="solution_demo",
            status=action.status,
            opportunity_id=opportunity_id,
            customer_id=session.get_one(Opportunity, opportunity_id).customer_id,
            owner_id=owner,
            planned_for=action.planned_for,
            cancelled_at=action.closed_at if action.status == "cancelled" else None,
            recorded_at=DAY_0,
            fields={},
            **({"ended_at": action.closed_at if action.status == "completed" else None} | values),
        )
        session.add(row)
        session.flush()
        return row.id


def settle(store: Store) -> None:
    """Projections and alerts from what was written."""
    with store.writing() as session:
        project_opportunities(session)
        project_customers(session)
        sweep(session, store.clock(), DEFAULTS)
