"""What a leaver has in hand beside customers goes over (PRODUCT.md P4)."""

from collections.abc import Mapping, Sequence
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


def give_duties(
    tx: Tx, giver_id: int, taker: Person, only: Mapping[str, Sequence[int]] | None = None
) -> dict[str, list[int]]:
    """Give another what they may take over: what rooms, meetings and coaching asked of the giver.

    Coaching goes to those who lead, and never to whom it is about; an analysis to those who can look into it.
    What the taker may not take over stays.

    Args:
        only: what an earlier call gave, as it returned it, when it comes back; the giver stays in rooms where
            they were before.

    Returns:
        Ids by kind; under `rooms` those of the rooms, under `entered` of those that the taker came into.
    """
    given: dict[str, list[int]] = {"rooms": [], "entered": [], "tasks": []}
    if taker.role in TAKES_PART:
        given |= _places(tx, giver_id, taker.id, only)
        given["tasks"] = _owned(locked(tx, RoomTask, duties.tasks(giver_id)), taker.id, only, "tasks")
    agreed = Commitment.id.in_(undone(tx.session, giver_id, tx.now))
    given["commitments"] = _owned(locked(tx, Commitment, agreed), taker.id, only, "commitments")
    alerts = [a for a in locked(tx, Alert, duties.alerts(giver_id)) if _meant(a.id, only, "alerts")]
    for alert in alerts:
        alert.assigned_to_id = taker.id
    given["alerts"] = [alert.id for alert in alerts]
    coached = locked(tx, CoachingTask, duties.coaching(giver_id)) if taker.role in LEADS else []
    others = [task for task in coached if task.rep_id != taker.id]
    given["coaching"] = _owned(others, taker.id, only, "coaching")
    looked_into = locked(tx, RootCause, duties.analyses(giver_id))
    able = [cause for cause in looked_into if taker.id in owners(tx.session, cause.team_id)]
    given["analyses"] = _owned(able, taker.id, only, "analyses")
    return given


def locked(tx: Tx, table: type[Row], theirs: ColumnElement[bool]) -> list[Row]:
    """Rows of a table, held until the command ends, by id."""
    found = select(table).where(theirs).order_by(table.__table__.c.id).with_for_update()
    return list(tx.session.scalars(found))


def _meant(key: int, only: Mapping[str, Sequence[int]] | None, kind: str) -> bool:
    return only is None or key in only.get(kind, ())


def _owned(
    rows: Sequence[Any], taker_id: int, only: Mapping[str, Sequence[int]] | None, kind: str
) -> list[int]:
    meant = [row for row in rows if _meant(row.id, only, kind)]
    for row in meant:
        row.owner_id = taker_id
    return [row.id for row in meant]


def _places(
    tx: Tx, giver_id: int, taker_id: int, only: Mapping[str, Sequence[int]] | None
) -> dict[str, list[int]]:
    """Their places in open rooms: the taker comes in for them, with what they were there for."""
    within = select(RoomMember.room_id).where(duties.places(giver_id))
    locked(tx, Room, Room.id.in_(within))  # as every command in a room
    places = [p for p in locked(tx, RoomMember, duties.places(giver_id)) if _meant(p.room_id, only, "rooms")]
    entered = []
    for place in places:
        if _meant(place.room_id, only, "entered"):
            place.left_at = tx.now
        known = member_of(tx, place.room_id, taker_id)
        if known is None or known.left_at is not None:
            entered.append(place.room_id)
        if known is None:
            known = RoomMember(room_id=place.room_id, person_id=taker_id, why=place.why, joined_at=tx.now)
            tx.session.add(known)
        elif known.left_at is not None:
            known.left_at, known.joined_at, known.why = None, tx.now, place.why
    return {"rooms": [place.room_id for place in places], "entered": entered}
