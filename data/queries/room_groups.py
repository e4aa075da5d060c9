"""Groups of rooms in the company's chat tool: what they still lack, and what a room shows of its own."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.access import Permission, Who, reach
from core.groups import LEAST, Step, What, steps
from core.messages import NotAllowed
from core.process.intervention import TAKES_PART
from data.groups import chosen
from data.queries.scope import rooms
from data.schema import GroupStep, Person, Room, RoomGroup, RoomMember
from data.settings import settings

SHOWN = 12  # names of people without an id
USER: Mapping[str, InstrumentedAttribute[str | None]] = {
    "wecom": Person.wecom_id,
    "dingtalk": Person.dingtalk_id,
    "feishu": Person.feishu_id,
}


@dataclass(frozen=True, slots=True)
class GroupCard:
    """What a room shows of its group.

    Attributes:
        kind: the chat tool; None where the operator chose none.
        name: as the group is called in the chat tool.
        state: none, before (the room is older than the choice), few, waiting, made or dead.
        link: where a member opens it; None without a group, or where the chat tool has no address.
        outside: names of members whom the chat tool does not know.
        error: what the last try met.
    """

    kind: str | None
    state: str
    name: str = ""
    link: str | None = None
    outside: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Applications:
    """What an administrator sees of the company's chat tool: which one, and whom it knows.

    Attributes:
        known, people: active people with an id there, and all that take part in rooms.
        without: names of some of the others.
    """

    kind: str | None
    known: int
    people: int
    without: tuple[str, ...]


def users_in(session: Session, kind: str, room_ids: Sequence[int]) -> dict[int, dict[int, str]]:
    """By room, those in it whom a chat tool knows: person's id to their id there."""
    user = USER[kind]
    query = (
        select(RoomMember.room_id, RoomMember.person_id, user)
        .join(Person, Person.id == RoomMember.person_id)
        .where(RoomMember.room_id.in_(room_ids), RoomMember.left_at.is_(None))
        .where(user.is_not(None), Person.active)
        .order_by(RoomMember.joined_at, RoomMember.id)
    )
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for room, person, known_as in session.execute(query):
        if known_as:
            found[room][person] = known_as
    return found


def groupless(session: Session, since: datetime) -> list[int]:
    """Open rooms without a group, of those opened since an instant."""
    theirs = select(RoomGroup.id).where(RoomGroup.room_id == Room.id)
    query = select(Room.id).where(Room.closed_at.is_(None), Room.opened_at >= since, ~theirs.exists())
    return list(session.scalars(query))


def lacking(session: Session, kinds: Sequence[str]) -> list[tuple[int, Step]]:
    """What the groups of these chat tools are still to be asked for: (group's id, step), in order."""
    said = select(GroupStep.id).where(
        GroupStep.group_id == RoomGroup.id, GroupStep.what == What.SAY_CLOSED.value
    )
    live = or_(Room.closed_at.is_(None), and_(RoomGroup.chat_id.is_not(None), ~said.exists()))
    query = select(RoomGroup, Room.closed_at).join(Room, Room.id == RoomGroup.room_id).where(live)
    groups = session.execute(query.where(RoomGroup.kind.in_(kinds)).order_by(RoomGroup.id)).all()
    asked = _asked(session, [group.id for group, _ in groups])
    found = []
    for kind in kinds:
        mine = [(group, closed_at) for group, closed_at in groups if group.kind == kind]
        present = users_in(session, kind, [group.room_id for group, _ in mine])
        for group, closed_at in mine:
            made = {int(i): user for i, user in group.users.items()} if group.chat_id else None
            todo = steps(present[group.room_id], made, asked[group.id], closed=closed_at is not None)
            found += [(group.id, step) for step in todo]
    return found


def _asked(session: Session, group_ids: Sequence[int]) -> dict[int, list[Step]]:
    found: dict[int, list[Step]] = defaultdict(list)
    for row in session.scalars(
        select(GroupStep).where(GroupStep.group_id.in_(group_ids)).order_by(GroupStep.id)
    ):
        found[row.group_id].append(Step(What(row.what), row.key, row.person_id or 0, row.user))
    return found


def room_group(session: Session, who: Who, room_id: int) -> GroupCard:
    """What a room shows of its group; nothing for whoever may not read the room."""
    group = session.scalar(
        select(RoomGroup).join(Room, Room.id == RoomGroup.room_id).where(Room.id == room_id, rooms(who))
    )
    kind = group.kind if group else chosen(settings())
    if kind is None:
        return GroupCard(None, "none")
    if group is None:
        return GroupCard(kind, "before")
    known, outside = _known(session, kind, room_id)
    failed = session.scalar(
        select(GroupStep.error)
        .where(GroupStep.group_id == group.id, GroupStep.error.is_not(None), GroupStep.state != "sent")
        .order_by(GroupStep.id.desc())
        .limit(1)
    )
    return GroupCard(kind, _state(session, group, known), group.name, group.link, outside, failed)


def _known(session: Session, kind: str, room_id: int) -> tuple[int, tuple[str, ...]]:
    """How many members the chat tool knows, and the names of the others."""
    query = (
        select(Person.name, USER[kind])
        .join(RoomMember, RoomMember.person_id == Person.id)
        .where(RoomMember.room_id == room_id, RoomMember.left_at.is_(None))
        .order_by(RoomMember.joined_at, RoomMember.id)
    )
    members = session.execute(query).all()
    outside = tuple(name for name, user in members if not user)
    return len(members) - len(outside), outside


def _state(session: Session, group: RoomGroup, known: int) -> str:
    if group.chat_id:
        return "made"
    dead = select(GroupStep.id).where(GroupStep.group_id == group.id, GroupStep.state == "dead")
    if session.scalar(dead.limit(1)) is not None:
        return "dead"
    return "waiting" if known >= LEAST else "few"


def applications(session: Session, who: Who) -> Applications:
    """The company's chat tool, and how many people it knows.

    Raises:
        NotAllowed: for whoever does not manage people.
    """
    if reach(who, Permission.MANAGE_PEOPLE) is None:
        raise NotAllowed(permission=Permission.MANAGE_PEOPLE)
    kind = chosen(settings())
    if kind is None:
        return Applications(None, 0, 0, ())
    taking = (Person.active, Person.role.in_(TAKES_PART))
    known, people = session.execute(select(func.count(USER[kind]), func.count()).where(*taking)).one()
    others = select(Person.name).where(*taking, USER[kind].is_(None)).order_by(Person.name, Person.id)
    return Applications(kind, known, people, tuple(session.scalars(others.limit(SHOWN))))
