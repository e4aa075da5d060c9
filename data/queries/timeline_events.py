"""Events of a customer's timeline, each kind from its own table, the newest first."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from core.access import Who
from core.fields import Field
from core.process.stages import Gap
from core.terms import ActionStatus
from data.queries.audit import AuditEntry, FieldChange, entries, read
from data.queries.customer_changes import PASSED_ON, about, handed_over, of_rooms
from data.queries.own_fields import own_fields_by_version
from data.queries.recordings import Written, transcripts
from data.schema import Action, Audit, Contact, Interaction, Opportunity, Person, Signal, Stage, StageEvent


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
        only_seen: it was at the stage then, and perhaps before.
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
    follows: tuple[int, str, datetime | None, datetime | None] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    own: tuple[Field, ...] = ()
    direction: str = ""
    contact: str | None = None
    duration_seconds: int | None = None
    questions: int | None = None
    value: float | None = None
    source: str = ""
    change: AuditEntry | None = None
    only_seen: bool = False


def action_events(session: Session, customer_id: int, opportunity: int | None, limit: int) -> list[Event]:
    """Actions; one that was undone is shown as such if it had been completed."""
    earlier = aliased(Action)
    at = func.coalesce(Action.ended_at, Action.cancelled_at, Action.planned_for, type_=Action.ended_at.type)
    before = (earlier.id, earlier.type, earlier.started_at, earlier.ended_at)
    query = (
        select(Action, Person.name, Opportunity.name, *before, at)
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
            follows=(earlier_id, type_, starts, ends) if earlier_id else None,
            values=a.fields or {},
            own=defined.get(a.policy_version, ()),
        )
        for a, person, name, earlier_id, type_, starts, ends, when in rows
    ]


def interaction_events(
    session: Session, customer_id: int, opportunity: int | None, limit: int
) -> list[Event]:
    """Mail, calls, chats, meetings and document views."""
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


def signal_events(session: Session, customer_id: int, opportunity: int | None, limit: int) -> list[Event]:
    """Signals; those that were withdrawn are shown as such."""
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


def stage_events(session: Session, customer_id: int, opportunity: int | None, limit: int) -> list[Event]:
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
        Event(
            "stage",
            e.id,
            e.happened_at,
            e.recorded_at,
            type=stage,
            opportunity=name,
            only_seen=e.gap == Gap.SINCE,
        )
        for e, stage, name in session.execute(
            query.order_by(StageEvent.happened_at.desc(), StageEvent.id.desc()).limit(limit)
        )
    ]


def change_events(
    session: Session, who: Who, customer_id: int, opportunity: int | None, limit: int
) -> list[Event]:
    """Changes of records, from the audit; with `opportunity`, of that one alone."""
    concerns = about(customer_id) | of_rooms(customer_id)
    if opportunity is not None:
        concerns &= (Audit.entity == "opportunity") & (Audit.entity_id == opportunity)
    concerns |= handed_over(customer_id, opportunity)
    rows = read(session, select(Audit).where(concerns).order_by(Audit.id.desc()).limit(limit))
    found = map(_from_leaver, entries(session, who, rows))
    return [Event("change", e.id, e.at, e.at, person=e.actor, change=e) for e in found]


def _from_leaver(entry: AuditEntry) -> AuditEntry:
    """Of a hand-over what concerns one customer: from whom to whom."""
    if entry.command not in PASSED_ON:
        return entry
    heir = (FieldChange(c.field, entry.name, c.after) for c in entry.changes if c.field == "owner_id")
    return replace(entry, changes=tuple(heir))
