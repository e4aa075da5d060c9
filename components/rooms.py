"""Following up together: the offer on a customer's page, and the list of rooms."""

from collections.abc import Callable, Sequence

import streamlit as st

from components import address
from components.blocks import Row, Tone, empty, plain, rows, section
from components.frame import View, show_error
from components.navigation import open_page
from components.text import listed, t, term
from core.messages import AppError, Conflict
from core.terms import Role
from data.queries.room_candidates import Candidates, CouldBegin
from data.queries.room_members import Invited, Offer
from data.queries.rooms import PAGE, MyTask, RoomList, RoomRow, Show

_TONES = {"won": Tone.GREEN, "moved_on": Tone.GREEN, "obstacle_gone": Tone.GREEN}


def together(offer: Offer | None, open_room: Callable[[Offer], int]) -> None:
    """The one button, into the open room or opening one, and why it is there; or what it would take."""
    with st.container(key="together"):  # always there: what comes below keeps its place
        if offer is None:
            return
        if offer.room_id is not None:
            _is_open(offer.room_id)
        elif offer.enough:
            _offered(offer, open_room)
        else:
            st.caption(f":material/groups: {plain(_missing(offer))}")


def _is_open(room_id: int) -> None:
    with st.container(border=True):
        words, button = st.columns([4, 1], vertical_alignment="center")
        words.markdown(f":material/forum: {t('rooms.is_open')}")
        if button.button(
            t("rooms.enter"), icon=":material/arrow_forward:", width="stretch", key="enter-room"
        ):
            open_page("room", room=room_id)


def _offered(offer: Offer, open_room: Callable[[Offer], int]) -> None:
    tags = " ".join(f":violet-badge[{plain(term('tag', key))}]" for key in offer.tags)
    lines = [t("rooms.will_call", people=_people(offer.invited))]
    if absent := [
        role for role in (Role.PRODUCT, Role.DELIVERY) if role not in {i.role for i in offer.invited}
    ]:
        roles = listed(term("role", role) for role in absent)
        lines.append(t("rooms.nobody_of", roles=roles))
    small = "  \n".join(f":small[:gray[{plain(line)}]]" for line in lines)
    with st.container(border=True):
        words, button = st.columns([4, 1], vertical_alignment="center")
        words.markdown(f":material/groups: **{t('rooms.offer', n=len(offer.tags))}** {tags}  \n{small}")
        if button.button(t("rooms.together"), type="primary", width="stretch", key="open-room"):
            _open(offer, open_room)


def _missing(offer: Offer) -> str:
    if not offer.tags:
        return t("rooms.no_tags", least=offer.least)
    tags = listed(term("tag", key) for key in offer.tags)
    return t("rooms.not_yet", n=len(offer.tags), least=offer.least, tags=tags)


def _people(invited: Sequence[Invited]) -> str:
    return listed(t("rooms.person", name=i.name, why=t(f"rooms.why.{i.why}")) for i in invited)


def _open(offer: Offer, open_room: Callable[[Offer], int]) -> None:
    try:
        room_id = open_room(offer)
    except Conflict:  # somebody else was faster: the page now leads into their room
        st.rerun()
    except AppError as error:
        show_error(error)
    else:
        open_page("room", room=room_id)


def chosen_show() -> Show:
    """Which rooms the address asks for."""
    return Show(address.read("show", [s.value for s in Show], Show.MINE))


def tasks_due(tasks: Sequence[MyTask], view: View) -> int | None:
    """One's own open tasks; returns the room of the one that was chosen."""
    if not tasks:
        return None
    section(t("rooms.my_tasks"), icon=":material/checklist:")
    pressed = rows([_task(task, view) for task in tasks], "room-tasks")
    return next((task.room_id for task in tasks if str(task.id) == pressed), None)


def _task(task: MyTask, view: View) -> Row:
    late = task.due_at < view.now
    return Row(
        str(task.id),
        task.text,
        f"{task.customer} · {t('rooms.due', at=view.instant(task.due_at))}",
        mark=t("rooms.overdue") if late else "",
        tone=Tone.RED if late else Tone.QUIET,
        action=t("rooms.enter"),
    )


def room_rows(found: RoomList, show: Show, view: View) -> int | None:
    """The rooms asked for; returns the one that was chosen."""
    kinds = {s.value: f"{t(f'rooms.show.{s}')} ({found.counts[s]})" for s in Show}
    address.choose(
        st.segmented_control,
        t("rooms.state"),
        "show",
        kinds,
        Show.MINE.value,
        drops=("shown",),
        required=True,
        label_visibility="collapsed",
    )
    if not found.rows:
        empty(t(f"rooms.none.{show}"), t(f"rooms.none_hint.{show}"), icon=":material/forum:")
        return None
    pressed = rows([_room(row, view) for row in found.rows], "rooms")
    if found.total > len(found.rows) and st.button(t("rooms.more"), type="tertiary"):
        address.write(shown=len(found.rows) + PAGE)
        st.rerun()
    return int(pressed) if pressed else None


def could_begin(found: Candidates) -> int | None:
    """Customers on whose page a room can be opened; returns the one that was chosen."""
    if not found.rows:
        return None
    section(t("rooms.could_begin", n=found.total), icon=":material/groups:")
    if found.total > len(found.rows):
        st.caption(t("rooms.first_of_them", n=len(found.rows)))
    pressed = rows([_candidate(row) for row in found.rows], "could-begin")
    return int(pressed) if pressed else None


def _candidate(row: CouldBegin) -> Row:
    tags = listed(term("tag", key) for key in row.tags)
    return Row(str(row.customer_id), row.customer, tags, action=t("room.to_customer"))


def _room(row: RoomRow, view: View) -> Row:
    tags = listed(term("tag", key) for key in row.tags)
    if row.closed_at and row.result:
        parts = [t("rooms.closed_on", at=view.instant(row.closed_at)), tags]
        mark, tone = term("room_result", row.result), _TONES.get(row.result, Tone.QUIET)
    else:
        ago = view.ago(row.opened_at)
        parts = [t("rooms.opened", ago=ago), t("rooms.members", n=row.members)]
        parts += [t("rooms.open_tasks", n=row.open_tasks), tags]
        mark, tone = (t("rooms.unseen", n=row.unseen) if row.unseen else ""), Tone.BLUE
    return Row(str(row.id), row.customer, " · ".join(parts), mark=mark, tone=tone, action=t("rooms.enter"))
