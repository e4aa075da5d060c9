"""Process measures of a pipeline from what is kept beside its events: `core.process.measures` of a store.

Each opportunity's path and each event's stay are projections, so that a million events are not put in order
anew whenever somebody asks: the database counts how many took each path, and finds medians in an index.
"""

from collections.abc import Mapping
from datetime import timedelta
from statistics import median

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from core.messages import NotFound
from core.process.measures import DwellTimes, PipelineMeasures, measure_paths
from data.queries.board_sets import advances
from data.schema import OpportunityState, Pipeline, Stage, StageEvent


def pipelines(session: Session) -> tuple[str, ...]:
    """Keys of all pipelines."""
    return tuple(session.scalars(select(Pipeline.key).order_by(Pipeline.key)))


def process_measures(session: Session, pipeline: str) -> PipelineMeasures:
    """Measures of a pipeline over all its living events.

    Raises:
        NotFound: there is no such pipeline.
    """
    key = session.scalar(select(Pipeline.id).where(Pipeline.key == pipeline))
    if key is None:
        raise NotFound("unknown_pipeline", value=pipeline, known=", ".join(pipelines(session)))
    query = select(Stage.id, Stage.key, Stage.optional).where(Stage.pipeline_id == key)
    stages = session.execute(query.order_by(Stage.position)).all()
    names = {i: name for i, name, _ in stages}
    paths, dwell = _paths(session, names), _dwell(session, names)
    optional = [name for _, name, may_pass in stages if may_pass]
    return measure_paths(pipeline, tuple(names.values()), paths, dwell, optional, _found(session, names))


def _paths(session: Session, names: Mapping[int, str]) -> dict[tuple[str, ...], int]:
    """How many opportunities took each path; an opportunity stands at a stage of its own pipeline."""
    mine = OpportunityState.stage_id.in_(names)
    query = select(OpportunityState.path, func.count()).where(mine).group_by(OpportunityState.path)
    found = {path: cases for path, cases in session.execute(query)}
    return {_stages(path, names): cases for path, cases in found.items()}


def _found(session: Session, names: Mapping[int, str]) -> dict[tuple[tuple[str, ...], str], int]:
    """How many opportunities of each path a list found under way, by the furthest stage of that."""
    reached = advances(select(StageEvent.opportunity_id).where(StageEvent.gap.is_not(None)))
    furthest = func.row_number().over(
        partition_by=reached.c.opportunity_id, order_by=reached.c.position.desc()
    )
    told = (
        select(reached.c.opportunity_id, reached.c.stage_id, furthest.label("place"))
        .where(reached.c.gap.is_not(None), reached.c.stage_id.in_(names))
        .subquery()
    )
    query = (
        select(OpportunityState.path, told.c.stage_id, func.count())
        .join(told, told.c.opportunity_id == OpportunityState.opportunity_id)
        .where(told.c.place == 1)
        .group_by(OpportunityState.path, told.c.stage_id)
    )
    return {(_stages(path, names), names[at]): cases for path, at, cases in session.execute(query)}


def _stages(path: str, names: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(names[int(i)] for i in path.split(","))


def _dwell(session: Session, names: Mapping[int, str]) -> dict[str, DwellTimes]:
    left = StageEvent.stayed.is_not(None)
    counted = select(StageEvent.stage_id, func.count()).where(StageEvent.stage_id.in_(names), left)
    counts = {i: n for i, n in session.execute(counted.group_by(StageEvent.stage_id))}
    if not counts:
        return {}
    middles = [_ranked(i, place) for i, n in counts.items() for place in ((n - 1) // 2, n // 2)]
    stays: dict[int, list[float]] = {i: [] for i in counts}
    for i, stayed in session.execute(union_all(*middles)):
        if stayed is not None:
            stays[i].append(timedelta(microseconds=stayed).total_seconds() / 3600)
    return {names[i]: DwellTimes(n, median(stays[i])) for i, n in counts.items()}


def _ranked(stage_id: int, place: int) -> Select[int, int | None]:
    """The stay that so many of its stage are shorter than."""
    stays = (
        select(StageEvent.stayed)
        .where(StageEvent.stage_id == stage_id, StageEvent.stayed.is_not(None))
        .order_by(StageEvent.stayed)
        .offset(place)
        .limit(1)
    )
    return select(literal(stage_id), stays.scalar_subquery())
