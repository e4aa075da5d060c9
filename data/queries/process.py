"""Process measures of a pipeline, counted by the database: `core.process.measures` said as sets."""

from typing import Any

from sqlalchemy import CTE, Float, Select, String, cast, func, select
from sqlalchemy.orm import Session

from core.messages import NotFound
from core.process.measures import PipelineMeasures, StageMeasures, stage_measures
from data.schema import Opportunity, Pipeline, Stage, StageEvent
from data.schema.types import elapsed_days


def pipelines(session: Session) -> tuple[str, ...]:
    """Keys of all pipelines."""
    return tuple(session.scalars(select(Pipeline.key).order_by(Pipeline.key)))


def process_measures(session: Session, pipeline: str) -> PipelineMeasures:
    """Measures of a pipeline over all its living events.

    Raises:
        NotFound: there is no such pipeline.
    """
    if session.scalar(select(Pipeline.id).where(Pipeline.key == pipeline)) is None:
        raise NotFound("unknown_pipeline", value=pipeline, known=", ".join(pipelines(session)))
    events = _events(pipeline)
    visits = {row.stage_id: row for row in session.execute(_visits(events))}
    dwell = {row.stage_id: row for row in session.execute(_dwell(events))}
    reach = {row.id: row for row in session.execute(_reach(pipeline, events))}
    cases, moves = session.execute(_whole(events)).one()
    return PipelineMeasures(
        pipeline=pipeline,
        cases=cases,
        events=sum(row.visits for row in visits.values()),
        variants=session.scalar(_variants(events)) or 0,
        backward_moves=moves or 0,
        stages=tuple(_stage(row, visits.get(i), dwell.get(i)) for i, row in reach.items()),
    )


def _stage(reach: Any, visits: Any, dwell: Any) -> StageMeasures:
    # PostgreSQL sums counts to a decimal. Passing an optional stage by is no skip.
    further = reach.visited_and_further if reach.optional else int(reach.went_further)
    return stage_measures(
        reach.key,
        visits=visits.visits if visits else 0,
        visited=visits.cases if visits else 0,
        dwell_hours_median=float(dwell.median_days) * 24 if dwell else None,
        dwell_n=dwell.n if dwell else 0,
        went_further=further,
        skipped=further - reach.visited_and_further,
    )


def _events(pipeline: str) -> CTE:
    """Every living event with its stage's place, and the place and time of its case's next event."""
    case_order: dict[str, Any] = {
        "partition_by": StageEvent.opportunity_id,
        "order_by": (StageEvent.happened_at, StageEvent.id),
    }
    return (
        select(
            StageEvent.id,
            StageEvent.opportunity_id,
            StageEvent.stage_id,
            StageEvent.happened_at,
            Stage.position,
            func.lead(Stage.position).over(**case_order).label("next_position"),
            func.lead(StageEvent.happened_at).over(**case_order).label("next_at"),
        )
        .join(Opportunity, Opportunity.id == StageEvent.opportunity_id)
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .join(Stage, Stage.id == StageEvent.stage_id)
        .where(Pipeline.key == pipeline, StageEvent.voided_at.is_(None))
        .cte("events")
    )


def _visits(events: CTE) -> Select[Any]:
    cases = func.count(events.c.opportunity_id.distinct()).label("cases")
    return select(events.c.stage_id, func.count().label("visits"), cases).group_by(events.c.stage_id)


def _whole(events: CTE) -> Select[int, int]:
    back = func.count().filter(events.c.next_position < events.c.position)
    return select(func.count(events.c.opportunity_id.distinct()), back)


def _dwell(events: CTE) -> Select[Any]:
    """Median: the middle one of the ranked times, or the mean of the two in the middle."""
    days = cast(elapsed_days(events.c.happened_at, events.c.next_at), Float)
    ranked = (
        select(
            events.c.stage_id,
            days.label("days"),
            func.row_number().over(partition_by=events.c.stage_id, order_by=days).label("rank"),
            func.count().over(partition_by=events.c.stage_id).label("n"),
        )
        .where(events.c.next_at.is_not(None))
        .subquery()
    )
    middle = ranked.c.rank.in_(((ranked.c.n + 1) // 2, (ranked.c.n + 2) // 2))
    return (
        select(
            ranked.c.stage_id, func.avg(ranked.c.days).label("median_days"), func.max(ranked.c.n).label("n")
        )
        .where(middle)
        .group_by(ranked.c.stage_id)
    )


def _reach(pipeline: str, events: CTE) -> Select[Any]:
    """Per stage, in order: cases that reached a later stage, and those of them that visited this one."""
    furthest = (
        select(events.c.opportunity_id, func.max(events.c.position).label("furthest"))
        .group_by(events.c.opportunity_id)
        .cte("furthest")
    )
    by_furthest = (
        select(furthest.c.furthest, func.count().label("cases")).group_by(furthest.c.furthest).subquery()
    )
    further = select(func.coalesce(func.sum(by_furthest.c.cases), 0)).where(
        by_furthest.c.furthest > Stage.position
    )
    both = (
        select(events.c.stage_id, func.count(events.c.opportunity_id.distinct()).label("cases"))
        .join(furthest, furthest.c.opportunity_id == events.c.opportunity_id)
        .where(furthest.c.furthest > events.c.position)
        .group_by(events.c.stage_id)
        .subquery()
    )
    return (
        select(
            Stage.id,
            Stage.key,
            Stage.optional,
            further.scalar_subquery().label("went_further"),
            func.coalesce(both.c.cases, 0).label("visited_and_further"),
        )
        .join(Pipeline, Pipeline.id == Stage.pipeline_id)
        .outerjoin(both, both.c.stage_id == Stage.id)
        .where(Pipeline.key == pipeline)
        .order_by(Stage.position)
    )


def _variants(events: CTE) -> Select[Any]:
    """Different paths: each case's stages strung together in order, the whole string being its longest."""
    stage = cast(events.c.stage_id, String)
    path = (
        func.aggregate_strings(stage, ",")
        .over(partition_by=events.c.opportunity_id, order_by=(events.c.happened_at, events.c.id))
        .label("path")
    )
    place = func.row_number().over(
        partition_by=events.c.opportunity_id, order_by=(events.c.happened_at.desc(), events.c.id.desc())
    )
    paths = select(path, place.label("from_end")).subquery()
    return select(func.count(paths.c.path.distinct())).where(paths.c.from_end == 1)
