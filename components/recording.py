"""The voice summary: spoken into the page or uploaded, kept at once, played back."""

from typing import Any

import streamlit as st

from components.blocks import plain
from components.drafts import DraftForm
from components.frame import View
from components.text import t
from components.transcript import (
    language_choice,
    spoken_language,
    transcript_draft,
    ways_on,
    without_transcript,
)
from core.messages import Invalid, NotFound
from data.files import keep_recording, read_file
from data.queries.recordings import doubts

TYPES = ("wav", "webm", "ogg", "m4a", "mp3", "amr")
_SILENT_HERE = "audio/amr"  # no browser plays it


def recording(view: View, form: DraftForm, max_mb: int) -> None:
    """The kept recording with its player, or the two ways to add one."""
    with form.at("recording"):
        if kept := form.get("recording"):
            _player(view, form, kept)
            return
        turn = form.get("recording-turn", 0)  # a removed recording must not come back from its widget
        spoken = st.audio_input(t("record.recording"), key=f"{form.prefix}voice-{turn}")
        refused = form.is_marked("recording")  # the box stays open over a file that was refused
        with st.expander(
            t("record.upload"), refused, key=f"{form.prefix}upload-box-{turn}", icon=":material/upload_file:"
        ):
            given = st.file_uploader(
                t("record.upload_label", types=", ".join(TYPES), limit=max_mb),
                type=list(TYPES),
                max_upload_size=max_mb,
                key=f"{form.prefix}upload-{turn}",
            )
        for upload in (spoken, given):
            if upload is not None:
                _keep(view, form, upload)


def _player(view: View, form: DraftForm, kept: str) -> None:
    st.markdown(f":small[{t('record.recording_kept')}]")
    try:
        content, media_type = read_file(view.store, kept)
    except NotFound:
        st.caption(t("problems.recording_lost"))
        content, media_type = b"", ""
    left, right = st.columns([3, 2], vertical_alignment="bottom", gap="medium")
    with left:
        if media_type == _SILENT_HERE:
            st.download_button(t("record.listen"), content, "recording.amr", media_type, on_click="ignore")
        elif content:
            st.audio(content, format=media_type)
    with right:
        language_choice(view, form)
    _doubts(view, form, kept)
    written = transcript_draft(view, form, kept)
    with st.container(horizontal=True, gap="small", key=f"{form.prefix}recording_ways"):
        if written:
            ways_on(view, form, written)
        _remove(form)


def _remove(form: DraftForm) -> None:
    gone = {"recording": None, "recording-turn": form.get("recording-turn", 0) + 1}
    st.button(
        t("record.remove_recording", name=plain(form.get("recording-name", ""))).strip(),
        type="tertiary",
        icon=":material/delete:",
        key=f"{form.prefix}remove-recording",
        on_click=form.press,
        args=(gone | without_transcript(form),),
    )


def _doubts(view: View, form: DraftForm, kept: str) -> None:
    """What is wrong with the recording; what a refused submit said stands at the field already."""
    said = {p.code for p in form.draft.problems}
    with st.container(key=f"{form.prefix}doubts", gap="xsmall"):
        for problem in view.read(doubts, kept):
            if problem.code not in said:
                st.markdown(f":small[:orange[:material/warning: {view.explain(problem)}]]")


def _keep(view: View, form: DraftForm, upload: Any) -> None:
    """Keep an upload once: it lives only as long as the session."""
    seen: set[str] = st.session_state.setdefault(f"{form.prefix}uploads", set())
    if upload.file_id in seen:
        return
    seen.add(upload.file_id)
    try:
        spoken = {"language": spoken_language(view, form), "customer_id": form.get("customer")}
        kept = view.do(keep_recording, upload.getvalue(), upload.type, **spoken)
    except Invalid as refused:
        form.mark(refused.problems[0])
        return
    form.set({"recording": kept, "recording-name": upload.name})
    st.rerun()
