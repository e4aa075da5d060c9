"""The log of changes, and the way back from each."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import streamlit as st

from components import address
from components.audit_studio import published_lines
from components.blocks import empty, plain
from components.change_words import by, change_line, changes_block, deed, known, reason
from components.editing import SAVED
from components.frame import View, show_error
from components.navigation import open_page
from components.text import clauses, t, term
from core.messages import AppError
from data.queries.audit import AuditEntry
from data.queries.audit_log import AuditChoices, AuditFilters, AuditLog
from data.queries.customer_changes import PASSED_ON
from data.queries.studio import Published

_TOLD = "change-told"  # the change that the page showed last


def audit_rows(log: AuditLog, view: View) -> int | None:
    """The log; returns the id of the entry whose undo was pressed."""
    if not log.entries:
        empty(t("audit.none"), t("audit.none_hint"), icon=":material/history:")
    pressed = None
    for entry in log.entries:
        published = log.published.get(entry.entity_id or 0) if entry.entity == "policy" else None
        text = _published(entry, published, view) if published else changes_block(entry, view)
        if _row(entry, text, view):
            pressed = entry.id
    return pressed


def _published(entry: AuditEntry, published: Published, view: View) -> str:
    """What the studio published, in its own words, and why."""
    return "  \n".join([*published_lines(published, view), *reason(entry, view)])


def _row(entry: AuditEntry, text: str, view: View) -> bool:
    with st.container(border=True, horizontal=True, gap="small", key=f"audit-{entry.id}"):
        name = f" · {plain(entry.name)}" if entry.name else ""
        mark = f" :gray-badge[{t('audit.undone')}]" if entry.undone else ""
        head = f"**{deed(entry)}**{name}{_of_kind(entry)}{mark}"
        st.markdown(
            "  \n".join([head, f":small[:gray[{plain(by(entry))} · {view.instant(entry.at)}]]", text]),
            width="stretch",
        )
        if entry.customer_id and _button("open", entry, ":material/domain:"):
            open_page("customer", customer=entry.customer_id)
        if entry.command in PASSED_ON and _button("open_handed", entry, ":material/groups:"):
            open_page("customers", handed=entry.id)
        return entry.undoable and undo_button(entry, f"audit-undo-{entry.id}", width="content")


def _of_kind(entry: AuditEntry) -> str:
    """Of an action, its type."""
    return f" · {term('stage', entry.kind)}" if entry.entity == "action" and entry.kind else ""


def _button(does: str, entry: AuditEntry, icon: str) -> bool:
    return st.button(t(f"audit.{does}"), key=f"audit-{does}-{entry.id}", icon=icon)


def undo_button(entry: AuditEntry, key: str, *, width: Literal["stretch", "content"] = "stretch") -> bool:
    """The way back; an undo's own way back does the thing again."""
    label, icon = ("audit.redo", ":material/redo:") if entry.undoes else ("audit.undo", ":material/undo:")
    return st.button(t(label), key=key, icon=icon, width=width)


def recent_change(entry: AuditEntry | None, view: View) -> int | None:
    """What the person has just changed, with its way back beside it; its id when that was pressed."""
    if entry is None:
        return None
    with st.container(border=True, key="recent-change"):
        text, button = st.columns([5, 1], vertical_alignment="center")
        name = _of_record(entry)
        telling = [c for c in entry.changes if c.field != "voided_at"]  # the deed says that it was undone
        changes = clauses(change_line(c, view) for c in telling[:3])
        shown = f"  \n:small[{changes}]" if telling else ""
        text.markdown(f":green[:material/check_circle:] **{deed(entry)}**{name}{shown}")
        with button:
            return entry.id if undo_button(entry, "undo-recent") else None


def _of_record(entry: AuditEntry) -> str:
    """Which of a customer's records it was."""
    return f" · {plain(entry.name)}" if entry.entity in ("contact", "opportunity") else _of_kind(entry)


def saved(entry: AuditEntry | None) -> None:
    """Says where one looks that a form was saved: what it was stands at the top of the page."""
    before, latest = st.session_state.get(_TOLD), entry.id if entry else None
    st.session_state[_TOLD] = latest
    if not st.session_state.pop(SAVED, False):
        return
    fresh = entry is not None and latest != before
    words = f"{deed(entry)}{_of_record(entry)}  \n{t('audit.undo_above')}" if entry and fresh else None
    st.toast(words or t("audit.saved"), icon=":material/check_circle:")


def undone(work: Callable[[], Any]) -> None:
    """Undo and show the result; when it is refused, say why."""
    try:
        work()
    except AppError as error:
        show_error(error)
    else:
        st.rerun()


def audit_filters(options: AuditChoices) -> AuditFilters:
    """Whose changes, of what, and since when; kept in the address."""
    people = {str(i): name for i, name in options.people}
    with st.grid(min_column_width=180, gap="small"):
        person = _choose("person", list(people), lambda i: people[i])
        entity = _choose_word("entity", options.entities, lambda k: known("audit.entity", k))
        did = _choose_word("command", options.commands, lambda k: known("audit.did", k.replace(".", "_")))
        days = _choose("days", ("1", "7", "30", "90"), lambda n: t("audit.last_days", n=int(n)))
    return AuditFilters(
        person=int(person) if person else None,
        entity=entity,
        command=did,
        days=int(days) if days else None,
        before=address.number("before"),
    )


def _choose_word(name: str, options: Sequence[str], words_: Callable[[str], str]) -> str | None:
    """The choices in the order of their words: there are many to look through."""
    return _choose(name, sorted(options, key=lambda key: words_(key).casefold()), words_)


def _choose(name: str, options: Sequence[str], words_: Callable[[str], str]) -> str | None:
    return address.pick(
        t(f"audit.by_{name}"), name, options, words_, everything=t("audit.all"), drops=("before",)
    )


def audit_pager(log: AuditLog, before: int | None) -> None:
    """To the newest, and to earlier changes."""
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if before is not None and st.button(t("audit.newest"), icon=":material/first_page:"):
            address.write(before=None)
            st.rerun()
        if log.earlier is not None and st.button(t("audit.earlier"), icon=":material/chevron_right:"):
            address.write(before=log.earlier)
            st.rerun()
