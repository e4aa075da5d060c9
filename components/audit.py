"""Changes in words: what was done, each field before and after, and the way back."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import streamlit as st

from components import address, format
from components.action_fields import name_of
from components.audit_studio import published_lines
from components.blocks import empty, plain
from components.collaboration import quarter_words
from components.field_words import text_of
from components.frame import View, show_error
from components.navigation import open_page
from components.text import clauses, listed, pair, t, term
from components.tokens import scope_words
from components.webhooks import kind_words
from core.messages import AppError
from data.queries.audit import CUSTOMERS, AuditEntry, FieldChange
from data.queries.audit_log import AuditChoices, AuditFilters, AuditLog
from data.queries.customer_changes import PASSED_ON
from data.queries.studio import Published
from data.text import has
from data.webhook_words import met_words

_TERMS = {
    "industry": "industry",
    "segment": "segment",
    "outcome": "outcome",
    "role": "role",
    "decision_role": "decision_role",
    "status": "status",
    "type": "stage",
    "kind": "interaction",
    "direction": "direction",
    "cancel_reason": "cancelled_because",
    "result": "room_result",
    "decision": "decision",
    "reason": "answer_reason",
    "answer": "delivery",
    "declined_for": "decline",
}
_WORDS = {  # keys of some records' words, before the terms
    "kind": (
        "exchange.kind.{}",
        "calendars.way.{}",
        "terms.signal.{}",
        "channels.kinds.{}",
        "people.kind_{}",
    ),
    "outcome": ("store_requests.outcome.{}",),
    "country": ("calendars.countries.{}",),
    "job": ("jobs.name.{}",),
    "finding": ("attribution.cause.{}",),
    "state": ("attribution.state.{}",),
    "page": ("{}.title",),
    "every": ("views.every.{}",),
    "sign": ("plausibility.{}.name",),
    "result": ("milestones.found.{}",),
    "outbox": ("operator.box.{}",),
    "horizon": ("replay.every_{}",),
    "level": ("replay.level_{}",),
}
_AMOUNTS = {"amount", "suggested", "scorecard"}
_DAYS = {"first", "last", "day", "from", "to", "as_of"}


def deed(entry: AuditEntry) -> str:
    """What was done, in words: “Grade updated”."""
    if entry.undoes and entry.command == "undo":
        return t("audit.did_undo", what=_known("audit.entity", entry.entity))
    return _known("audit.did", entry.command.replace(".", "_"))


def field_name(name: str) -> str:
    """A field's label, or that of a rule that the studio changed."""
    return _known("rules.name" if has("en", f"rules.name.{name}") else "audit.field", name)


def words(field: str, value: Any, view: View) -> str:
    """A field's value as people read it."""
    if value in (None, "", []):
        return format.NOTHING
    if isinstance(value, bool):
        return t("audit.yes") if value else t("audit.no")
    if isinstance(value, list):
        events = field == "kinds"
        return listed(kind_words(str(v)) if events else term("tag", str(v)) for v in value)
    if field == "password":
        return t("audit.password_new")
    keys = (key.format(value) for key in _WORDS.get(field, ()))
    if key := next((key for key in keys if has(view.language, key)), None):
        return t(key)
    if field in _TERMS:
        return term(_TERMS[field], str(value))
    if field == "verdict":
        return _known("milestones.state", str(value))
    return _measured(field, value, view)


def _met(error: str, view: View) -> str:
    """What a call met, in words where they are known; else in its own."""
    said, unknown = (met_words(view.language, one) for one in (error, ""))
    return error if said == unknown else said


def _measured(field: str, value: Any, view: View) -> str:
    if field.endswith(("_at", "_until")) or field == "planned_for":
        return view.instant(value if isinstance(value, datetime) else datetime.fromisoformat(value))
    if field.endswith(("_on", "_start")) or field in _DAYS:
        return str(value) if (day := _day(value)) is None else format.day(day, view.language)
    if field == "quarter":
        return quarter_words(date.fromisoformat(value))
    if field == "error":
        return _met(str(value), view)
    if field in _AMOUNTS:
        return format.number(float(Decimal(str(value))), view.language, 2)
    return str(value)


def _day(value: Any) -> date | None:
    """The day that a value is; None of a milestone's, which is a number."""
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return None


def change_line(change: FieldChange, view: View) -> str:
    """`Grade: B → A`, as Markdown."""
    before, after = (plain(_said(change, v, view)) for v in (change.before, change.after))
    return pair(f":gray[{_label(change)}]", f"{before} → {after}")


def _label(change: FieldChange) -> str:
    return plain(name_of(change.own)) if change.own else field_name(change.field)


def _said(change: FieldChange, value: Any, view: View) -> str:
    if change.field == "scopes" and isinstance(value, dict):
        return scope_words(value)
    if change.own or isinstance(value, dict):
        return text_of(change.own, value, view) or format.NOTHING
    return words(change.field, value, view)


def changes_block(entry: AuditEntry, view: View) -> str:
    """All fields of a change, and its reason, as Markdown lines."""
    if entry.changes and all(c.before is None for c in entry.changes):  # a new record: its values
        said = (pair(f":gray[{_label(c)}]", plain(_said(c, c.after, view))) for c in entry.changes)
        lines = [" · ".join(said)]
    else:
        lines = [change_line(c, view) for c in entry.changes]
    return "  \n".join([*lines, *_reason(entry, view)])


def _reason(entry: AuditEntry, view: View) -> list[str]:
    said = plain(words("reason", entry.reason, view))
    return [pair(f":gray[{t('audit.reason')}]", said)] if entry.reason else []


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
    return "  \n".join([*published_lines(published, view), *_reason(entry, view)])


def by(entry: AuditEntry) -> str:
    """Who did it; customers have no account, and the command line has no name."""
    return entry.actor or t("audit.customer" if entry.command == CUSTOMERS else "audit.operator")


def _row(entry: AuditEntry, text: str, view: View) -> bool:
    with st.container(border=True, gap="xsmall", key=f"audit-{entry.id}"):
        words_, buttons = st.columns([4, 1], gap="small")
        kind = _of_kind(entry)
        name = f" · {plain(entry.name)}" if entry.name else ""
        mark = f" :gray-badge[{t('audit.undone')}]" if entry.undone else ""
        actor = plain(by(entry))
        words_.markdown(f"**{deed(entry)}**{name}{kind}{mark}")
        words_.caption(f"{actor} · {view.instant(entry.at)}")
        if text:
            words_.markdown(text)
        with buttons:
            if entry.customer_id and _button("open", entry, ":material/domain:"):
                open_page("customer", customer=entry.customer_id)
            if entry.command in PASSED_ON and _button("open_handed", entry, ":material/groups:"):
                open_page("customers", handed=entry.id)
            return entry.undoable and undo_button(entry, f"audit-undo-{entry.id}")


def _of_kind(entry: AuditEntry) -> str:
    """Of an action, its type."""
    return f" · {term('stage', entry.kind)}" if entry.entity == "action" and entry.kind else ""


def _button(does: str, entry: AuditEntry, icon: str) -> bool:
    return st.button(t(f"audit.{does}"), key=f"audit-{does}-{entry.id}", icon=icon, width="stretch")


def undo_button(entry: AuditEntry, key: str) -> bool:
    """The way back; an undo's own way back does the thing again."""
    label, icon = ("audit.redo", ":material/redo:") if entry.undoes else ("audit.undo", ":material/undo:")
    return st.button(t(label), key=key, icon=icon, width="stretch")


def recent_change(entry: AuditEntry | None, view: View) -> int | None:
    """What the person has just changed, with its way back beside it; its id when that was pressed."""
    if entry is None:
        return None
    with st.container(border=True, key="recent-change"):
        text, button = st.columns([5, 1], vertical_alignment="center")
        name = f" · {plain(entry.name)}" if entry.entity in ("contact", "opportunity") else _of_kind(entry)
        telling = [c for c in entry.changes if c.field != "voided_at"]  # the deed says that it was undone
        changes = clauses(change_line(c, view) for c in telling[:3])
        shown = f"  \n:small[{changes}]" if telling else ""
        text.markdown(f":green[:material/check_circle:] **{deed(entry)}**{name}{shown}")
        with button:
            return entry.id if undo_button(entry, "undo-recent") else None


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
        entity = _choose_word("entity", options.entities, lambda k: _known("audit.entity", k))
        did = _choose_word("command", options.commands, lambda k: _known("audit.did", k.replace(".", "_")))
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


def _known(area: str, key: str) -> str:
    name = f"{area}.{key}"
    return t(name) if has("en", name) else key
