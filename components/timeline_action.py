"""An action in the timeline: what was written, said and heard in it, and what it builds on."""

from collections.abc import Callable

import streamlit as st

from components import address
from components.blocks import plain
from components.field_words import said_fields
from components.frame import View
from components.navigation import open_page
from components.text import pair, t, term
from core.access import Permission, reach
from core.process.actions import fields_of
from data.queries.timeline_events import Event

Play = Callable[[str], tuple[bytes, str]]


def action_words(event: Event, view: View, *, folded: bool) -> list[str]:
    """Its paragraphs: why it was cancelled, what was noted and written, its own fields unless folded."""
    said = []
    if event.status == "cancelled" and event.cancel_reason:
        reason = plain(term("cancelled_because", event.cancel_reason))
        said.append(pair(f":gray[{t('audit.reason')}]", reason))
    if event.note and event.status != "completed":
        said.append(plain(event.note))
    if event.summary:
        said.append(plain(event.summary))
    if not folded and (fields := _fields(event, view)):
        said.append(fields)
    return said


def action_body(event: Event, view: View, play: Play, *, folded: bool) -> None:
    """What an action keeps besides its words, and the ways to the record before it and to a promise.

    Args:
        folded: its own fields stand here, under a fold, or a page of earlier ones is very long on a phone.
    """
    if folded and (fields := _fields(event, view)):
        with st.expander(t("customer.details"), icon=":material/notes:", key=f"fields-{event.id}"):
            st.markdown(fields)
    if event.recording:
        _transcript(event)
    if event.recording and st.toggle(t("customer.play"), key=f"play-{event.id}"):
        content, media_type = play(event.recording)
        st.audio(content, format=media_type)
    if event.follows:
        _evidence(event, view)
    _promise(event, view)


def _fields(event: Event, view: View) -> str:
    return "  \n".join(pair(f":gray[{label}]", plain(text)) for label, text in field_values(event, view))


def _promise(event: Event, view: View) -> None:
    """Record what the customer was promised in this action."""
    done = event.status == "completed" and not event.voided
    if not done or reach(view.who, Permission.MAKE_PROMISES) is None:
        return
    if st.button(t("promises.make"), key=f"promise-{event.id}", icon=":material/handshake:", type="tertiary"):
        open_page("promises", do="make", action=event.id)


def _transcript(event: Event) -> None:
    """What was said: as the rep left it, else as the machine wrote it, else that it is not transcribed."""
    written = event.written
    if event.transcript:
        title, text = "transcript", event.transcript
    elif written and written.text and not written.doubt:
        title, text = "transcript_machine", written.text
    else:
        awaited = written is not None and not written.state.is_over
        said = t("customer.being_transcribed" if awaited else "customer.not_transcribed")
        st.caption(f":material/speech_to_text: {said}")
        return
    with st.expander(t(f"customer.{title}"), icon=":material/speech_to_text:", key=f"said-{event.id}"):
        st.markdown(plain(text))


def _evidence(event: Event, view: View) -> None:
    """The way to the earlier record that this one builds on."""
    assert event.follows is not None
    key, type_, starts, ends = event.follows
    label = t("customer.builds_on", what=term("stage", type_), at=view.span(starts, ends))
    if st.button(label, key=f"follows-{event.id}", icon=":material/link:", type="tertiary"):
        address.write(action=key, kind=None, about=None)
        st.rerun()


def field_values(event: Event, view: View) -> list[tuple[str, str]]:
    """(label, text) of an action's own fields, in their order; then whatever else the record kept.

    The company's own fields are named as they were when the action was written.
    """
    return said_fields(event.values, fields_of(event.type, event.own, retired=True), view)
