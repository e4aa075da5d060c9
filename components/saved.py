"""Saved views: a small menu on report pages, and the page on which they are managed and subscribed to."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from components.blocks import empty, plain
from components.form_turns import next_turn, turn_of
from components.format import weekday
from components.forms import Marks
from components.frame import View
from components.navigation import open_page
from components.text import t
from components.view_words import filters
from core.access import Permission, decide
from core.reports.views import LONGEST_NAME, Every
from data.commands.views import delete_view, edit_view, save_view, subscribe, unsubscribe
from data.queries.board_choices import Choices
from data.queries.views import View as Saved
from data.queries.views import views

_MENU = "views-menu"  # a popover under another key is closed: so it is after each thing done in it


def saved(page: str, view: View) -> None:
    """The menu: open a view of this page, or save what its address says now."""
    if not decide(view.who, Permission.SAVE_VIEWS).allowed:
        return
    with (
        st.container(key="saved-views", horizontal=True, horizontal_alignment="right"),
        st.popover(t("views.menu"), icon=":material/bookmarks:", key=turn_of(_MENU)),
    ):
        found = view.read(views, page)
        for one in found:
            label = one.name if one.mine else f"{one.name} · {one.owner}"
            if st.button(plain(label), key=f"view-{one.id}", type="tertiary", icon=":material/bookmark:"):
                next_turn(_MENU)
                open_page(one.page, **one.query)
        if not found:
            st.caption(t("views.none_here"))
        _save(page, view)
        if st.button(t("views.manage"), icon=":material/notifications:", type="tertiary"):
            open_page("views")


def _save(page: str, view: View) -> None:
    marks, turn = Marks(view), turn_of(_MENU)
    with st.form(f"save-{turn}", border=False):
        with marks.field("name"):
            name = st.text_input(
                t("views.name"), key=f"name-{turn}", max_chars=LONGEST_NAME, placeholder=t("views.name_hint")
            )
        shared = st.toggle(t("views.shared"), key=f"shared-{turn}", help=t("views.shared_note"))
        sent = st.form_submit_button(t("views.save"), icon=":material/bookmark_add:")
    query = dict(st.query_params)
    if sent and marks.sent(lambda: view.do(save_view, page, query, name, shared)):
        st.toast(t("views.saved", name=plain(name.strip())))
        next_turn(_MENU)
        st.rerun()


def managed(found: Sequence[Saved], names: Choices, view: View) -> None:
    """All views that a person sees, each with what it narrows and what they may do with it."""
    if not found:
        empty(t("views.none"), t("views.none_hint"), icon=":material/bookmarks:")
    for one in found:
        with st.container(border=True, key=f"saved-{one.id}"):
            _line(one, names, view)


def _line(one: Saved, names: Choices, view: View) -> None:
    words, button = st.columns([4, 1], vertical_alignment="center")
    parts = [t(f"{one.page}.title"), *([] if one.mine else [t("views.by", owner=one.owner)])]
    parts += [t("views.shared_mark")] if one.shared else []
    parts += [_comes(one, view)] if one.every else []
    detail = plain(" · ".join(parts))
    narrows = plain(filters(one.page, one.query, names))
    words.markdown(f"**{plain(one.name)}**  \n{narrows}  \n:small[:gray[{detail}]]")
    if button.button(t("views.open"), key=f"open-{one.id}", icon=":material/open_in_new:", width="stretch"):
        open_page(one.page, **one.query)
    with st.container(horizontal=True, gap="small"):
        key = turn_of(_subscribing(one))
        with st.popover(t("views.subscribe"), icon=":material/notifications:", key=key):
            _subscription(one, view)
        if one.mine:
            with st.popover(t("views.change"), icon=":material/edit:", key=turn_of(_changing(one))):
                _change(one, view)


def _subscribing(one: Saved) -> str:
    return f"subscribe-view-{one.id}"


def _changing(one: Saved) -> str:
    return f"change-view-{one.id}"


def _comes(one: Saved, view: View) -> str:
    day = weekday(one.weekday or 0, view.language)
    return t(f"views.comes.{one.every}", day=day)


def _subscription(one: Saved, view: View) -> None:
    st.caption(t("views.subscribe_note"))
    marks = Marks(view)
    with st.form(f"subscribe-{one.id}", border=False):
        every = st.segmented_control(
            t("views.rhythm"),
            list(Every),
            default=one.every or Every.WEEK,
            format_func=lambda key: t(f"views.every.{key}"),
            key=f"every-{one.id}",
            required=True,
        )
        day = st.selectbox(
            t("views.weekday"),
            range(7),
            index=one.weekday or 0,
            format_func=lambda n: weekday(n, view.language),
            key=f"weekday-{one.id}",
        )
        sent = st.form_submit_button(t("views.subscribe"), icon=":material/notifications:")
    if sent and marks.sent(lambda: view.do(subscribe, one.id, every, day)):
        st.toast(t("views.subscribed"))
        next_turn(_subscribing(one))
        st.rerun()
    if one.every and st.button(t("views.unsubscribe"), key=f"unsubscribe-{one.id}", type="tertiary"):
        view.do(unsubscribe, one.id)
        st.toast(t("views.unsubscribed"))
        next_turn(_subscribing(one))
        st.rerun()


def _change(one: Saved, view: View) -> None:
    marks = Marks(view)
    with st.form(f"change-{one.id}", border=False):
        with marks.field("name"):
            name = st.text_input(t("views.name"), one.name, key=f"name-{one.id}", max_chars=LONGEST_NAME)
        shared = st.toggle(t("views.shared"), one.shared, key=f"shared-{one.id}", help=t("views.shared_note"))
        sent = st.form_submit_button(t("views.rename"), icon=":material/save:")
    if sent and marks.sent(lambda: view.do(edit_view, one.id, name, shared)):
        st.toast(t("views.renamed"))
        next_turn(_changing(one))
        st.rerun()
    st.caption(t("views.delete_note"))
    pressed = st.button(t("views.delete"), key=f"delete-{one.id}", icon=":material/delete:")
    if pressed and marks.sent(partial(view.do, delete_view, one.id)):
        st.toast(t("views.deleted", name=plain(one.name)))
        st.rerun()
