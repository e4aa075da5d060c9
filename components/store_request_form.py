"""The form in which a store says what it needs, with what others asked for in like words."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from components import address
from components.blocks import Row, picture, plain, rows, section
from components.draft_begin import note_form
from components.draft_end import send_here, submit_here, tell_sent
from components.drafts import DraftForm
from components.frame import View
from components.store_requests import Likes, answered_likes, asked_it, stores
from components.text import t, term
from core.messages import Invalid
from core.process.intervention import file_name
from core.promises.sla import URGENCIES
from data.commands.note_drafts import NORMAL, STORE_REQUEST
from data.queries.store_requests import Alike

_PICTURES = ("jpg", "jpeg", "png", "webp")  # names that the form offers; the content decides


Show = Callable[[str], tuple[bytes, str]]


def file_form(keep: Callable[[bytes], str], show: Show, likes: Likes, answered: Likes, view: View) -> None:
    """What the store needs, and what others asked for in like words: join it, or ask anew.

    Args:
        keep: a picture; returns its hash.
        show: the content of a picture, by its hash.
        likes, answered: by words, the open requests that are alike, and the answered ones.
    """
    if tell_sent(view):
        address.write(show=None)  # it stands among the open ones
    section(t("store_requests.file"), icon=":material/add_comment:")
    with st.container(border=True, key="store-request-form"):
        form = note_form(view, STORE_REQUEST, view.who.team_id or 0)
        words = form.long_text(
            "words", t("store_requests.words"), placeholder=t("store_requests.words_hint"), height=100
        )
        form.select(
            "urgency", t("store_requests.urgency"), URGENCIES, lambda u: term("urgency", u), default=NORMAL
        )
        _photo(form, keep, show)
        with st.container(key="store-request-likes"):
            known = answered(words)
            _likes(likes(words), form, view, said=bool(words) and not known)
            answered_likes(known, f"{form.prefix}answered", view)
        send_here(
            view, form, t("store_requests.send"), STORE_REQUEST.submit,
            said=t("store_requests.filed"), icon=":material/send:",
        )  # fmt: skip
    form.finish()


def _photo(form: DraftForm, keep: Callable[[bytes], str], show: Show) -> None:
    """One picture, kept with the draft at once: an upload lives only as long as its page is shown."""
    with form.at("photo"):
        if held := form.get("photo"):
            picture(show(held[0])[0], plain(held[1] or ""))
            st.button(
                t("demands.remove_file", name=plain(held[1]))
                if held[1]
                else t("store_requests.remove_photo"),
                type="tertiary",
                icon=":material/delete:",
                key=f"{form.prefix}remove-photo",
                on_click=form.press,
                args=({"photo": None},),
            )
            return
        given = st.file_uploader(t("store_requests.photo"), type=list(_PICTURES), key=f"{form.prefix}photo")
        seen: set[str] = st.session_state.setdefault(f"{form.prefix}uploads", set())
        if given is None or given.file_id in seen:
            return
        try:
            form.set({"photo": [keep(given.getvalue()), file_name(given.name)]})
        except Invalid as error:
            form.mark(error.problems[0])
        seen.add(given.file_id)
        st.rerun()


def _likes(found: Sequence[Alike], form: DraftForm, view: View, *, said: bool) -> None:
    if not found:
        if said:
            st.caption(t("store_requests.no_likes"))
        return
    st.markdown(f"**{t('store_requests.likes')}**")
    lines = [
        Row(
            str(one.request.id),
            one.request.words,
            stores(one.request),
            mark=t("store_requests.yours") if asked_it(one.request, view) else "",
            action=t("store_requests.add_to" if asked_it(one.request, view) else "store_requests.join"),
        )
        for one in found
    ]
    if pressed := rows(lines, f"{form.prefix}likes"):
        joins = partial(STORE_REQUEST.submit, join=int(pressed))
        submit_here(view, form.draft.id, joins, t("store_requests.joined"))
        st.rerun()
