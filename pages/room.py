"""How do we bring this customer forward together?"""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from components import address
from components.frame import page
from components.room import closing, head, history, members
from components.room_desk import Desk
from components.room_group import group_of_room
from components.room_talk import talk
from components.room_tasks import tasks
from components.timeline import timeline_block
from core.access import Permission
from data.commands.room_reading import mark_seen
from data.commands.room_work import drop_task, finish_task, reopen_task
from data.commands.rooms import add_member, remove_member
from data.files import read_file
from data.queries.room_file import room_file
from data.queries.room_groups import room_group
from data.queries.room_members import addable
from data.queries.room_talk import room_file_of, room_talk
from data.queries.timeline import PAGE, Timeline, room_timeline

DOES: dict[str, Callable[..., Any]] = {
    "add": add_member.once,
    "remove": remove_member.once,
    "done": finish_task.once,
    "drop": drop_task.once,
    "reopen": reopen_task.once,
}

with page("room.title", needs=Permission.FOLLOW_UP) as view:
    file = view.read(room_file, address.number("room") or 0)
    does = {name: partial(view.do, command) for name, command in DOES.items()}
    desk = Desk(file, view, does, lambda: view.read(addable, file.id))
    shown, jump = address.number("shown") or PAGE, address.number("action")
    events = Timeline((), False)
    if file.sees_history:
        events = view.read(room_timeline, file.id, shown=shown, jump_to=jump)
    head(desk)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        talk(
            desk,
            lambda most: view.read_now(room_talk, file.id, most),
            lambda last: view.do(mark_seen, file.id, last),
            lambda message: read_file(view.store, view.read(room_file_of, message)[0])[0],
        )
    with right:
        tasks(desk, events.events)
        members(desk)
        group_of_room(file, view.read(room_group, file.id))
        closing(desk)
    history(desk, lambda: timeline_block(events, view, lambda recording: read_file(view.store, recording)))
