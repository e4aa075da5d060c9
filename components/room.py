"""One room: its head, who is in it, and how it is closed."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from components.blocks import plain, section
from components.customer import grade_badge
from components.draft_begin import form_over, note_draft, unfolded
from components.draft_end import send_here, tell_sent
from components.form_turns import next_turn, turn_of
from components.forms import Marks
from components.left_over import left_over
from components.navigation import open_page
from components.room_desk import Desk, press
from components.text import t, term
from core.process.intervention import Result
from data.commands.form_drafts import ROOM_MESSAGE
from data.commands.note_drafts import CLOSING, save_note
from data.queries.room_file import MemberCard


def head(desk: Desk) -> None:
    """Whose room this is, why it was opened, and how it ended."""
    file, view = desk.file, desk.view
    tell_sent(view)
    st.header(plain(file.customer), anchor=False)
    tags = " ".join(f":violet-badge[{plain(term('tag', key))}]" for key in file.tags)
    st.markdown(f"{grade_badge(file.grade)} {tags}".strip())
    about = [term("industry", file.industry), term("segment", file.segment), file.region or ""]
    about.append(t("customer.owned_by", name=file.owner) if file.owner else t("customers.nobody"))
    opened = t("room.opened", by=file.opened_by or t("audit.operator"), at=view.instant(file.opened_at))
    st.caption(plain(" · ".join(a for a in [*about, opened] if a)))
    if not file.open:
        by = file.closed_by or t("audit.operator")
        result = term("room_result", file.result)
        ended = plain(t("room.closed", by=by, at=view.instant(file.closed_at)))
        st.success(f"**{result}** · {ended}  \n{plain(file.note)}", icon=":material/flag:")
        left_over(view, ROOM_MESSAGE, CLOSING, number=file.id)
    _ways(desk)


def history(desk: Desk, draw: Callable[[], None]) -> None:
    """What happened with the customer, for whom the room shows it; else why it does not."""
    if not desk.file.sees_history:
        st.caption(f":material/lock: {t('room.history_gone')}")
        return
    section(t("room.history"), icon=":material/timeline:")
    draw()


def _ways(desk: Desk) -> None:
    """To the customer, and what may follow a closed room: tags and grade are changed there, by choice."""
    file = desk.file
    with st.container(horizontal=True, gap="small"):
        if file.customer_id is not None:
            to = partial(open_page, "customer", customer=file.customer_id)
            if st.button(t("room.to_customer"), icon=":material/domain:"):
                to()
            if not file.open and file.leads:
                if st.button(t("customer.update_grade"), icon=":material/star:"):
                    to(do="grade")
                if st.button(t("customer.tags"), icon=":material/sell:"):
                    to(do="tags")
        if file.open and file.leads and not file.there:
            press(desk, t("room.join"), f"join-{file.id}", "add", file.id, desk.view.who.person_id)


def members(desk: Desk) -> None:
    """Who is in the room and why; whoever leads it calls in and takes out, everybody may leave."""
    file = desk.file
    section(t("room.members"), icon=":material/group:")
    with st.container(border=True, gap="xsmall"):
        for member in file.members:
            _member(member, desk)
    if file.open and file.leads:
        _call_in(desk)


def _member(member: MemberCard, desk: Desk) -> None:
    me = member.id == desk.view.who.person_id
    role = [term("role", member.role)] if member.role != member.why else []
    detail = plain(" · ".join([*role, t(f"room.why.{member.why}")]))
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(width="content"):
            st.markdown(f"**{plain(member.name)}**  \n:small[:gray[{detail}]]")
        if desk.file.open and (me or desk.file.leads):
            label = t("room.leave") if me else t("room.take_out")
            press(
                desk,
                label,
                f"out-{desk.file.id}-{member.id}",
                "remove",
                desk.file.id,
                member.id,
                tertiary=True,
            )


def _call_in(desk: Desk) -> None:
    name = f"call-in-{desk.file.id}"
    with st.expander(t("room.call_in"), icon=":material/person_add:"):
        people = {i: f"{name} · {term('role', role)}" for i, name, role in desk.people()}
        marks = Marks(desk.view)
        with marks.field("person"):
            person = st.selectbox(
                t("room.person"),
                list(people),
                index=None,
                format_func=people.__getitem__,
                placeholder=t("room.choose_person"),
                key=turn_of(name),
            )
        add = partial(desk.does["add"], turn_of(name), desk.file.id, person or 0)
        if st.button(t("room.call_in"), type="primary", key="call-in-now") and marks.sent(add):
            next_turn(name)
            st.rerun()


def closing(desk: Desk) -> None:
    """The form that closes the room: what came of it, in a word and in sentences."""
    file, view = desk.file, desk.view
    if not (file.open and file.leads):
        return
    left = [task for task in file.tasks if not task.settled]
    kept = note_draft(view, CLOSING, file.id)
    with st.expander(t("room.close"), expanded=unfolded(kept), icon=":material/flag:"):
        form = form_over(view, kept, save_note, f"closing-{file.id}")
        st.caption(t("room.close_hint"))
        results = {str(r): term("room_result", r) for r in Result}
        form.choice("result", t("room.result"), list(results), results.__getitem__)
        form.long_text("note", t("room.close_note"), height=100)
        if left:
            form.tick("tasks", t("room.drop_open", n=len(left)))
        send_here(view, form, t("room.close"), CLOSING.submit, said=t("room.is_closed"))
        form.finish()
