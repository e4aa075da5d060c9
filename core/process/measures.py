"""Process measures of any pipeline, as plain definitions: the reference that the store's SQL equals (A3).

A case is one opportunity, a visit one of its events at a stage. Events of a case are ordered by time,
then by the order in which they were recorded.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from core.process.metrics import advances
from core.process.stages import Gap, StageEvent


@dataclass(frozen=True, slots=True)
class StageMeasures:
    """What one stage looks like over all cases of its pipeline.

    Attributes:
        visits: events at the stage.
        opportunities: cases with at least one; `visited` is the same set.
        repeats: extra visits, i.e. visits beyond a case's first.
        dwell_hours_median: median of the hours from an event here to its case's next event; None without any.
        dwell_n: events here that have a next one; one that was found under way has no beginning, and is none.
        went_further: cases that reached a later stage of the pipeline's order; those of which nobody knows
            whether they were here, as a list found them further along, are none.
        skipped: those of them that never visited this stage.
        skip_rate: skipped / went_further, 0–1; None when no case went further.
    """

    stage: str
    visits: int
    opportunities: int
    repeats: int
    dwell_hours_median: float | None
    dwell_n: int
    visited: int
    went_further: int
    skipped: int
    skip_rate: float | None


@dataclass(frozen=True, slots=True)
class PipelineMeasures:
    """What a pipeline looks like.

    Attributes:
        cases: opportunities with at least one event.
        variants: different sequences of stages.
        backward_moves: steps from an event to a next one at an earlier stage of the pipeline's order.
        stages: in the pipeline's order.
    """

    pipeline: str
    cases: int
    events: int
    variants: int
    backward_moves: int
    stages: tuple[StageMeasures, ...]


def measure(pipeline: str, order: Sequence[str], cases: Iterable[Sequence[StageEvent]]) -> PipelineMeasures:
    """Measures of a pipeline from the events of its cases.

    >>> from datetime import datetime, UTC
    >>> at = lambda h: datetime(2026, 1, 1, h, tzinfo=UTC)
    >>> log = [[StageEvent("a", at(1), 1), StageEvent("c", at(4), 2)], [StageEvent("b", at(2), 3)]]
    >>> m = measure("p", ("a", "b", "c"), log)
    >>> m.cases, m.variants, m.stages[1].skipped, m.stages[1].skip_rate, m.stages[0].dwell_hours_median
    (2, 2, 1, 1.0, 3.0)
    """
    place = {stage: position for position, stage in enumerate(order)}
    ordered = [sorted(events, key=lambda e: (e.happened_at, e.order)) for events in cases if events]
    moves = [pair for events in ordered for pair in pairwise(events)]
    return PipelineMeasures(
        pipeline=pipeline,
        cases=len(ordered),
        events=sum(map(len, ordered)),
        variants=len({tuple(e.stage for e in events) for events in ordered}),
        backward_moves=sum(place[b.stage] < place[a.stage] for a, b in moves),
        stages=tuple(_stage(stage, place, ordered, moves) for stage in order),
    )


def _stage(
    stage: str,
    place: dict[str, int],
    cases: Sequence[Sequence[StageEvent]],
    moves: Sequence[tuple[StageEvent, StageEvent]],
) -> StageMeasures:
    visits = Counter(n for n, events in enumerate(cases) for e in events if e.stage == stage)
    further = {
        n
        for n, events in enumerate(cases)
        if any(place[e.stage] > place[stage] for e in events)
        and (n in visits or place[stage] >= found_at(events, place))
    }
    dwell = [
        (b.happened_at - a.happened_at).total_seconds() / 3600
        for a, b in moves
        if a.stage == stage and a.gap is not Gap.SINCE
    ]
    return stage_measures(
        stage,
        visits=visits.total(),
        visited=len(visits),
        dwell_hours_median=median(dwell) if dwell else None,
        dwell_n=len(dwell),
        went_further=len(further),
        skipped=len(further - visits.keys()),
    )


def found_at(events: Sequence[StageEvent], place: Mapping[str, int]) -> int:
    """Place of the furthest stage at which a list found a case; 0 where its whole past is known."""
    return max((place[e.stage] for e in advances(events, tuple(place)) if e.gap), default=0)


@dataclass(frozen=True, slots=True)
class DwellTimes:
    """Times from an event at a stage to its case's next event: how many, and the median hours."""

    n: int = 0
    median_hours: float | None = None


def measure_paths(
    pipeline: str,
    order: Sequence[str],
    paths: Mapping[tuple[str, ...], int],
    dwell: Mapping[str, DwellTimes],
    optional: Collection[str] = (),
    found: Mapping[tuple[tuple[str, ...], str], int] | None = None,
) -> PipelineMeasures:
    """The same measures from how many cases took each path, where a store has counted those.

    Args:
        paths: sequences of stages, each with its number of cases, at least one.
        dwell: by stage; one that nothing left is not there.
        optional: stages that may be passed by; doing so is no skip.
        found: of the cases those that a list found under way, by path and the furthest stage of that.

    >>> m = measure_paths("p", ("a", "b", "c"), {("a", "c"): 2, ("b",): 1}, {"a": DwellTimes(2, 3.0)})
    >>> m.cases, m.events, m.variants, m.stages[1].went_further, m.stages[1].skipped
    (3, 5, 2, 2, 2)
    """
    place = {stage: position for position, stage in enumerate(order)}
    visits, visited, further = Counter[str](), Counter[str](), Counter[str]()
    reached, back = Counter[str](), 0
    for path, cases in paths.items():
        for stage in path:
            visits[stage] += cases
        last = max(place[stage] for stage in path)
        here = set(path)
        visited.update(dict.fromkeys(here, cases))
        further.update({stage: cases for stage in order[:last] if stage in here or stage not in optional})
        reached.update({stage: cases for stage in here if place[stage] < last})
        back += cases * sum(place[b] < place[a] for a, b in pairwise(path))
    for (path, at), cases in (found or {}).items():
        further.subtract({s: cases for s in order[: place[at]] if s not in path and s not in optional})
    return PipelineMeasures(
        pipeline=pipeline,
        cases=sum(paths.values()),
        events=visits.total(),
        variants=len(paths),
        backward_moves=back,
        stages=tuple(
            stage_measures(
                stage,
                visits=visits[stage],
                visited=visited[stage],
                dwell_hours_median=dwell.get(stage, DwellTimes()).median_hours,
                dwell_n=dwell.get(stage, DwellTimes()).n,
                went_further=further[stage],
                skipped=further[stage] - reached[stage],
            )
            for stage in order
        ),
    )


def stage_measures(
    stage: str,
    *,
    visits: int,
    visited: int,
    dwell_hours_median: float | None,
    dwell_n: int,
    went_further: int,
    skipped: int,
) -> StageMeasures:
    """A stage's measures from what was counted; the rest follows."""
    return StageMeasures(
        stage=stage,
        visits=visits,
        opportunities=visited,
        repeats=visits - visited,
        dwell_hours_median=dwell_hours_median,
        dwell_n=dwell_n,
        visited=visited,
        went_further=went_further,
        skipped=skipped,
        skip_rate=skipped / went_further if went_further else None,
    )
