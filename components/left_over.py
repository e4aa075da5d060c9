"""What one had typed about a thing that was settled meanwhile: it was not sent, and is not lost."""

from functools import partial

import streamlit as st

from components.blocks import plain
from components.draft_begin import draft_now
from components.frame import View
from components.outage import pressed
from components.text import t
from data.commands.drafts import drop_draft
from data.commands.note_drafts import Note
from data.queries.audit import done_last
from data.queries.drafts import begun


def left_over(view: View, *notes: Note, number: int | str, settled: str = "") -> None:
    """Where nothing can be sent about a record any more: who settled it and when, and what one had typed.

    Each stands there to be copied until one puts it away.

    Args:
        settled: who and when in words, where the command that `ends` a note does not tell it.
    """
    for note in notes:
        draft_id = view.read_now(begun, note.kind, **{note.about: number})
        said = draft_now(view, draft_id).values.get(note.field) if draft_id is not None else None
        if draft_id is None or not said:
            continue
        with st.container(border=True, key=f"left-over-{draft_id}"):
            st.warning(plain(settled or _settled(view, note, int(number))), icon=":material/edit_off:")
            st.code(said, language=None, wrap_lines=True)
            st.button(
                t("demands.discard"),
                icon=":material/delete:",
                type="tertiary",
                key=f"put-away-{draft_id}",
                on_click=pressed,
                args=(partial(view.do, drop_draft, draft_id),),
            )


def _settled(view: View, note: Note, number: int) -> str:
    done = view.read_now(done_last, note.ends, number)
    if done is None:
        return t("errors.not_sent")
    by, at = done
    return t("errors.settled_meanwhile", by=by or t("audit.operator"), at=view.instant(at))
