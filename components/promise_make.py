"""Recording what a customer was told: from their page, a demand or an action, over a draft."""

from collections.abc import Callable, Mapping

import streamlit as st

from components import address
from components.address import leave_for
from components.begin_for import begin_for
from components.blocks import plain, section
from components.draft_begin import draft_now, form_over
from components.draft_end import end
from components.drafts import DraftForm
from components.frame import View, show_error
from components.navigation import open_page
from components.new_contact import new_contact
from components.promises import leave_for_making
from components.text import pair, t, term
from core.access import Permission, reach
from core.messages import AppError, Unavailable
from data.commands.promise_drafts import open_promise, save_promise_fields, submit_promise
from data.queries.begun_for import Start
from data.queries.drafts import DraftView
from data.queries.promise_file import PromiseDesk
from data.queries.promise_origins import Origin


def current(view: View) -> DraftView | None:
    """The draft that the address names or asks for; None where the board is shown."""
    if reach(view.who, Permission.MAKE_PROMISES) is None:
        return None
    number, making = address.number("draft"), address.said("do") == "make"
    try:
        if number is None and making:
            asked = (address.number(name) for name in ("customer", "demand", "action", "again"))
            number = view.do(open_promise, *asked)
            st.query_params.from_dict({"draft": str(number)})
        if number is None:
            return None
        return draft_now(view, number)
    except Unavailable:  # the page's frame waits for the store; the address stays
        raise
    except AppError as error:
        st.query_params.clear()
        show_error(error)
    return None


def begin_with(start: Start, view: View) -> None:
    """Record a promise to a customer, or go on with one that was begun."""
    begin_for(start, t("promises.make_for"), "promise", leave_for_making, view)


def fill_in(kept: DraftView, desk: PromiseDesk, heard_in: Mapping[int, Origin], view: View) -> None:
    """The form over its draft.

    Args:
        heard_in: the customer's actions in which it may have been said.
    """
    form = form_over(view, kept, save_promise_fields, "promise", told=("customer",))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(plain(desk.customer), anchor=False, width="content")
        if st.button(t("promises.to_board"), type="tertiary", icon=":material/arrow_back:"):
            leave_for()
    section(t("promises.make"), icon=":material/handshake:")
    with st.columns([2, 1], gap="large")[0]:
        form.long_text("words", t("promises.words"), placeholder=t("promises.words_hint"))
        with st.container(horizontal=True, gap="small"):
            form.day("promised_on", t("promises.promised"), width=180)
        _optional(form, "contact", desk.contacts)
        new_contact(desk.id, "promise", lambda number, _: form.set({"contact": number}), view)
        _optional(form, "demand", {i: _asked(i, desk) for i in desk.demands})
        _optional(form, "action", {i: origin_words(one, view) for i, one in heard_in.items()})
        end(view, form, t("promises.record"), submit_promise)
    form.finish()


def _asked(demand: int, desk: PromiseDesk) -> str:
    words = desk.demands[demand]
    return pair(t("demands.show.declined"), words) if demand in desk.declined else words


def origin_words(one: Origin, view: View) -> str:
    """An action as a choice: what it was, from when to when."""
    return f"{term('stage', one.type)} · {view.span(one.started_at, one.ended_at)}"


def _optional(form: DraftForm, field: str, options: Mapping[int, str]) -> None:
    label = {"contact": "promises.contact", "demand": "promises.about", "action": "promises.said_in"}[field]
    kept = form.get(field)
    offered = dict(options) if kept is None or kept in options else {kept: f"#{kept}", **options}
    say: Callable[[int], str] = offered.__getitem__
    form.select(field, t(label), list(offered), say, placeholder=t("demands.optional"))


def done(sent: Mapping[str, int], view: View) -> None:
    """Recorded: on to the promise as it stands beside the plan."""
    del view
    st.toast(t("promises.made"))
    leave_for(promise=sent["promise"])


def said_in(one: Origin | None, view: View) -> None:
    """The way to the action in which a promise was made."""
    if one is None:
        return
    label = t("promises.from_action", what=origin_words(one, view))
    sees = reach(view.who, Permission.SEE_CUSTOMERS)
    if not sees:
        st.caption(plain(label))
    elif st.button(label, icon=":material/link:", type="tertiary", key="promise-origin"):
        open_page("customer", customer=one.customer_id, action=one.id)
