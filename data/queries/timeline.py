"""What happened with one customer: actions, interactions, stage changes and changes of records.

Each source gives its newest few over an index, and the newest of all are shown: the cost follows how
much is shown, not how much there is.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Who
from core.fields import Field
from core.messages import NotFound
from core.terms import ActionStatus
from data.queries.audit import AuditEntry, entries, read
from data.queries.customer_changes import about, of_rooms
from data.queries.own_fields import own_fields_by_version
from data.queries.recordings import Written, transcripts
from data.queries.scope import customers, room_history
from data.schema import (
    Action,
    Audit,
    Contact,
    Customer,
    Interaction,
    Opportunity,
    Person,
    Room,
    Signal,
    Stage,
    StageEvent,
)

PAGE = 20
REACH = 500  # how far back the timeline opens to jump to one record
KINDS = ("action", "interaction", "signal", "change")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        kind: `action`, `interaction`, `signal`, `stage` (an imported stage change) or `change`.
        at: when it happened, or is planned for; recorded_at: when it became known.
        type: action type, interaction kind, signal kind, or stage.
        transcript: of the recording, as the rep left it.
        written: what the machine made of the recording; None where nobody asked it.
        follows: (id, type, end) of the earlier record that an action builds on.
        values: an action's own fields; own: the company's fields as they were defined when it was written.
        value: a signal's number (`core.signals.MEASURES`); source: where the signal comes from.
        change: the audit entry of a change.
    """

    kind: str
    id: int
    at: datetime
    recorded_at: datetime
    type: str = ""
    person: str | None = None
    opportunity: str | None = None
    status: str = ""
    started_at: datetime | None = None
    summary: str = ""
    note: str = ""
    cancel_reason: str | None = None
    voided: bool = False
    recording: str | None = None
    transcript: str | None = None
    written: Written | None = None
    follows: tuple[int, str, datetime | None] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    own: tuple[Field, ...] = ()
    direction: str = ""
    contact: str | None = None
    duration_seconds: int | None = None
    questions: int | None = None
    value: float | None = None
    source: str = ""
    change: AuditEntry | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """The newest events first, and whether there are earlier ones."""

    events: tuple[Event, ...]
    more: bool


def timeline(
    session: Session,
    who: Who,
    customer_id: int,
    *,
    kind: str | None = None,
    opportunity: int | None = None,
    shown: int = PAGE,
    jump_to: int | None = None,
) -> Timeline:
    """The newest `shown` events of a customer; enough to include the action `jump_to` when given.

    Raises:
        NotFound: no such customer within reach.
    """
    allowed = customers(who, Permission.SEE_CUSTOMERS)
    if session.scalar(select(Customer.id).where(Customer.id == customer_id, allowed)) is None:
        raise NotFound(entity="customer")
    kinds = KINDS if kind is None else (kind,)
    return _newest(session, who, customer_id, kinds, opportunity, shown, jump_to)


def room_timeline(
    session: Session, who: Who, room_id: int, *, shown: int = PAGE, jump_to: int | None = None
) -> Timeline:
    """What happened with a room's customer, for those in the room: actions and other contact.

    Raises:
        NotFound: no such room, or it does not show its history to this person.
    """
    customer_id = session.scalar(select(Room.customer_id).where(Room.id == room_id, room_history(who)))
    if customer_id is None:
        raise NotFound(entity="room")
    return _newest(session, who, customer_id, ("action", "interaction"), None, shown, jump_to)


def _newest(
    session: Session,
    who: Who,
    customer_id: int,
    kinds: Collection[str],
    opportunity: int | None,
    shown: int,
    jump_to: int | None,
) -> Timeline:
    limit = max(shown, REACH if jump_to else 0) + 1
    found: list[Event] = []
    if "action" in kinds:
        found += _actions(session, customer_id, opportunity, limit)
    if "interaction" in kinds:
        found += _interactions(session, customer_id, opportunity, limit)
    if "signal" in kinds:
        found += _signals(session, customer_id, opportunity, limit)
    if "change" in kinds:
        found += _stage_changes(session, customer_id, opportunity, limit)
        found += _changes(session, who, customer_id, opportunity, limit)
    found.sort(key=lambda e: (e.at, e.recorded_at, e.id), reverse=True)
    target = next((i for i, e in enumerate(found) if e.kind == "action" and e.id == jump_to), -1)
    shown = max(shown, target + 1)
    return Timeline(tuple(found[:shown]), len(found) > shown)


def _actions(session: Session, customer_id: int, opportunity: int | None, limit: int) -> list[Event]:
    earlier = aliased(Action)
    at = func.coalesce(Action.ended_at, Action.cancelled_at, Action.planned_for, type_=Action.ended_at.type)
    query = (
        select(Action, Person.name, Opportunity.name, earlier.id, earlier.type, earlier.ended_at, at)
        .join(Person, Person.id == Action.owner_id)
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .outerjoin(earlier, earlier.id == Action.follows_id)
        .where(
            Action.customer_id == customer_id,
            Action.voided_at.is_(None) | (Action.status == ActionStatus.COMPLETED),
        )
    )
    if opportunity is not None:
        query = query.where(Action.opportunity_id == opportunity)
    rows = session.execute(query.order_by(at.desc(), Action.id.desc()).limit(limit)).all()
    written = transcripts(session, {row[0].recording for row in rows if row[0].recording})
    defined = own_fields_by_version(session, {row[0].policy_version for row in rows})
    return [
        Event(
            kind="action",
            id=a.id,
            at=when or a.recorded_at,
            recorded_at=a.recorded_at,
            type=a.type,
            person=person,
            opportunity=name,
            status=a.status,
            started_at=a.started_at,
            summary=a.summary,
            note=a.note,
            cancel_reason=a.cancel_reason,
            voided=a.voided_at is not None,
            recording=a.recording,
            transcript=a.transcript,
            written=written.get(a.recording or ""),
            follows=(before, before_type, before_at) if before else None,
            values=a.fields or {},
            own=defined.get(a.policy_version, ()),
        )
        for a, person, name, before, before_type, before_at, when in rows
    ]


def _interactions(session: Session, customer_id: int, opportunity: int | None, limit: int) -> list[Event]:
    query = (
        select(Interaction, Opportunity.name, Contact.name)
        .outerjoin(Opportunity, Opportunity.id == Interaction.opportunity_id)
        .outerjoin(Contact, Contact.id == Interaction.contact_id)
        .where(Interaction.customer_id == customer_id)
    )
    if opportunity is not None:
        query = query.where(Interaction.opportunity_id == opportunity)
    return [
        Event(
            kind="interaction",
            id=i.id,
            at=i.happened_at,
            recorded_at=i.recorded_at,
            type=i.kind,
            opportunity=name,
            summary=i.subject,
            direction=i.direction,
            contact=contact,
            duration_seconds=i.duration_seconds,
            questions=i.questions,
        )
        for i, name, contact in session.execute(
            query.order_by(Interaction.happened_at.desc(), Interaction.id.desc()).limit(limit)
        )
    ]


def _signals(session: Session, customer_id: int, opportunity: int | None, limit: int) -> list[Event]:
    query = (
        select(Signal, Opportunity.name)
        .outerjoin(Opportunity, Opportunity.id == Signal.opportunity_id)
        .where(Signal.customer_id == customer_id)
    )
    if opportunity is not None:
        query = query.where(Signal.opportunity_id == opportunity)
    newest = query.order_by(Signal.happened_at.desc(), Signal.id.desc()).limit(limit)
    return [
        Event(
            kind="signal",
            id=s.id,
            at=s.happened_at,
            recorded_at=s.recorded_at,
            type=s.kind,
            opportunity=name,
            summary=s.note,
            voided=s.voided_at is not None,
            value=s.value,
            source=s.source,
        )
        for s, name in session.execute(newest)
    ]


def _stage_changes(session: Session, customer_id: int, opportunity: int | None, limit: int) -> list[Event]:
    """Stage changes that came without an action, from an import."""
    query = (
        select(StageEvent, Stage.key, Opportunity.name)
        .join(Stage, Stage.id == StageEvent.stage_id)
        .join(Opportunity, Opportunity.id == StageEvent.opportunity_id)
        .where(
            Opportunity.customer_id == customer_id,
            StageEvent.action_id.is_(None),
            StageEvent.voided_at.is_(None),
        )
    )
    if opportunity is not None:
        query = query.where(StageEvent.opportunity_id == opportunity)
    return [
        Event("stage", e.id, e.happened_at, e.recorded_at, type=stage, opportunity=name)
        for e, stage, name in session.execute(
            query.order_by(StageEvent.happened_at.desc(), StageEvent.id.desc()).limit(limit)
        )
    ]


def _changes(
    session: Session, who: Who, customer_id: int, opportunity: int | None, limit: int
) -> list[Event]:
    concerns = about(customer_id) | of_rooms(customer_id)
    if opportunity is not None:
        concerns &= (Audit.entity == "opportunity") & (Audit.entity_id == opportunity)
    rows = read(session, select(Audit).where(concerns).order_by(Audit.id.desc()).limit(limit))
    return [Event("change", e.id, e.at, e.at, person=e.actor, change=e) for e in entries(session, who, rows)]
