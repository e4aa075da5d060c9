"""What the board counts of the past: finished stays, and the funnel (A3)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from core.access import Permission, Reach, Who, reach
from core.process.funnel import FUNNEL_DAYS, YOUNG_DAYS, Fate
from core.process.metrics import DWELL_DAYS
from core.process.stages import Gap
from core.terms import Outcome
from data.queries.board_ask import Ask, filters, group_column
from data.queries.board_sets import advances
from data.queries.scope import owned
from data.schema import Customer, Opportunity, Person, Pipeline, Stage, StageEvent
from data.schema.types import Instant, elapsed_days


def _moved(who: Who, since: datetime, until: datetime) -> Select[int]:
    """Opportunities within reach with a stage event in a window."""
    moved = select(StageEvent.opportunity_id).where(
        StageEvent.happened_at > since, StageEvent.happened_at <= until, StageEvent.voided_at.is_(None)
    )
    if reach(who, Permission.SEE_BOARD) is Reach.ALL:
        return moved
    mine = select(Opportunity.id).where(owned(who, Permission.SEE_BOARD, Opportunity.owner_id))
    return moved.where(StageEvent.opportunity_id.in_(mine))


def finished_runs(who: Who, ask: Ask) -> Select[Any]:
    """One row per stay that ended in the window; reads only opportunities that moved or were won in it."""
    since, until = ask.span(DWELL_DAYS)
    won = select(Opportunity.id).where(
        Opportunity.outcome == Outcome.WON,
        Opportunity.closed_at > since,
        Opportunity.closed_at <= until,
        owned(who, Permission.SEE_BOARD, Opportunity.owner_id),
    )
    reached = advances(_moved(who, since, until).union_all(won))
    won_at = case((Opportunity.outcome == Outcome.WON, Opportunity.closed_at))
    ended_at = func.coalesce(reached.c.ended_at, won_at, type_=Instant())
    return (
        select(
            reached.c.opportunity_id,
            Opportunity.name.label("opportunity"),
            Opportunity.customer_id,
            Customer.name.label("customer"),
            Person.name.label("rep"),
            group_column(ask.by).label("group_id"),
            Stage.key.label("stage"),
            Stage.benchmark_days,
            reached.c.happened_at.label("started_at"),
            ended_at.label("ended_at"),
            elapsed_days(reached.c.happened_at, ended_at).label("days"),
        )
        .join(Stage, Stage.id == reached.c.stage_id)
        .join(Opportunity, Opportunity.id == reached.c.opportunity_id)
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(
            reached.c.gap.is_distinct_from(Gap.SINCE),
            ended_at > since,
            ended_at <= until,
            ended_at >= reached.c.happened_at,
            *filters(who, ask),
        )
    )


def timed_runs(who: Who, ask: Ask) -> Select[Any]:
    """Finished stays at stages with a benchmark, which alone can be held against it."""
    return finished_runs(who, ask).where(Stage.benchmark_days > 0)


def funnel_rows(who: Who, ask: Ask) -> Select[Any]:
    """One row per opportunity and stage that it reached in the window (`core.process.funnel.fates`)."""
    since, settled = ask.now - timedelta(days=FUNNEL_DAYS), ask.now - timedelta(days=YOUNG_DAYS)
    reached = advances(_moved(who, since, ask.now))
    passed = aliased(Stage)
    first = func.min(reached.c.happened_at, type_=Instant())
    stays = (
        select(
            reached.c.opportunity_id,
            passed.key.label("stage"),
            passed.position,
            first.label("reached_at"),
            func.max(reached.c.position).label("furthest"),
        )
        .join(
            passed, and_(passed.pipeline_id == reached.c.pipeline_id, passed.position <= reached.c.position)
        )
        .group_by(reached.c.opportunity_id, passed.id, passed.key, passed.position)
        .having(first > since, first <= ask.now)
        .subquery()
    )
    further = or_(stays.c.furthest > stays.c.position, Opportunity.outcome == Outcome.WON)
    fate = case(
        (stays.c.reached_at > settled, Fate.YOUNG.value),
        (further, Fate.ON.value),
        (Opportunity.outcome == Outcome.OPEN, Fate.WAITING.value),
        else_=Fate.ENDED.value,
    )
    return (
        select(
            stays.c.opportunity_id,
            Opportunity.name.label("opportunity"),
            Opportunity.customer_id,
            Customer.name.label("customer"),
            Person.name.label("rep"),
            group_column(ask.by).label("group_id"),
            stays.c.stage,
            stays.c.reached_at,
            Opportunity.outcome,
            fate.label("fate"),
        )
        .join(Opportunity, Opportunity.id == stays.c.opportunity_id)
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(*filters(who, ask))
    )
