"""How a form over a draft begins: the draft as it is now, and what is wrong with it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from components.drafts import DraftForm, lock_of
from components.frame import View
from components.text import t
from data.commands.drafts import mark_field
from data.commands.note_drafts import Kept, Values, save_note
from data.queries.drafts import DraftView, begun, draft


def draft_now(view: View, draft_id: int) -> DraftView:
    """The draft as it is now: after a submit still running, and not from a replica."""
    with lock_of(view.who), view.store.reading(fresh=True) as session:
        return draft(session, view.who, draft_id)


def draft_about(view: View, kind: str, about: str, number: int | str, begin: Callable[..., int]) -> DraftView:
    """One's open draft of a kind about one record, begun now if there is none.

    Args:
        about: the value of the draft that names the record by its `number`.
        begin: the command that opens a draft about such a record.
    """
    return draft_now(view, view.read_now(begun, kind, **{about: number}) or view.do(begin, number))


def form_over(
    view: View, kept: DraftView, save: Callable[..., Any], name: str, told: Sequence[str] = ()
) -> DraftForm:
    """A form over a draft, and above it how much is missing or wrong.

    Args:
        save: the command that saves fields of such a draft.
        name: of the place above the form.
        told: fields without a place in the form; what is wrong with them is said there.
    """
    form = DraftForm(
        kept,
        save=lambda values: view.do(save, kept.id, values),
        mark=lambda problem: view.do(mark_field, kept.id, problem),
        explain=view.explain,
    )
    with st.container(key=f"{name}-problems"):  # always there: what comes below keeps its place and uploads
        if kept.problems:
            st.error(t("errors.invalid", n=len(kept.problems)), icon=":material/error:")
        for field in told:
            form.problems(field)
    return form


def note_draft(view: View, note: Kept, number: int | str, start: Values | None = None) -> DraftView:
    """One's open draft of a kind about one record, begun now if there is none.

    Args:
        start: what stands in it until something is typed.
    """
    begin = partial(note.open, start=start)
    kept = draft_about(view, note.kind, note.about, number, begin)
    if start and not kept.touched and any(kept.values.get(name) != value for name, value in start.items()):
        kept = draft_now(view, view.do(begin, number))
    return kept


def note_form(view: View, note: Kept, number: int | str, start: Values | None = None) -> DraftForm:
    """A form over such a draft, and above it how much is missing or wrong."""
    return form_over(view, note_draft(view, note, number, start), save_note, f"{note.kind}-{number}")


def has_words(view: View, note: Kept, number: int | str) -> bool:
    """Whether one left something in a note about a record without sending it."""
    begun_id = view.read_now(begun, note.kind, **{note.about: number})
    return begun_id is not None and draft_now(view, begun_id).touched


def unfolded(kept: DraftView, goes_on: bool = False) -> bool:
    """Whether a folded form over a draft opens by itself: something was left in it, or erased since.

    Args:
        goes_on: whether it is open in any case from now on.
    """
    name = f"unfolded-{kept.id}"
    st.session_state[name] = st.session_state.get(name, False) or kept.touched or goes_on
    return bool(st.session_state[name])
