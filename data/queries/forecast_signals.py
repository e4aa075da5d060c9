"""What happened around a pipeline's opportunities, as marks for factors (B1): three statements.

A touch or signal about the customer alone marks each of its opportunities in the pipeline.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, Select, case, null, select, union_all
from sqlalchemy.orm import Session

from core.forecast.factors import LEAST_TALK_MINUTES
from core.forecast.signals import Mark, Signals
from core.process.actions import PEOPLE
from core.terms import ActionStatus, DecisionRole
from data.queries.times import days
from data.schema import Action, Interaction, Opportunity, Signal

_TELLING = ("appointment", "solution_demo", "objection_handling")  # whose own fields factors read
_TWO_WAY = ("meeting", "video_meeting")
COUNTED = {
    "competitor_contact": Mark.COMPETITOR,
    "contract_change": Mark.CONTRACT,
    "trial_activity": Mark.TRIAL,
    "drawing_confirmation": Mark.DRAWING,
    "document_download": Mark.DOWNLOAD,
    "video_meeting": Mark.VIDEO,
    "ticket": Mark.TICKET,
    "category_added": Mark.CATEGORY,
    "complaint_satisfaction": Mark.SATISFACTION,
}
_NONE = float("nan")


class _Mark(NamedTuple):
    of: int
    kind: Mark
    at: float
    recorded: float
    voided: float
    value: float


def forecast_signals(session: Session, chosen: ColumnElement[bool], place: dict[int, int]) -> Signals:
    """Marks of the chosen opportunities.

    Args:
        chosen: condition on `Opportunity`.
        place: index in the history by id.
    """
    marks = [
        *_of_actions(session.execute(_actions(chosen)), place),
        *_of_interactions(session.execute(_about(Interaction, chosen, *_TOUCH)), place),
        *_of_signals(session.execute(_about(Signal, chosen, *_TOLD)), place),
    ]
    of, at = np.array([m.of for m in marks], np.int64), np.array([m.at for m in marks], np.float64)
    order = np.lexsort((at, of))
    return Signals(
        of[order],
        np.array([m.kind for m in marks], np.int64)[order],
        at[order],
        np.array([m.recorded for m in marks], np.float64)[order],
        np.array([m.voided for m in marks], np.float64)[order],
        np.array([m.value for m in marks], np.float64)[order],
    )


def _actions(chosen: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    told = (Action.type, Action.started_at, Action.ended_at, Action.recorded_at, Action.voided_at)
    fields = case((Action.type.in_(_TELLING), Action.fields), else_=null())
    return (
        select(Action.opportunity_id, *told, fields.label("fields"))
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .where(Action.status == ActionStatus.COMPLETED, Action.ended_at.is_not(None), chosen)
        .order_by(Action.ended_at, Action.id)
    )


_TOUCH = (Interaction.kind, Interaction.direction, Interaction.duration_seconds, Interaction.questions)
_TOLD = (Signal.kind, Signal.value, Signal.voided_at)


def _about(table: type[Interaction] | type[Signal], chosen: ColumnElement[bool], *told: Any) -> Any:
    """Rows of a table with each opportunity that they are about, by time."""
    columns = (Opportunity.id.label("opportunity_id"), table.id, table.happened_at, table.recorded_at, *told)
    named = select(*columns).join(Opportunity, Opportunity.id == table.opportunity_id).where(chosen)
    others = select(*columns).join(Opportunity, Opportunity.customer_id == table.customer_id)
    found = union_all(named, others.where(table.opportunity_id.is_(None), chosen)).subquery()
    return select(found).order_by(found.c.happened_at, found.c.id)


def _of_actions(rows: Iterable[Any], place: dict[int, int]) -> Iterator[_Mark]:
    for row in rows:
        times = (days(row.ended_at), days(row.recorded_at), days(row.voided_at))
        for kind, value in _said(row):
            yield _Mark(place[row.opportunity_id], kind, *times, value)


def _said(action: Any) -> Iterator[tuple[Mark, float]]:
    """What a completed action says: the customer was there, for how long, who, and what came of it."""
    yield Mark.ACTION, _NONE
    yield Mark.ANSWER, _NONE
    if action.started_at:
        yield Mark.TALK, (action.ended_at - action.started_at).total_seconds() / 60
    fields = action.fields or {}
    if people := [person for key in PEOPLE for person in fields.get(key) or ()]:
        yield Mark.PERSON, float(any(p.get("role") == DecisionRole.DECISION_MAKER for p in people))
    if action.type == "quote_confirmation":
        yield Mark.QUOTE, _NONE
    if action.type == "objection_handling":
        yield Mark.OBJECTION, 1.0 if fields.get("resolution") == "open" else -1.0


def _of_interactions(rows: Iterable[Any], place: dict[int, int]) -> Iterator[_Mark]:
    for row in rows:
        times = (days(row.happened_at), days(row.recorded_at), _NONE)
        for kind, value in _touch(row):
            yield _Mark(place[row.opportunity_id], kind, *times, value)


def _touch(touch: Any) -> Iterator[tuple[Mark, float]]:
    minutes = None if touch.duration_seconds is None else touch.duration_seconds / 60
    conversed = touch.kind in _TWO_WAY or (touch.kind == "call" and (minutes or 0) >= LEAST_TALK_MINUTES)
    yield (Mark.ANSWER if touch.direction == "inbound" or conversed else Mark.OUTREACH), _NONE
    if touch.kind == "video_meeting":
        yield Mark.VIDEO, _NONE
    if minutes is not None:
        yield Mark.TALK, minutes
    if touch.questions is not None:
        yield Mark.QUESTIONS, float(touch.questions)


def _of_signals(rows: Iterable[Any], place: dict[int, int]) -> Iterator[_Mark]:
    for row in rows:
        times = (days(row.happened_at), days(row.recorded_at), days(row.voided_at))
        for kind, value in _signal(row):
            yield _Mark(place[row.opportunity_id], kind, *times, value)


def _signal(signal: Any) -> Iterator[tuple[Mark, float]]:
    kind = COUNTED.get(signal.kind)  # news and events are told, not counted
    if kind is None:
        return
    value = _NONE if signal.value is None else signal.value
    yield kind, (1.0 if kind is Mark.CATEGORY and signal.value is None else value)
    if kind in (Mark.DOWNLOAD, Mark.VIDEO):
        yield Mark.ANSWER, _NONE
    if kind is Mark.VIDEO and signal.value is not None:
        yield Mark.TALK, signal.value
