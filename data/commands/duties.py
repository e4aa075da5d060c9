"""What a leaver has in hand beside customers goes over (PRODUCT.md P4)."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select

from core.people import LEADS
from core.process.intervention import TAKES_PART
from data.commands.command import Tx
from data.commands.rooms import member_of
from data.queries import duties
from data.queries.collaboration import owners
from data.queries.commitments import undone
from data.schema import Alert, Base, CoachingTask, Commitment, Person, Room, RoomMember, RoomTask, RootCause

Row = TypeVar("Row", bound=Base)


def give_duties(tx: Tx, leaver_id: int, heir: Person) -> dict[str, int]:
    """Give another what they may take over: what rooms, meetings and coaching asked of the leaver.

    Coaching goes to those who lead, and never to whom it is about; an analysis to those who can look into it.
    What the heir may not take over stays.

    Returns:
        How many of each kind went over.
    """
    counts = {"rooms": 0, "tasks": 0}
    if heir.role in TAKES_PART:
        counts["rooms"] = _places(tx, leaver_id, heir.id)
        counts["tasks"] = _owned(locked(tx, RoomTask, duties.tasks(leaver_id)), heir.id)
    agreed = Commitment.id.in_(undone(tx.session, leaver_id, tx.now))
    counts["commitments"] = _owned(locked(tx, Commitment, agreed), heir.id)
    alerts = locked(tx, Alert, duties.alerts(leaver_id))
    for alert in alerts:
        alert.assigned_to_id = heir.id
    counts["alerts"] = len(alerts)
    given = locked(tx, CoachingTask, duties.coaching(leaver_id)) if heir.role in LEADS else []
    counts["coaching"] = _owned([task for task in given if task.rep_id != heir.id], heir.id)
    looked_into = locked(tx, RootCause, duties.analyses(leaver_id))
    able = [cause for cause in looked_into if heir.id in owners(tx.session, cause.team_id)]
    counts["analyses"] = _owned(able, heir.id)
    return counts


def locked(tx: Tx, table: type[Row], theirs: ColumnElement[bool]) -> list[Row]:
    """Rows of a table, held until the command ends, by id."""
    found = select(table).where(theirs).order_by(table.__table__.c.id).with_for_update()
    return list(tx.session.scalars(found))


def _owned(rows: Sequence[Any], heir_id: int) -> int:
    for row in rows:
        row.owner_id = heir_id
    return len(rows)


def _places(tx: Tx, leaver_id: int, heir_id: int) -> int:
    """Their places in open rooms: the heir comes in for them, with what they were there for."""
    within = select(RoomMember.room_id).where(duties.places(leaver_id))
    locked(tx, Room, Room.id.in_(within))  # as every command in a room
    places = locked(tx, RoomMember, duties.places(leaver_id))
    for place in places:
        place.left_at = tx.now
        known = member_of(tx, place.room_id, heir_id)
        if known is None:
            known = RoomMember(room_id=place.room_id, person_id=heir_id, why=place.why, joined_at=tx.now)
            tx.session.add(known)
        elif known.left_at is not None:
            known.left_at, known.joined_at, known.why = None, tx.now, place.why
    return len(places)
