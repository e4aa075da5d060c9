"""What the weekly health report is made of: a team's opportunities of one week, as known at an instant.

Only what was recorded by `as_of` is read, and what was undone, closed or handed over later is taken as it
still was. So a report that is issued late, after a stop, says what it would have said in time. (A person
who changed teams meanwhile counts for the team they are in when it is issued.)
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.messages import NotFound
from core.process.stages import PIPELINE, Gap
from core.process.stages import StageEvent as Event
from core.process.stays import About, Case, DueStep, Week
from core.terms import ActionStatus, Outcome
from data.queries.policies import setting
from data.schema import (
    Action,
    Audit,
    Customer,
    Opportunity,
    OpportunityChange,
    Person,
    Pipeline,
    Stage,
    StageEvent,
    Team,
)

ZONE = "Asia/Shanghai"  # where the installation's setting `timezone` says nothing else
_MOVING = ("owner_id", "outcome", "closed_at")  # what may have changed since `as_of`


@dataclass(frozen=True, slots=True)
class Step:
    """A planned action as it was known: still a plan, called off, or carried out."""

    id: int
    type: str
    status: ActionStatus
    planned_for: datetime
    cancelled_at: datetime | None = None
    ended_at: datetime | None = None


def zone_of(session: Session, team_id: int | None) -> str:
    """A team's time zone, or the company's.

    Raises:
        NotFound: no such sales team.
    """
    if team_id is None:
        return setting(session, "timezone") or ZONE
    zone = session.scalar(select(Team.timezone).where(Team.id == team_id, Team.kind == "sales"))
    if zone is None:
        raise NotFound(entity="team")
    return zone


def benchmarks(session: Session) -> dict[str, float | None]:
    """Benchmark days of Firebreak's own pipeline by stage, in its order."""
    query = select(Stage.key, Stage.benchmark_days).join(Pipeline).where(Pipeline.key == PIPELINE)
    return {key: days for key, days in session.execute(query.order_by(Stage.position, Stage.id))}


def optional_stages(session: Session) -> frozenset[str]:
    """Stages of Firebreak's own pipeline that may be passed by."""
    query = select(Stage.key).join(Pipeline).where(Pipeline.key == PIPELINE, Stage.optional)
    return frozenset(session.scalars(query))


def health_cases(session: Session, team_id: int | None, week: Week, as_of: datetime) -> list[Case]:
    """Opportunities that were open in some moment of the week, of a team or (None) of the company."""
    among = _among(team_id, week, as_of)
    was = _was(session, among, as_of)
    people = {row.id: row for row in session.execute(_people())}
    events = _events(session, among, week, as_of)
    steps = _steps(session, among, week, as_of)
    cases = []
    for row in session.execute(_opportunities(among)):
        then = {name: getattr(row, name) for name in _MOVING} | was.get(row.id, {})
        owner = people.get(then["owner_id"])
        if team_id is None or (owner and owner.team_id == team_id):
            cases.append(_case(row, then, owner, events[row.id], steps[row.id], week))
    return [case for case in cases if case.closed_at is None or case.closed_at >= week.starts_at]


def _among(team_id: int | None, week: Week, as_of: datetime) -> Select[int]:
    """Ids of the opportunities that may count; a few too many, which are left out afterwards."""
    moved = select(OpportunityChange.opportunity_id).where(
        OpportunityChange.recorded_at > as_of, OpportunityChange.field.in_(_MOVING)
    )
    open_then = or_(
        Opportunity.outcome == Outcome.OPEN,
        Opportunity.closed_at >= week.starts_at,
        Opportunity.id.in_(moved),
    )
    query = (
        select(Opportunity.id)
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .where(Pipeline.key == PIPELINE, Opportunity.recorded_at <= as_of, open_then)
    )
    if team_id is None:
        return query
    members = select(Person.id).where(Person.team_id == team_id)
    return query.where(or_(Opportunity.owner_id.in_(members), Opportunity.id.in_(moved)))


def _was(session: Session, among: Select[int], as_of: datetime) -> dict[int, dict[str, Any]]:
    """Values as they were at `as_of`, where they changed since: what the first later change replaced."""
    query = select(OpportunityChange).where(
        OpportunityChange.recorded_at > as_of,
        OpportunityChange.field.in_(_MOVING),
        OpportunityChange.opportunity_id.in_(among),
    )
    was: dict[int, dict[str, Any]] = defaultdict(dict)
    for change in session.scalars(query.order_by(OpportunityChange.id)):
        before = change.before
        if change.field == "closed_at" and before is not None:
            before = datetime.fromisoformat(before)
        was[change.opportunity_id].setdefault(change.field, before)
    return was


def _people() -> Select[Any]:
    columns: Any = (Person.id, Person.name, Person.team_id, Team.name.label("team"))
    return select(*columns).outerjoin(Team, Team.id == Person.team_id)


def _opportunities(among: Select[int]) -> Select[Any]:
    columns: Any = (
        Opportunity.id,
        Opportunity.name,
        Opportunity.owner_id,
        Opportunity.outcome,
        Opportunity.closed_at,
        Opportunity.customer_id,
        Customer.name.label("customer"),
        Customer.industry,
        Customer.segment,
    )
    return (
        select(*columns)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(Opportunity.id.in_(among))
        .order_by(Opportunity.id)
    )


def _living(voided_at: InstrumentedAttribute[datetime | None], as_of: datetime) -> ColumnElement[bool]:
    return or_(voided_at.is_(None), voided_at > as_of)


def _events(
    session: Session, among: Select[int], week: Week, as_of: datetime
) -> Mapping[int, dict[int | None, Event]]:
    """Events by opportunity and by the action that left them (or minus the event's id)."""
    query = (
        select(
            StageEvent.opportunity_id,
            StageEvent.action_id,
            Stage.key,
            StageEvent.happened_at,
            StageEvent.id,
            StageEvent.gap,
        )
        .join(Stage, Stage.id == StageEvent.stage_id)
        .where(
            StageEvent.opportunity_id.in_(among),
            StageEvent.recorded_at <= as_of,
            StageEvent.happened_at < week.ends_at,
            _living(StageEvent.voided_at, as_of),
        )
    )
    found: dict[int, dict[int | None, Event]] = defaultdict(dict)
    for opportunity_id, action_id, stage, at, event_id, gap in session.execute(query):
        event = Event(stage, at, event_id, Gap(gap) if gap else None)
        found[opportunity_id][action_id or -event_id] = event
    return found


def _steps(session: Session, among: Select[int], week: Week, as_of: datetime) -> Mapping[int, list[Step]]:
    """Actions that were planned for this week or later, as they were known at `as_of`.

    A plan that was carried out afterwards bears that later `recorded_at`; the audit says since when it
    was planned, and as what.
    """
    planned = (
        Action.opportunity_id.in_(among),
        Action.planned_for >= week.starts_at,
        _living(Action.voided_at, as_of),
    )
    was = _plans(session, select(Action.id).where(*planned, Action.recorded_at > as_of), as_of)
    found: dict[int, list[Step]] = defaultdict(list)
    for action in session.scalars(select(Action).where(*planned)):
        if action.planned_for and (action.recorded_at <= as_of or action.id in was):
            found[action.opportunity_id].append(_step(action, action.planned_for, was.get(action.id), as_of))
    return found


def _plans(session: Session, among: Select[int], as_of: datetime) -> dict[int, str]:
    """The type of those that were plans at `as_of`, as the first later record found them."""
    query = select(Audit.entity_id, Audit.before).where(
        Audit.entity == "action", Audit.entity_id.in_(among), Audit.at > as_of, Audit.before.is_not(None)
    )
    first: dict[int, dict[str, Any]] = {}
    for action_id, before in session.execute(query.order_by(Audit.id)):
        first.setdefault(action_id, before)
    return {
        action_id: before["type"]
        for action_id, before in first.items()
        if datetime.fromisoformat(before["recorded_at"]) <= as_of
    }


def _step(action: Action, planned_for: datetime, was: str | None, as_of: datetime) -> Step:
    if was:
        return Step(action.id, was, ActionStatus.PLANNED, planned_for)
    status = ActionStatus(action.status)
    off_at = action.cancelled_at if status is ActionStatus.CANCELLED else None
    if off_at and off_at > as_of:
        status, off_at = ActionStatus.PLANNED, None
    return Step(action.id, action.type, status, planned_for, off_at, action.ended_at)


def _case(
    row: Any,
    then: Mapping[str, Any],
    owner: Any,
    events: Mapping[int | None, Event],
    steps: Sequence[Step],
    week: Week,
) -> Case:
    return Case(
        about=About(
            row.id,
            row.name,
            row.customer_id,
            row.customer,
            owner.id if owner else None,
            owner.name if owner else None,
            owner.team if owner else None,
            row.industry,
            row.segment,
        ),
        events=tuple(events.values()),
        closed_at=None if then["outcome"] == Outcome.OPEN else then["closed_at"],
        next_step=any(s.planned_for >= week.ends_at and s.status == ActionStatus.PLANNED for s in steps),
        due=tuple(_due(s, events, week) for s in steps if _is_due(s, week)),
    )


def _is_due(step: Step, week: Week) -> bool:
    called_off = step.status == ActionStatus.CANCELLED and (
        step.cancelled_at is None or step.cancelled_at < step.planned_for
    )
    return week.has(step.planned_for) and not called_off


def _due(step: Step, events: Mapping[int | None, Event], week: Week) -> DueStep:
    """Carried out within the week, as far as was recorded; the event is 0 where it left none."""
    done = (
        step.status == ActionStatus.COMPLETED and step.ended_at is not None and step.ended_at < week.ends_at
    )
    event = events.get(step.id)
    return DueStep(step.type, step.planned_for, (event.order if event else 0) if done else None)
