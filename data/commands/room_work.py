"""What people do in a room: tasks, and what they say to one another."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.access import Permission
from core.messages import Conflict, Invalid, NotFound, Problem, refuse
from core.notices import Notice
from core.process.intervention import check_words, clean, mentioned, notice_key
from core.terms import ActionStatus
from data.commands.command import Tx, command
from data.commands.outbox import post
from data.commands.rooms import customer_name, member_of, open_one
from data.jsontext import to_json
from data.schema import Action, Message, Person, Room, RoomMember, RoomMessage, RoomTask

_TOLD = 120  # characters of a message that its notice quotes


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file kept before (`data.files.keep_attachment`): its hash, and its name."""

    sha256: str
    name: str


@command("room.task_add", needs=Permission.FOLLOW_UP)
def add_task(tx: Tx, room_id: int, text: str, owner_id: int, due_at: datetime) -> int:
    """Give somebody in the room a task, until an instant; they are told. Returns the task's id.

    Raises:
        NotFound: no such room for this person.
        Conflict: it is closed, or this person is not in it.
        Invalid: no text, an owner who is not in the room, or an instant in the past.
    """
    room = _entered(tx, room_id)
    problems = list(check_words("text", text))
    owner = member_of(tx, room.id, owner_id)
    if owner is None or owner.left_at is not None:
        problems.append(Problem("owner", "not_in_room"))
    if due_at <= tx.now:
        problems.append(Problem("due_at", "not_in_future"))
    refuse(problems)
    task = RoomTask(
        room_id=room.id,
        text=clean(text),
        owner_id=owner_id,
        due_at=due_at,
        added_by_id=tx.who.person_id,
        added_at=tx.now,
    )
    tx.session.add(task)
    tx.session.flush()
    after = {"task": task.text, "owner_id": owner_id, "due_at": due_at}
    tx.audit("room", room.id, after=to_json(after))
    if owner_id != tx.who.person_id:
        about = {"customer": customer_name(tx, room), "by": tx.who.name, "task": task.text}
        key = f"{notice_key(room.id)}task:{task.id}"
        post(tx.session, tx.now, [Notice(owner_id, "room_task", key, about, "room", {"room": room.id})])
    return task.id


@command("room.task_done", needs=Permission.FOLLOW_UP)
def finish_task(tx: Tx, task_id: int, action_id: int | None = None) -> int:
    """Say that a task is done, with an action as evidence where there is one; returns the task's id.

    Raises:
        NotFound: no such task for this person.
        Conflict: the room is closed, this person is not in it, or the task is settled already.
        Invalid: the action is not a completed one of the room's customer.
    """
    room, task = _open_task(tx, task_id)
    fits = select(Action.id).where(
        Action.id == action_id,
        Action.customer_id == room.customer_id,
        Action.status == ActionStatus.COMPLETED,
        Action.voided_at.is_(None),
    )
    if action_id is not None and tx.session.scalar(fits) is None:
        raise Invalid([Problem("action", "link_unknown")])
    task.done_at, task.done_by_id, task.action_id = tx.now, tx.who.person_id, action_id
    tx.audit("room", room.id, before={"task": None}, after={"task": task.text})
    return task.id


@command("room.task_drop", needs=Permission.FOLLOW_UP)
def drop_task(tx: Tx, task_id: int) -> int:
    """Take a task off the list without doing it; returns its id.

    Raises:
        NotFound: no such task for this person.
        Conflict: the room is closed, this person is not in it, or the task is settled already.
    """
    room, task = _open_task(tx, task_id)
    task.dropped_at = tx.now
    tx.audit("room", room.id, before={"task": task.text}, after={"task": None})
    return task.id


@command("room.task_reopen", needs=Permission.FOLLOW_UP)
def reopen_task(tx: Tx, task_id: int) -> int:
    """Ask again for a task that was done or dropped by a press on the wrong one; returns its id.

    Raises:
        NotFound: no such task for this person.
        Conflict: the room is closed, this person is not in it, or the task is open.
        Invalid: whose task it was is in the room no more.
    """
    room, task = _task(tx, task_id)
    if task.done_at is None and task.dropped_at is None:
        raise Conflict("task_open")
    owner = member_of(tx, room.id, task.owner_id)
    if owner is None or owner.left_at is not None:
        raise Invalid([Problem("owner", "owner_left")])
    task.done_at, task.done_by_id, task.action_id, task.dropped_at = None, None, None, None
    tx.audit("room", room.id, before={"task": None}, after={"task": task.text})
    return task.id


@command("room.say", needs=Permission.FOLLOW_UP)
def say(tx: Tx, room_id: int, text: str, file: Attachment | None = None) -> int:
    """Say something to those in the room, with a file or only with a file; returns the message's id.

    Everybody else there has one unread notice of new messages, until they look; who is named with an @
    is told of this message.

    Raises:
        NotFound: no such room for this person.
        Conflict: it is closed, or this person is not in it.
        Invalid: nothing said and no file, or too much.
    """
    room = _entered(tx, room_id)
    if clean(text) or file is None:
        refuse(check_words("text", text))
    message = RoomMessage(
        room_id=room.id,
        author_id=tx.who.person_id,
        text=clean(text),
        at=tx.now,
        file=file.sha256 if file else None,
        file_name=file.name if file else None,
    )
    tx.session.add(message)
    tx.session.flush()
    tx.audit("room", room.id, after={"filename": file.name} if file else {})
    post(tx.session, tx.now, list(_told(tx, room, message)))
    return message.id


def _told(tx: Tx, room: Room, message: RoomMessage) -> Iterator[Notice]:
    present = (
        select(RoomMember.person_id, Person.name)
        .join(Person, Person.id == RoomMember.person_id)
        .where(RoomMember.room_id == room.id, RoomMember.left_at.is_(None))
    )
    there = [(person, name) for person, name in tx.session.execute(present)]
    named = mentioned(message.text, there)
    said = (message.text or message.file_name or "")[:_TOLD]
    about = {"customer": customer_name(tx, room), "by": tx.who.name, "said": said}
    quiet = {tx.who.person_id, *(_knowing(tx, room, [person for person, _ in there]) - named)}
    for person in (person for person, _ in there if person not in quiet):
        kind = "mention" if person in named else "said"
        key = f"{notice_key(room.id)}{kind}:{message.id}"
        yield Notice(person, f"room_{kind}", key, about, "room", {"room": room.id})


def _knowing(tx: Tx, room: Room, people: list[int]) -> set[int]:
    """Those of these people whose inbox says already that something new was said here."""
    unread = select(Message.person_id).where(
        Message.person_id.in_(people),
        Message.kind == "room_said",
        Message.key.startswith(f"{notice_key(room.id)}said:"),
        Message.read_at.is_(None),
    )
    return set(tx.session.scalars(unread))


def _entered(tx: Tx, room_id: int) -> Room:
    """An open room that this person is in."""
    room = open_one(tx, room_id)
    member = member_of(tx, room.id, tx.who.person_id)
    if member is None or member.left_at is not None:
        raise Conflict("not_in_room")
    return room


def _open_task(tx: Tx, task_id: int) -> tuple[Room, RoomTask]:
    room, task = _task(tx, task_id)
    if task.done_at is not None or task.dropped_at is not None:
        raise Conflict("task_settled")
    return room, task


def _task(tx: Tx, task_id: int) -> tuple[Room, RoomTask]:
    room_id = tx.session.scalar(select(RoomTask.room_id).where(RoomTask.id == task_id))
    if room_id is None:
        raise NotFound(entity="room_task")
    room = _entered(tx, room_id)  # whoever is second waits here, and reads the task as the first left it
    return room, tx.session.get_one(RoomTask, task_id, populate_existing=True)
