"""A record is edited in a dialog that the address opens (`?do=edit`).

Two people editing one record: the second is told what the other changed, field by field; what only the
other changed is taken over, what both changed keeps one's own words until one decides.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components import address
from components.blocks import plain
from components.change_words import field_name, words
from components.form_turns import next_turn
from components.format import NOTHING
from components.forms import Marks
from components.frame import View
from components.own_values import own_name
from components.text import t, term
from core.changes import Merge, merge
from core.messages import Conflict
from data.queries.own_fields import Company

SAVED = "just-saved"  # until the page has said so
Save = Callable[..., Any]
Editor = Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Editing:
    """One editor's state: the version and values they started from, and what they fill in now.

    Attributes:
        refused: what they wanted to save when somebody had been faster.
        told: what the other has changed, once it is laid under theirs.
    """

    version: int
    seen: Mapping[str, Any]
    start: Mapping[str, Any]
    refused: Mapping[str, Any] | None = None
    told: Merge | None = None


def closed() -> None:
    """Forget the form that the address names."""
    for key in [k for k in st.session_state if str(k).startswith("editing-")]:
        del st.session_state[key]
    address.write(do=None, id=None, proposal=None, then=None)


def begun(
    key: str,
    version: int,
    now: Mapping[str, Any],
    left: tuple[Mapping[str, Any], Mapping[str, Any]] | None = None,
) -> Editing:
    """This editor's state; where somebody was faster, theirs lies under what was typed.

    Args:
        left: what an earlier visit saw and typed, where somebody has changed it since.
    """
    fresh = Editing(version, left[0], left[1], refused=left[1]) if left else Editing(version, now, now)
    kept: Editing = st.session_state.get(f"editing-{key}") or fresh
    if kept.refused is not None:
        told = merge(kept.seen, kept.refused, now)
        kept = Editing(version, now, told.values, told=told)
    st.session_state[f"editing-{key}"] = kept
    return kept


def send(marks: Marks, key: str, editing: Editing, typed: Mapping[str, Any], save: Save) -> None:
    """Save; when somebody was faster, begin again on what they left, with what was typed."""

    def attempt() -> None:
        try:
            save(typed, editing.version)
        except Conflict as error:
            if error.code != "edited_meanwhile":
                raise
            st.session_state[f"editing-{key}"] = Editing(editing.version, editing.seen, typed, refused=typed)
            st.rerun()

    if marks.sent(attempt):
        done()


def done() -> None:
    """The form has done its work; the page says so once it is drawn anew."""
    closed()
    st.session_state[SAVED] = True
    st.rerun()


def tell(told: Merge | None, editor: Editor, view: View, company: Company | None = None) -> None:
    """What the other editor changed, and what is to be decided."""
    if told is None:
        return
    lines = [t("customer.meanwhile", who=plain(editor() or t("customer.somebody")))]
    for name, value in told.theirs.items():
        own = own_name(name, value, company, view) if company else None
        label, theirs = own or (field_name(name), words(name, value, view))
        key = "customer.both_changed" if name in told.both else "customer.taken_over"
        lines.append("- " + t(key, field=plain(label), theirs=plain(theirs or NOTHING)))
    st.warning("\n".join(lines), icon=":material/group:")


def dialog(title: str, body: Callable[[], None]) -> None:
    """Open the form; dismissed, the address forgets it."""
    st.dialog(title, on_dismiss=closed)(body)()


def submit() -> bool:
    """The button that saves."""
    return st.form_submit_button(t("customer.save"), type="primary", icon=":material/check:")


def one_of(label: str, options: Sequence[str], value: str | None, area: str, key: str, **more: Any) -> Any:
    """Choose one; what stands is offered even where the list no longer has it."""
    offered = list(options) + ([value] if value and value not in options else [])
    return st.selectbox(
        label,
        offered,
        index=offered.index(value) if value else None,
        format_func={k: term(area, k) for k in offered}.__getitem__,
        placeholder=t("customer.not_said"),
        key=key,
        **more,
    )


def ask(
    label: str, what: str, of: int | None = None, *, icon: str, type: Any = "secondary", menu: str = ""
) -> None:
    """A button that opens a form: the address says which, so that it can be linked to.

    Args:
        menu: name of the turn whose key the menu has in which the button stands; it closes.
    """
    if st.button(label, key=f"do-{what}-{of or ''}", icon=icon, type=type):
        address.write(do=what, id=of)
        if menu:
            next_turn(menu)
        st.rerun()
