"""How a form over a draft begins: the draft as it is now, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from components.drafts import DraftForm, lock_of
from components.frame import View
from components.text import t
from core.access import Who
from data.commands.drafts import mark_field
from data.commands.note_drafts import Kept, Note, Values, save_note
from data.queries.drafts import DraftView, begun, draft, noted

if TYPE_CHECKING:
    from data.engine import Store


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
    view: View, kept: DraftView, save: Callable[..., Any], name: str, told: Sequence[str] = (), **more: Any
) -> DraftForm:
    """A form over a draft, and above it how much is missing or wrong.

    Args:
        save: the command that saves fields of such a draft.
        name: of the place above the form.
        told: fields without a place in the form; what is wrong with them is said there.
        more: what else `DraftForm` takes.
    """
    form = DraftForm(
        kept,
        save=lambda values: view.do(save, kept.id, values),
        mark=lambda problem: view.do(mark_field, kept.id, problem),
        explain=view.explain,
        **more,
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


@dataclass(frozen=True, slots=True)
class Sheets:
    """One's notes of a kind about any records, e.g. those of a list.

    A draft is begun once something is typed: to look at a list writes nothing.

    Attributes:
        found: see `data.queries.drafts.noted`.
    """

    view: View
    note: Note
    found: Mapping[int | str, tuple[DraftView | None, int]]

    def kept(self, number: int | str, start: Values | None = None) -> DraftView:
        """The draft about a record, or a blank one.

        Args:
            start: what stands in it until something is typed.
        """
        begun = self.found.get(number, (None, 0))[0]
        values = {self.note.about: number, **(start or {})}
        if begun is None:
            return DraftView(0, self.note.kind, "", values, (), 0, None, False, self.view.now)
        return begun if begun.touched else replace(begun, values=values)

    def named(self, number: int | str) -> str:
        """A name of the form about a record; another one once it was sent, so that it is empty then."""
        return f"{self.note.kind}-{number}-{self.found.get(number, (None, 0))[1]}"

    def form(self, number: int | str, start: Values | None = None) -> DraftForm:
        """The form about a record, and above it how much is missing or wrong."""

        def save(store: Store, who: Who, _: int, typed: dict[str, Any]) -> None:
            self.note.keep(store, who, number, typed, start)

        name = self.named(number)
        begin = partial(self.note.open, number=number, start=start)
        return form_over(self.view, self.kept(number, start), save, name, begin=begin, prefix=f"{name}_")


def sheets(view: View, note: Note) -> Sheets:
    """One's notes of a kind, read at once."""
    return Sheets(view, note, view.read_now(noted, note.kind, note.about))


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
