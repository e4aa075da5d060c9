"""The files of a demand: added to its draft or to the demand itself, and given out as downloads."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from components.blocks import plain, section
from components.drafts import DraftForm
from components.form_turns import next_turn, turn_of
from components.forms import Marks
from components.frame import View
from components.text import t
from core.messages import Invalid, Problem
from data.commands.demand_files import keep_upload
from data.files import ATTACHED, DOWNLOAD
from data.queries.demand_files import Attached

Fetch = Callable[[int], bytes]


def files_of_draft(form: DraftForm, view: View) -> None:
    """What the customer sent along, kept with the draft at once."""
    section(t("demands.files"))
    kept: list[list[str]] = list(form.get("files", []))
    with form.at("files"):
        for number, (_, name) in enumerate(kept):
            st.button(
                t("demands.remove_file", name=plain(name)),
                type="tertiary",
                icon=":material/delete:",
                key=f"{form.prefix}file-{number}",
                on_click=form.press,
                args=({"files": kept[:number] + kept[number + 1 :]},),
            )
        given = st.file_uploader(
            t("demands.attach"),
            type=list(ATTACHED),
            accept_multiple_files=True,
            key=f"{form.prefix}files-{len(kept)}",
        )
        if given:
            _keep(form, kept, given, view)


def _keep(form: DraftForm, kept: list[list[str]], given: Sequence[Any], view: View) -> None:
    """Keep uploads once: they live only as long as the session. One that is refused takes none along."""
    seen: set[str] = st.session_state.setdefault(f"{form.prefix}uploads", set())
    added: list[list[str]] = []
    refused: list[Problem] = []
    for upload in given:
        if upload.file_id in seen:
            continue
        try:
            file = view.do(keep_upload, upload)
        except Invalid as error:
            refused += error.problems
        else:
            added.append([file.sha256, file.name])
        seen.add(upload.file_id)
    if added:
        form.set({"files": [*kept, *added]})
    if refused:
        form.mark(Problem("files", refused[0].code, refused[0].params))
    if added or refused:
        st.rerun()


def files_block(
    found: Sequence[Attached], demand: int, attach: Callable[..., Any], fetch: Fetch, view: View
) -> None:
    """A demand's files, and the way to add one.

    Args:
        attach: `attach(key, demand, upload)`; the same key again adds nothing.
        fetch: the content of a file.
    """
    section(t("demands.files"), icon=":material/attach_file:")
    if not found:
        st.caption(t("demands.no_files"))
    for one in found:
        by = one.by or t("demands.somebody")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.download_button(
                plain(one.name),
                partial(fetch, one.id),
                file_name=one.name,
                mime=DOWNLOAD,
                icon=":material/attach_file:",
                on_click="ignore",
                key=f"demand-file-{one.id}",
            )
            st.caption(plain(f"{by} · {view.instant(one.at)}"), width="content")
    with st.expander(t("demands.attach_more"), icon=":material/add:", key=f"demand-attach-{demand}"):
        _attach(demand, attach, view)


def _attach(demand: int, attach: Callable[..., Any], view: View) -> None:
    name = f"demand-attach-{demand}"
    turn = turn_of(name)
    with st.form(turn, border=False):
        marks = Marks(view)
        with marks.field("file", "files"):
            upload = st.file_uploader(t("demands.attach"), type=list(ATTACHED), key=f"upload-{turn}")
        sent = st.form_submit_button(t("demands.attach_it"))
    if sent and upload is not None and marks.sent(partial(attach, turn, demand, upload)):
        next_turn(name)
        st.rerun()
