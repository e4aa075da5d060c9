"""The forms about signals: tell one, withdraw one."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components.blocks import plain
from components.customer_desk import Desk
from components.editing import Save, closed, done
from components.forms import Marks
from components.frame import View
from components.text import t, term
from core.access import Permission, reach
from core.signals import MEASURES, SignalInput
from core.terms import SIGNAL_KINDS
from data.queries.customer_file import CustomerHead
from data.queries.opportunity_cards import OpportunityCard

_START = "editing-signal"  # forgotten with the form


def signal_dialog(what: str | None, signal_id: int | None, desk: Desk) -> None:
    """The form about signals that the address asks for, when there is one and this person may use it."""
    if reach(desk.view.who, Permission.RECORD_ACTIONS) is None:
        return
    if what == "signal":
        st.dialog(t("signals.add"), on_dismiss=closed)(_tell)(desk)
    elif what == "withdraw" and signal_id:
        st.dialog(t("signals.withdraw_title"), on_dismiss=closed)(_withdraw)(signal_id, desk)


def _tell(desk: Desk) -> None:
    _signal(desk.file.head, desk.file.opportunities, desk.view, desk.save)


def _signal(head: CustomerHead, cards: Sequence[OpportunityCard], view: View, save: Save) -> None:
    marks = Marks(view)
    here = view.now.astimezone(ZoneInfo(view.who.timezone))
    key, opened = st.session_state.setdefault(_START, (secrets.token_hex(8), here))
    st.caption(t("signals.hint"))
    with marks.field("kind"):
        kind = st.selectbox(
            t("signals.kind"),
            SIGNAL_KINDS,
            index=None,
            format_func={k: term("signal", k) for k in SIGNAL_KINDS}.__getitem__,
            placeholder=t("signals.choose"),
            key="signal-kind",
        )
    with marks.field("value"):
        value = _value(kind)
    with marks.field("opportunity"):
        about = _about(cards)
    with marks.field("happened_at"):
        at = _when(opened)
    with marks.field("note"):
        note = st.text_area(t("signals.note"), placeholder=t("signals.note_hint"), key="signal-note")
    with marks.field("source"):
        source = st.text_input(t("signals.source"), placeholder=t("signals.source_hint"), key="signal-source")
    if st.button(t("customer.save"), type="primary", icon=":material/check:", key="signal-save"):
        said = SignalInput(kind or "", at, about, value, source.strip(), note.strip())
        if marks.sent(lambda: save("signal", key, head.id, said)):
            done()


def _value(kind: str | None) -> float | None:
    measure = MEASURES.get(kind or "")
    if measure is None:
        return None
    return st.number_input(
        term("signal_value", measure.unit),
        value=None,
        step=1.0,
        format="%g",
        key=f"signal-value-{kind}",
        help=None if measure.required else t("signals.value_optional"),
    )


def _about(cards: Sequence[OpportunityCard]) -> int | None:
    names = {card.id: card.name for card in cards if card.outcome == "open"}
    return st.selectbox(
        t("signals.about"),
        list(names),
        index=0 if len(names) == 1 else None,
        format_func=lambda i: names[i],
        placeholder=t("signals.whole_customer"),
        key="signal-about",
    )


def _when(opened: datetime) -> datetime | None:
    left, right = st.columns(2)
    day: date | Any = left.date_input(t("signals.day"), opened.date(), format="YYYY-MM-DD", key="signal-day")
    clock: time | Any = right.time_input(
        t("signals.time"), opened.time().replace(second=0, microsecond=0), key="signal-time"
    )
    return datetime.combine(day, clock, opened.tzinfo) if day and clock else None


def _withdraw(signal_id: int, desk: Desk) -> None:
    marks = Marks(desk.view)
    st.markdown(plain(t("signals.withdraw_hint")))
    pressed = st.button(t("signals.withdraw"), type="primary", icon=":material/undo:", key="signal-withdraw")
    if pressed and marks.sent(lambda: desk.save("withdraw", signal_id)):
        done()
