"""Rows of the process: stays at stages, actions, planned steps, conversations."""

from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from core.access import Who
from core.forecast.factors import LEAST_TALK_MINUTES
from core.process.stages import Gap
from core.terms import ActionStatus, Outcome
from data.queries.board_due import due_steps
from data.queries.board_sets import advances
from data.queries.metrics.ask import ABOUT, Ask, about_theirs, counts, deals, narrowed, within
from data.schema import (
    Action,
    Customer,
    Interaction,
    Opportunity,
    Person,
    Pipeline,
    Signal,
    Stage,
    StageEvent,
    Team,
)
from data.schema.types import Instant, elapsed_days

_SECOND_MINUTES = 60.0
_DAY_HOURS, _DAY_MINUTES = 24.0, 1440.0
_INSTANT = timedelta(microseconds=1)  # the board's windows hold their end and not their start


def stays(who: Who, ask: Ask) -> Select[Any]:
    """One row per stay at a stage that ended in the period: it went on, was won, or was lost."""
    stay = _ended(who, ask).c
    on = or_(stay.ended_at.is_not(None), Opportunity.outcome == Outcome.WON)
    ended_at = func.coalesce(stay.ended_at, Opportunity.closed_at, type_=Instant())
    timed = and_(on, stay.gap.is_distinct_from(Gap.SINCE))
    days = case((timed, elapsed_days(stay.happened_at, ended_at)))
    late = case((days > Stage.benchmark_days, 1.0), else_=0.0)
    skipped = case((_between(stay) > 0, 1.0), else_=0.0)
    measures = (
        *counts("go_on_rate", case((on, 1.0), else_=0.0)),
        *counts("dwell_days", days),
        *counts("late_stay_rate", case((and_(timed, Stage.benchmark_days > 0), late))),
        *counts("skip_rate", case((and_(stay.ended_at.is_not(None), stay.next_gap.is_(None)), skipped))),
    )
    return _joined(
        select(
            stay.id.label("id"),
            ended_at.label("at"),
            literal(1).label("fresh"),
            *ABOUT,
            Stage.key.label("stage"),
            *measures,
        )
        .join(Stage, Stage.id == stay.stage_id)
        .join(Opportunity, Opportunity.id == stay.opportunity_id)
    ).where(ask.holds(ended_at), ended_at >= stay.happened_at, *deals(who, ask))


def _ended(who: Who, ask: Ask) -> Subquery:
    """The advances of opportunities that moved or closed in the period, each with the next one's place."""
    moved = select(StageEvent.opportunity_id).where(
        ask.holds(StageEvent.happened_at), StageEvent.voided_at.is_(None)
    )
    over = select(Opportunity.id).where(Opportunity.outcome != Outcome.OPEN, ask.holds(Opportunity.closed_at))
    if mine := within(who, ask):
        moved = moved.where(StageEvent.opportunity_id.in_(select(Opportunity.id).where(*mine)))
        over = over.where(*mine)
    reached = advances(moved.union_all(over))
    order: dict[str, Any] = {
        "partition_by": reached.c.opportunity_id,
        "order_by": (reached.c.happened_at, reached.c.id),
    }
    following, gap = (func.lead(column).over(**order) for column in (reached.c.position, reached.c.gap))
    return select(reached, following.label("next_position"), gap.label("next_gap")).subquery()


def _between(stay: Any) -> Any:
    """How many stages lie between a stay's and the next one."""
    return (
        select(func.count(Stage.id))
        .where(
            Stage.pipeline_id == stay.pipeline_id,
            Stage.optional.is_(False),
            Stage.position > stay.position,
            Stage.position < stay.next_position,
        )
        .correlate(stay.id.table)
        .scalar_subquery()
    )


def actions(who: Who, ask: Ask) -> Select[Any]:
    """One row per action completed in the period that brought its opportunity further; others count nothing.

    So no number of actions gets better by logging many that lead nowhere (`core.process.metrics.advances`).
    """
    done = _done_in(ask)
    moved = select(Action.opportunity_id).where(*done)
    if mine := within(who, ask):
        moved = moved.where(Action.opportunity_id.in_(select(Opportunity.id).where(*mine)))
    reached = advances(moved)
    written = func.length(Action.summary) >= ask.policy.min_summary_chars
    recorded = Action.recording.is_not(None)
    proven = recorded if ask.policy.recording_required else or_(recorded, written)
    wait = elapsed_days(Action.ended_at, Action.recorded_at) * _DAY_HOURS
    measures = (
        *counts("evidenced_actions", case((proven, 1.0))),
        *counts("recording_rate", case((recorded, 1.0), else_=0.0)),
        *counts("entry_hours", case((wait < 0, 0.0), else_=wait)),
    )
    return _joined(
        select(
            Action.id.label("id"),
            Action.ended_at.label("at"),
            literal(1).label("fresh"),
            *ABOUT,
            Action.type.label("type"),
            *measures,
        )
        .select_from(reached)
        .join(StageEvent, StageEvent.id == reached.c.id)
        .join(Action, Action.id == StageEvent.action_id)
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
    ).where(*done, *deals(who, ask))


def _done_in(ask: Ask) -> tuple[ColumnElement[bool], ...]:
    """SQL: actions that were completed in the period."""
    completed = Action.status == ActionStatus.COMPLETED
    return completed, Action.voided_at.is_(None), ask.holds(Action.ended_at)


def steps(who: Who, ask: Ask) -> Select[Any]:
    """One row per planned step further whose time came in the period (`core.process.metrics.is_due`)."""
    due = due_steps(ask.span.since - _INSTANT, ask.span.until - _INSTANT, *within(who, ask)).c
    return _joined(
        select(
            due.id.label("id"),
            due.planned_for.label("at"),
            literal(1).label("fresh"),
            *ABOUT,
            due.type.label("type"),
            *counts("completion_rate", due.done * 1.0),
        ).join(Opportunity, Opportunity.id == due.opportunity_id)
    ).where(*deals(who, ask))


def talks(who: Who, ask: Ask) -> Select[Any]:
    """One row per conversation in the period, about an opportunity or the customer alone.

    Who looks after the customer has those about the customer alone. Ids of three tables are kept apart.
    """
    talk = _conversations(who, ask).c
    owner = func.coalesce(Opportunity.owner_id, Customer.owner_id)
    measures = (
        *counts("talk_minutes", case((talk.minutes >= LEAST_TALK_MINUTES, talk.minutes))),
        *counts("customer_questions", case((talk.questions > 0, talk.questions * 1.0))),
    )
    return (
        select(
            talk.id.label("id"),
            talk.at.label("at"),
            literal(1).label("fresh"),
            *ABOUT,
            talk.type.label("type"),
            *measures,
        )
        .outerjoin(Opportunity, Opportunity.id == talk.opportunity_id)
        .outerjoin(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(Customer, Customer.id == func.coalesce(talk.customer_id, Opportunity.customer_id))
        .outerjoin(Person, Person.id == owner)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(*narrowed(who, ask, owner), or_(Opportunity.id.is_(None), Pipeline.key == ask.pipeline))
    )


def _conversations(who: Who, ask: Ask) -> Subquery:
    spoken = select(
        (Action.id * 3).label("id"),
        Action.ended_at.label("at"),
        Action.opportunity_id,
        Action.customer_id,
        Action.type,
        (elapsed_days(Action.started_at, Action.ended_at) * _DAY_MINUTES).label("minutes"),
        literal(None, Integer).label("questions"),
    ).where(
        Action.status == ActionStatus.COMPLETED,
        Action.voided_at.is_(None),
        Action.started_at.is_not(None),
        ask.holds(Action.ended_at),
        *about_theirs(who, ask, Action.opportunity_id, Action.customer_id),
    )
    touched = select(
        Interaction.id * 3 + 1,
        Interaction.happened_at,
        Interaction.opportunity_id,
        Interaction.customer_id,
        Interaction.kind,
        Interaction.duration_seconds / _SECOND_MINUTES,
        Interaction.questions,
    ).where(
        ask.holds(Interaction.happened_at),
        *about_theirs(who, ask, Interaction.opportunity_id, Interaction.customer_id),
    )
    signalled = select(
        Signal.id * 3 + 2,
        Signal.happened_at,
        Signal.opportunity_id,
        Signal.customer_id,
        Signal.kind,
        Signal.value,
        literal(None, Integer),
    ).where(
        Signal.kind == "video_meeting",
        Signal.voided_at.is_(None),
        ask.holds(Signal.happened_at),
        *about_theirs(who, ask, Signal.opportunity_id, Signal.customer_id),
    )
    return union_all(spoken, touched, signalled).subquery()


def _joined(rows: Select[*tuple[Any, ...]]) -> Select[Any]:
    """Rows about opportunities, with whose they are."""
    return (
        rows.join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
    )
