"""The timeline of a customer: what happened, in the words of those who were there."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components import address, format
from components.blocks import empty, plain, section
from components.change_words import by, changes_block, deed
from components.editing import ask
from components.frame import View
from components.navigation import open_page
from components.text import pair, t, term
from components.timeline_action import Play, action_body, action_words
from core.access import Permission, reach
from core.signals import MEASURES
from data.queries.audit import AuditEntry
from data.queries.timeline import KINDS, PAGE, Timeline
from data.queries.timeline_events import Event

_ICONS = {
    "mail": ":material/mail:",
    "call": ":material/call:",
    "meeting": ":material/groups:",
    "chat": ":material/chat:",
    "document_view": ":material/description:",
    "video_meeting": ":material/videocam:",
}
_CHANGES = {"room.open": ":material/forum:", "room.close": ":material/flag:"}
_IN_FULL = 5  # events whose fields are not folded
_STATUS = {"planned": "blue", "cancelled": "gray"}
_SCROLL = """
export default function ({ data }) {
  if (window.__firebreakJump === data.turn) return;
  window.__firebreakJump = data.turn;
  let tries = 40;
  const go = () => {
    const target = document.querySelector(".st-key-" + data.key);
    if (!target) { if (tries--) setTimeout(go, 50); return; }
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    target.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "center" });
  };
  go();
}
"""


def timeline_filters(opportunities: Mapping[int, str], view: View) -> tuple[str | None, int | None]:
    """Kind of event and opportunity to show, kept in the address."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        section(t("customer.timeline"), icon=":material/timeline:")
        if reach(view.who, Permission.RECORD_ACTIONS):
            ask(t("signals.add"), "signal", icon=":material/sensors:")
    left, right = st.columns(2)
    with left:
        kind = address.pick(
            t("customer.show"),
            "kind",
            KINDS,
            lambda k: t(f"customer.kind_{k}"),
            everything=t("customer.kind_all"),
            drops=("shown", "action"),
        )
    with right:
        chosen = address.pick(
            t("customer.opportunity"),
            "about",
            [str(i) for i in opportunities],
            lambda i: opportunities[int(i)],
            everything=t("customer.all_opportunities"),
            drops=("shown", "action"),
        )
    return kind, int(chosen) if chosen else None


def timeline_block(found: Timeline, view: View, play: Play) -> None:
    """The events, the newest first, and the way to earlier ones."""
    if not found.events:
        empty(t("customer.nothing_yet"), t("customer.nothing_yet_hint"), icon=":material/timeline:")
    target = address.number("action")
    for n, event in enumerate(found.events):
        marked = event.kind == "action" and event.id == target
        _event(event, view, play, marked=marked, folded=n >= _IN_FULL and not marked)
    if found.more and st.button(t("customer.earlier"), icon=":material/expand_more:", width="stretch"):
        address.write(shown=(len(found.events) // PAGE + 1) * PAGE)
        st.rerun()
    if target is not None:
        _scroller()(data={"key": f"event-action-{target}", "turn": str(target)})


def _event(event: Event, view: View, play: Play, *, marked: bool, folded: bool) -> None:
    with st.container(border=True, gap="xsmall", key=f"event-{event.kind}-{event.id}"):
        head = "  \n".join(_HEADS[event.kind](event, view, marked))
        st.markdown("\n\n".join((head, *_words(event, view, folded))))
        if event.kind == "action":
            action_body(event, view, play, folded=folded)
        elif event.kind == "change" and event.change:
            _to_room(event.change, view)
        if event.kind == "signal":
            _signal_way_back(event, view)


def _words(event: Event, view: View, folded: bool) -> list[str]:
    """The paragraphs under its head."""
    if event.kind == "action":
        return action_words(event, view, folded=folded)
    if event.kind == "change":
        text = changes_block(event.change, view) if event.change else ""
        return [text] if text else []
    return [plain(event.summary)] if event.summary else []


def _times(event: Event, view: View, *who: str | None) -> str:
    """When it happened, who took part, and when it was entered if that was later."""
    parts = [view.span(event.started_at, event.at), *(w for w in who if w)]
    if event.recorded_at - event.at >= timedelta(days=1) and event.status != "planned":
        zone = ZoneInfo(view.who.timezone)
        days = (event.recorded_at.astimezone(zone).date() - event.at.astimezone(zone).date()).days
        parts.append(t("customer.late", n=days, at=view.instant(event.recorded_at)))
    return f":small[:gray[{' · '.join(plain(p) for p in parts)}]]"


def _action_head(event: Event, view: View, marked: bool) -> tuple[str, ...]:
    title = plain(term("stage", event.type))
    title = f"~~{title}~~" if event.voided or event.status == "cancelled" else f"**{title}**"
    marks = ""
    if event.voided:
        marks += f" :gray-badge[{t('audit.undone')}]"
    elif event.status in _STATUS:
        marks += f" :{_STATUS[event.status]}-badge[{term('status', event.status)}]"
    if marked:
        marks += f" :violet-badge[{t('customer.linked_record')}]"
    return f":material/handshake: {title}{marks}", _times(event, view, event.person, event.opportunity)


def _interaction_head(event: Event, view: View, marked: bool) -> tuple[str, ...]:
    del marked
    icon = _ICONS.get(event.type, ":material/forum:")
    what = f"{icon} **{plain(term('interaction', event.type))}** :gray[{_of_interaction(event, view)}]"
    return what, _times(event, view, event.contact, event.opportunity)


def _of_interaction(event: Event, view: View) -> str:
    parts = [term("direction", event.direction)]
    if event.duration_seconds:
        minutes = max(1, round(event.duration_seconds / 60))
        parts.append(t("customer.minutes", n=minutes))
    if event.questions:
        parts.append(t("customer.questions", n=event.questions))
    return " · ".join(plain(p) for p in parts)


def _to_room(change: AuditEntry, view: View) -> None:
    """From a room's opening or closing into the room, for whoever may follow up."""
    if change.entity != "room" or change.entity_id is None or not reach(view.who, Permission.FOLLOW_UP):
        return
    if st.button(t("rooms.enter"), key=f"to-room-{change.id}", icon=":material/forum:", type="tertiary"):
        open_page("room", room=change.entity_id)


def _signal_head(event: Event, view: View, marked: bool) -> tuple[str, ...]:
    del marked
    name = plain(term("signal", event.type))
    measure = MEASURES.get(event.type)
    value = ""
    if measure and event.value is not None:
        number = format.number(event.value, view.language, 0 if event.value == int(event.value) else 1)
        value = f" :gray[{pair(plain(term('signal_value', measure.unit)), number)}]"
    mark = f" :gray-badge[{t('signals.withdrawn')}]" if event.voided else ""
    title = f"~~{name}~~" if event.voided else f"**{name}**"
    return f":material/sensors: {title}{value}{mark}", _times(event, view, event.source, event.opportunity)


def _signal_way_back(event: Event, view: View) -> None:
    if not event.voided and reach(view.who, Permission.RECORD_ACTIONS):
        ask(t("signals.withdraw"), "withdraw", event.id, icon=":material/undo:", type="tertiary")


def _stage_head(event: Event, view: View, marked: bool) -> tuple[str, ...]:
    del marked
    stage = plain(term("stage", event.type))
    said = "customer.seen_at" if event.only_seen else "customer.moved_to"
    what = f":material/flag: **{t(said, stage=stage)}**"
    return what, _times(event, view, event.opportunity)


def _change_head(event: Event, view: View, marked: bool) -> tuple[str, ...]:
    del marked
    change = event.change
    if change is None:
        return ()
    name = f" · {plain(change.name)}" if change.entity in ("contact", "opportunity") else ""
    mark = f" :gray-badge[{t('audit.undone')}]" if change.undone else ""
    icon = _CHANGES.get(change.command, ":material/edit:")
    return f"{icon} **{deed(change)}**{name}{mark}", _times(event, view, by(change))


_HEADS = {
    "action": _action_head,
    "interaction": _interaction_head,
    "signal": _signal_head,
    "stage": _stage_head,
    "change": _change_head,
}


def _scroller() -> Any:
    return st.components.v2.component("firebreak_jump", js=_SCROLL)
