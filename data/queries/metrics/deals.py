"""Rows that are opportunities: closed in a period, opened in it, open at its end."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, Subquery, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from core.access import Who
from core.process.timing import overdue_before
from core.terms import ActionStatus, Outcome
from data.queries.metrics.ask import ABOUT, Ask, counts, deals, paid, within
from data.schema import Action, Customer, Opportunity, Person, Pipeline, Stage, StageEvent, Team
from data.schema.types import Instant, elapsed_days

_OPENED = func.coalesce(Opportunity.opened_at, Opportunity.recorded_at, type_=Instant())


def closed(who: Who, ask: Ask) -> Select[Any]:
    """One row per opportunity that was won or lost in the period."""
    won = Opportunity.outcome == Outcome.WON
    days = elapsed_days(Opportunity.opened_at, Opportunity.closed_at)
    measures = (
        *counts("won_amount", case((won, paid(ask)))),
        *counts("wins", case((won, 1.0))),
        *counts("win_rate", case((won, 1.0), else_=0.0)),
        *counts("average_won", case((won, paid(ask)))),
        *counts("cycle_days", case((and_(won, Opportunity.opened_at <= Opportunity.closed_at), days))),
        *counts("lost_amount", case((~won, paid(ask)))),
        *counts("quote_win_rate", case((~_quoted(), None), (won, 1.0), else_=0.0)),
    )
    return _deals(Opportunity.closed_at, literal(1), *measures).where(
        Opportunity.outcome != Outcome.OPEN,
        ask.holds(Opportunity.closed_at),
        *deals(who, ask),
        *_early(who, ask),
    )


def _early(who: Who, ask: Ask) -> list[ColumnElement[bool]]:
    """That they are of those within reach, asked by id: else a planner walks all of the period's."""
    mine = within(who, ask)
    return [Opportunity.id.in_(select(Opportunity.id).where(*mine))] if mine else []


def opened(who: Who, ask: Ask) -> Select[Any]:
    """One row per opportunity that was opened in the period."""
    measures = (*counts("new_opportunities", literal(1.0)), *counts("new_amount", paid(ask)))
    return _deals(_OPENED, literal(1), *measures).where(
        ask.holds(_OPENED), *deals(who, ask), *_early(who, ask)
    )


def standing(who: Who, ask: Ask) -> Select[Any]:
    """One row per opportunity that was open at the period's end, where it stood and what was planned then."""
    at = ask.span.until
    mine = (
        select(Opportunity.id)
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .where(_open_at(at), *deals(who, ask))
    )
    reached, steps = aliased(StageEvent), _steps(mine, ask)
    stood = elapsed_days(reached.happened_at, literal(at, Instant()))
    past = case((Stage.benchmark_days <= 0, None), (stood > Stage.benchmark_days, 1.0), else_=0.0)
    measures = (
        *counts("open_amount", paid(ask)),
        *counts("open_opportunities", literal(1.0)),
        *counts("next_step_rate", case((steps.c.to_come.is_not(None), 1.0), else_=0.0)),
        *counts("overdue_steps", case((steps.c.overdue.is_not(None), 1.0))),
        *counts("past_benchmark_rate", case((Stage.benchmark_days.is_not(None), past))),
    )
    fresh = case((_open_at(ask.against), 0), else_=1)
    return (
        _deals(_OPENED, fresh, Stage.key.label("stage"), *measures)
        .outerjoin(reached, reached.id == _furthest(at))
        .outerjoin(Stage, Stage.id == reached.stage_id)
        .outerjoin(steps, steps.c.opportunity_id == Opportunity.id)
        .where(_open_at(at), *deals(who, ask))
    )


def _deals(at: Any, fresh: Any, *columns: Any) -> Select[Any]:
    rows: Select[Any] = (
        select(Opportunity.id.label("id"), at.label("at"), fresh.label("fresh"), *ABOUT, *columns)
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
    )
    return rows


def _open_at(at: Any) -> ColumnElement[bool]:
    return and_(at > _OPENED, or_(Opportunity.outcome == Outcome.OPEN, Opportunity.closed_at >= at))


def _quoted() -> ColumnElement[bool]:
    """Whether a quote was confirmed before the opportunity closed."""
    return (
        select(Action.id)
        .where(
            Action.opportunity_id == Opportunity.id,
            Action.type == "quote_confirmation",
            Action.status == ActionStatus.COMPLETED,
            Action.voided_at.is_(None),
            Action.ended_at <= Opportunity.closed_at,
        )
        .correlate(Opportunity)
        .exists()
    )


def _furthest(at: Any) -> ScalarSelect[int]:
    """The event with which an opportunity had got to its furthest stage by then."""
    stage = aliased(Stage)
    return (
        select(StageEvent.id)
        .join(stage, stage.id == StageEvent.stage_id)
        .where(
            StageEvent.opportunity_id == Opportunity.id,
            StageEvent.voided_at.is_(None),
            StageEvent.happened_at < at,
        )
        .order_by(stage.position.desc(), StageEvent.happened_at, StageEvent.id)
        .limit(1)
        .correlate(Opportunity)
        .scalar_subquery()
    )


def _steps(mine: Select[Any], ask: Ask) -> Subquery:
    """The steps that stood planned at the period's end: one for that day or later, one overdue.

    A step that was done since counts as planned from the record of the action before it on, with which it
    was set; its own record came when it was done.
    """
    at, late = ask.span.until, Action.planned_for < overdue_before(ask.span.until, ask.zone)
    previous = aliased(Action)
    done = Action.status == ActionStatus.COMPLETED
    known = case((done, func.coalesce(previous.recorded_at, Action.recorded_at)), else_=Action.recorded_at)
    stood = or_(
        Action.status == ActionStatus.PLANNED,
        and_(done, Action.ended_at >= at),
        and_(Action.status == ActionStatus.CANCELLED, Action.cancelled_at >= at),
    )
    return (
        select(
            Action.opportunity_id,
            func.max(case((~late, Action.id))).label("to_come"),
            func.max(case((late, Action.id))).label("overdue"),
        )
        .outerjoin(previous, previous.id == Action.follows_id)
        .where(
            Action.planned_for.is_not(None),
            Action.voided_at.is_(None),
            known < at,
            stood,
            Action.opportunity_id.in_(mine),
        )
        .group_by(Action.opportunity_id)
        .subquery()
    )
