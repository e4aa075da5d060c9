"""What somebody has in hand beside customers: in rooms, from meetings, as a coach (PRODUCT.md P4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from data.queries.commitments import undone
from data.queries.standing import task_open
from data.schema import Alert, CoachingTask, Room, RoomMember, RoomTask, RootCause

DUTIES = ("rooms", "tasks", "alerts", "coaching", "analyses", "commitments")
_OPEN_ROOMS = select(Room.id).where(Room.closed_at.is_(None))


def places(person_id: int) -> ColumnElement[bool]:
    """Their places in open rooms."""
    there = and_(RoomMember.person_id == person_id, RoomMember.left_at.is_(None))
    return and_(there, RoomMember.room_id.in_(_OPEN_ROOMS))


def tasks(person_id: int) -> ColumnElement[bool]:
    """Their open tasks in open rooms."""
    return and_(RoomTask.owner_id == person_id, task_open(), RoomTask.room_id.in_(_OPEN_ROOMS))


def alerts(person_id: int) -> ColumnElement[bool]:
    """Alerts in their hands whose cause stands, also those that are put off."""
    unsettled = and_(Alert.cleared_at.is_(None), Alert.resolved_at.is_(None))
    return and_(Alert.assigned_to_id == person_id, unsettled)


def coaching(person_id: int) -> ColumnElement[bool]:
    """Coaching that they give."""
    return and_(CoachingTask.owner_id == person_id, CoachingTask.closed_at.is_(None))


def analyses(person_id: int) -> ColumnElement[bool]:
    """Root-cause analyses in their hands."""
    return and_(RootCause.owner_id == person_id, RootCause.closed_at.is_(None))


def duties(session: Session, person_id: int, now: datetime) -> Mapping[str, int]:
    """How many of each kind are in a person's hands."""
    of: dict[str, tuple[Any, ColumnElement[bool]]] = {
        "rooms": (RoomMember, places(person_id)),
        "tasks": (RoomTask, tasks(person_id)),
        "alerts": (Alert, alerts(person_id)),
        "coaching": (CoachingTask, coaching(person_id)),
        "analyses": (RootCause, analyses(person_id)),
    }
    counts = {kind: session.scalar(select(func.count(t.id)).where(w)) or 0 for kind, (t, w) in of.items()}
    return counts | {"commitments": len(undone(session, person_id, now))}
