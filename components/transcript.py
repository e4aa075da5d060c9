"""What was said in a recording, beside its player: awaited by nobody, and left to the rep as a draft."""

import hashlib
from typing import Any

import streamlit as st

from components import format
from components.drafts import DraftForm
from components.frame import View
from components.outage import gently
from components.text import t
from core.process.recordings import Writing
from data import speech
from data.commands.transcripts import ask_transcript
from data.queries.drafts import draft
from data.queries.recordings import Written, transcript

EVERY_SECONDS = 2
_HEIGHT = 130  # pixels, with text or without: the form below does not move when the words arrive
_LANDED = "transcript-machine"  # mark of the machine's text that the draft took over


def spoken_language(view: View, form: DraftForm) -> speech.Language:
    """The language that was spoken: the one that the rep reads, until another is chosen."""
    chosen: speech.Language = form.get("recording-language", "zh" if view.language == "zh" else "en")
    return chosen


def language_choice(view: View, form: DraftForm) -> None:
    """Which language was spoken; another one means another transcript."""
    if speech.is_configured():
        usual = spoken_language(view, form)
        say = {name: t(f"record.speech.{name}") for name in speech.LANGUAGES}
        form.switch("recording-language", t("record.spoken"), speech.LANGUAGES, say.__getitem__, usual)


def transcript_draft(view: View, form: DraftForm, recording: str) -> Written | None:
    """How far the transcript is, and its text to be corrected; what the rep typed is never replaced."""
    if not speech.is_configured():
        st.caption(f":material/speech_to_text: {t('record.not_transcribed')}")
        return None
    written = _written(view, form, recording)
    if _may_land(form, written):
        form.set(_landing(written))
    with st.container(key=f"{form.prefix}transcript_state", gap="xsmall"):
        _state(view, form, recording, written)
    form.long_text(
        "transcript",
        t("record.transcript"),
        height=_HEIGHT,
        placeholder="" if written.state.is_over else t("record.transcript_hint"),
        disabled=not written.state.is_over and is_untouched(form),  # nothing typed when the words arrive
    )
    return written


def ways_on(view: View, form: DraftForm, written: Written) -> None:
    """What can be done with the words; drawn in a row that is always there."""
    if (text := form.get("transcript")) and text not in form.get("summary", ""):
        _button(form, "to_summary", ":material/south_east:", _add_to_summary, view, form)
    if written.text and _mark(written.text) != form.get(_LANDED):
        _button(form, "replace", ":material/swap_vert:", form.set, _landing(written))
    if written.again:
        again = (form.get("recording"), spoken_language(view, form), form.get("customer"))
        _button(form, "again", ":material/refresh:", view.do, ask_transcript, *again)


def is_untouched(form: DraftForm) -> bool:
    """Whether the draft's transcript is the machine's, or none."""
    text = form.get("transcript")
    return text is None or _mark(text) == form.get(_LANDED)


def without_transcript(form: DraftForm) -> dict[str, Any]:
    """What goes with a recording that is removed: its transcript, unless the rep worked on it."""
    return {"transcript": None, _LANDED: None} if is_untouched(form) else {}


def _written(view: View, form: DraftForm, recording: str) -> Written:
    language = spoken_language(view, form)
    found = view.read_now(transcript, recording, language)
    if found is None:
        view.do(ask_transcript, recording, language, form.get("customer"))
        with view.store.reading(fresh=True) as session:
            found = transcript(session, view.who, recording, language)
    assert found is not None
    return found


def _may_land(form: DraftForm, written: Written) -> bool:
    """Whether these words are new to the draft, believable, and in the way of nothing."""
    fresh = bool(written.text) and written.doubt is None and _mark(written.text) != form.get(_LANDED)
    return fresh and is_untouched(form)


def _landing(written: Written) -> dict[str, Any]:
    return {"transcript": written.text, _LANDED: _mark(written.text)}


def _state(view: View, form: DraftForm, recording: str, written: Written) -> None:
    if not written.state.is_over:
        _progress(view, recording, spoken_language(view, form))
    elif written.doubt:
        st.markdown(f":small[:orange[:material/warning: {t(f'record.heard.{written.doubt}')}]]")
    elif written.state is Writing.DONE:
        said = "done" if _mark(written.text) == form.get(_LANDED) else "own"
        st.markdown(f":small[:green[:material/check:] {t(f'record.written.{said}')}]")
    else:  # of a recording in which nothing can be heard, its own warning is enough
        colour = "orange" if written.again else "gray"
        st.markdown(f":small[:{colour}[:material/speech_to_text: {t('record.written.none')}]]")


def _progress(view: View, recording: str, language: str) -> None:
    """A part that repaints by itself, and the page only once: when nothing more comes."""

    @st.fragment(run_every=EVERY_SECONDS)
    @gently
    def watch() -> None:
        written = view.read_now(transcript, recording, language)
        if written is None or written.state.is_over:
            st.rerun()
        share = format.percent(written.share, view.language)
        st.progress(min(1.0, written.share), t(f"record.written.{written.state}", share=share))

    watch()


def _button(form: DraftForm, name: str, icon: str, do: Any, *args: Any) -> None:
    key = f"{form.prefix}transcript-{name}"
    st.button(t(f"record.written.{name}"), icon=icon, type="tertiary", key=key, on_click=do, args=args)


def _add_to_summary(view: View, form: DraftForm) -> None:
    """The transcript below what the summary says by now."""
    with view.store.reading(fresh=True) as session:
        kept = draft(session, view.who, form.draft.id).values
    parts = (kept.get("summary"), kept.get("transcript"))
    form.set({"summary": "\n".join(p for p in parts if p)})


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
