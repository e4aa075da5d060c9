"""The facts that alert rules look at, for many opportunities in a handful of statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from core.process.actions import PEOPLE
from core.process.alerts.facts import Heard, OpportunityFacts, Quote, Reached
from core.process.recordings import Sound, Writing, unpack
from core.process.stages import PIPELINE, Gap
from core.terms import ActionStatus, Outcome
from data.queries.alert_answers import Answers, latest_answers
from data.queries.board_sets import advances
from data.queries.policies import company_tz
from data.schema import (
    Action,
    Opportunity,
    OpportunityState,
    Pipeline,
    Stage,
    StageEvent,
    StoredFile,
    Transcript,
)
from data.schema.types import Id, Instant


@dataclass(slots=True)
class _History:
    """What one opportunity's completed actions say."""

    count: int = 0  # of those that name people
    met: set[str] = field(default_factory=set)
    quotes: list[Quote] = field(default_factory=list)
    other_at: datetime | None = None  # the latest action that was no quote
    last_at: datetime | None = None
    recordings: dict[int, str] = field(default_factory=dict)
    sounds: dict[int, Sound | None] = field(default_factory=dict)


def alert_facts(
    session: Session, as_of: datetime, ids: Collection[int] | None = None
) -> list[OpportunityFacts]:
    """Facts of these open opportunities by the company's clock; of all when None."""
    some = ids is not None
    chosen = {"ids": list(ids)} if ids is not None else {}
    rows = session.execute(_states(some), chosen).all()
    if not rows:
        return []
    as_of = as_of.astimezone(company_tz(session))
    histories = _histories(session.execute(_actions(some), chosen))
    skipped: dict[int, list[str]] = defaultdict(list)
    for opportunity_id, stage in session.execute(_skipped(some), chosen):
        skipped[opportunity_id].append(stage)
    reached = {row[0]: Reached(*row[1:]) for row in session.execute(_reached(some), chosen)}
    answers = latest_answers(session, _among(some), chosen)
    shared = _shared(session, histories.values())
    unspoken = set(session.scalars(_unspoken(some), chosen))
    return [
        _facts(row, histories[row.id], reached.get(row.id), skipped, answers, shared, unspoken, as_of)
        for row in rows
    ]


@lru_cache
def _among(some: bool) -> ColumnElement[bool]:
    """Open opportunities, or those of them that are asked for."""
    chosen = Opportunity.id.in_(bindparam("ids", expanding=True, type_=Id)) if some else true()
    return and_(Opportunity.outcome == Outcome.OPEN, chosen)


@lru_cache  # building these costs more than running them for one record
def _states(some: bool) -> Select[*tuple[Any, ...]]:
    state = OpportunityState
    return (
        select(
            Opportunity.id,
            Pipeline.key.label("pipeline"),
            Stage.key.label("stage"),
            state.stage_since,
            state.run_length,
            state.run_started_by,
            func.coalesce(Opportunity.opened_at, Opportunity.recorded_at, type_=Instant()).label("opened_at"),
            state.last_event_at,
            state.next_step_id,
            state.next_step_at,
        )
        .join(state, state.opportunity_id == Opportunity.id)
        .outerjoin(Stage, Stage.id == state.stage_id)  # none while nothing was recorded
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .where(_among(some))
    )


@lru_cache
def _reached(some: bool) -> Select[*tuple[Any, ...]]:
    """The last advance of each opportunity."""
    reached = advances(select(Opportunity.id).where(_among(some)))
    return (
        select(
            reached.c.opportunity_id,
            Stage.key,
            reached.c.happened_at,
            StageEvent.action_id,
            Stage.benchmark_days,
            reached.c.gap.is_not_distinct_from(Gap.SINCE),
        )
        .join(Stage, Stage.id == reached.c.stage_id)
        .join(StageEvent, StageEvent.id == reached.c.id)
        .where(reached.c.ended_at.is_(None))
    )


@lru_cache
def _actions(some: bool) -> Select[*tuple[Any, ...]]:
    told = (Action.type, Action.ended_at, Action.fields, Action.recording, StoredFile.sound)
    return (
        select(Action.opportunity_id, Action.id, *told)
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .outerjoin(StoredFile, StoredFile.sha256 == Action.recording)
        .where(Action.status == ActionStatus.COMPLETED, Action.voided_at.is_(None), _among(some))
        .order_by(Action.ended_at, Action.id)
    )


def _histories(actions: Iterable[Row[*tuple[Any, ...]]]) -> dict[int, _History]:
    found: dict[int, _History] = defaultdict(_History)
    for row in actions:
        history = found[row.opportunity_id]
        named = {p["name"] for key in PEOPLE for p in row.fields.get(key) or () if p.get("name")}
        history.count += bool(named)
        history.last_at = row.ended_at
        history.met |= named
        if row.recording:
            history.recordings[row.id] = row.recording
            history.sounds[row.id] = unpack(row.sound)
        if row.type == "quote_confirmation":
            history.quotes.append(Quote(row.id, row.ended_at, _day(row.fields.get("valid_until"))))
        else:
            history.other_at = row.ended_at
    return found


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:  # imported text that is no date
        return None


@lru_cache
def _skipped(some: bool) -> Select[int, str]:
    """Stages before the furthest one that were never visited, in their order; optional ones are none, nor are
    those before a stage at which it was found."""
    missed, furthest = aliased(Stage), aliased(Stage)
    reached = advances(select(Opportunity.id).where(_among(some)))
    found = select(reached.c.id).where(
        reached.c.gap.is_not(None),
        reached.c.opportunity_id == Opportunity.id,
        reached.c.position > missed.position,
    )
    visited = literal(",") + OpportunityState.path + ","
    return (
        select(Opportunity.id, missed.key)
        .join(OpportunityState, OpportunityState.opportunity_id == Opportunity.id)
        .join(furthest, furthest.id == OpportunityState.furthest_id)
        .join(missed, missed.pipeline_id == Opportunity.pipeline_id)
        .where(
            _among(some),
            missed.optional.is_(False),
            furthest.position > missed.position,
            ~visited.contains(literal(",") + cast(missed.id, String) + ","),
            ~found.exists(),
        )
        .order_by(Opportunity.id, missed.position)
    )


def _shared(session: Session, histories: Iterable[_History]) -> set[str]:
    """Contents that were kept with more than one action."""
    kept = {content for history in histories for content in history.recordings.values()}
    if not kept:
        return set()
    query = (
        select(Action.recording)
        .where(Action.recording.is_not(None), Action.voided_at.is_(None))
        .group_by(Action.recording)
        .having(func.count() > 1)
    )
    return {content for content in session.scalars(query) if content in kept}


@lru_cache
def _unspoken(some: bool) -> Select[int]:
    """Actions whose recording was transcribed, in whatever language, and never into believable words."""
    done = and_(Transcript.recording == Action.recording, Transcript.state == Writing.DONE)
    return (
        select(Action.id)
        .join(Transcript, done)
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .where(Action.status == ActionStatus.COMPLETED, Action.voided_at.is_(None), _among(some))
        .group_by(Action.id)
        .having(func.count() == func.count(Transcript.problem))
    )


def _facts(
    row: Row[Any],
    history: _History,
    reached: Reached | None,
    skipped: dict[int, list[str]],
    answers: dict[int, Answers],
    shared: set[str],
    unspoken: set[int],
    as_of: datetime,
) -> OpportunityFacts:
    seen_at, spoke_at = answers.get(row.id, (None, None))
    answered = max((at for at in (spoke_at, history.other_at) if at), default=None)
    return OpportunityFacts(
        row.id,
        row.stage or "",
        row.stage_since,
        row.run_length,
        row.run_started_by,
        as_of=as_of,
        own=row.pipeline == PIPELINE,
        reached=reached,
        opened_at=row.opened_at,
        last_event_at=row.last_event_at,
        next_step_id=row.next_step_id,
        next_step_at=row.next_step_at,
        last_answer_at=max((at for at in (seen_at, history.last_at) if at), default=None),
        skipped=tuple(skipped.get(row.id, ())),
        quotes=tuple(q for q in history.quotes if answered is None or q.made_at > answered),
        last_quote=history.quotes[-1] if history.quotes else None,
        met=len(history.met),
        actions=history.count,
        reused=tuple(i for i, content in history.recordings.items() if content in shared),
        recordings=tuple(Heard(i, sound, i in unspoken) for i, sound in history.sounds.items()),
    )
