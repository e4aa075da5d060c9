"""The forms about signals: tell one, withdraw one."""

from collections.abc import Sequence
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from components.blocks import plain
from components.customer_desk import Desk
from components.draft_begin import note_form
from components.draft_end import send_here, tell_sent
from components.drafts import DraftForm
from components.editing import closed, done
from components.forms import Marks
from components.frame import View
from components.text import t, term
from core.access import Permission, reach
from core.signals import MEASURES
from core.terms import SIGNAL_KINDS
from data.commands.form_drafts import SIGNAL
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
    _signal(desk.file.head, desk.file.opportunities, desk.view)


def _signal(head: CustomerHead, cards: Sequence[OpportunityCard], view: View) -> None:
    if tell_sent(view):
        done()
    opened = st.session_state.setdefault(_START, view.now.astimezone(ZoneInfo(view.who.timezone)))
    form = note_form(view, SIGNAL, head.id)
    st.caption(t("signals.hint"))
    kinds = {k: term("signal", k) for k in SIGNAL_KINDS}
    kind = form.select(
        "kind", t("signals.kind"), list(kinds), kinds.__getitem__, placeholder=t("signals.choose")
    )
    _value(form, kind)
    usual = _about(form, cards)
    left, right = st.columns(2)
    with left:
        form.day("day", t("signals.day"), opened.date())
    with right:
        form.clock("time", t("signals.time"), opened.time())
    form.problems("happened_at")
    form.long_text("note", t("signals.note"), placeholder=t("signals.note_hint"))
    form.text("source", t("signals.source"), placeholder=t("signals.source_hint"))
    tells = partial(SIGNAL.submit, opened=opened, usual=usual)
    send_here(view, form, t("customer.save"), tells, icon=":material/check:")
    form.finish()


def _value(form: DraftForm, kind: str | None) -> None:
    measure = MEASURES.get(kind or "")
    if measure is not None:
        optional = None if measure.required else t("signals.value_optional")
        unit = term("signal_value", measure.unit)
        form.number("value", unit, least=None, step=1.0, form="%g", help=optional)


def _about(form: DraftForm, cards: Sequence[OpportunityCard]) -> int:
    """The opportunity that it is about, 0 for none; what is meant until another is chosen."""
    names = {card.id: card.name for card in cards if card.outcome == "open"}
    usual = next(iter(names)) if len(names) == 1 else 0
    offered = {0: t("signals.whole_customer")} | names
    form.select("opportunity", t("signals.about"), list(offered), offered.__getitem__, default=usual)
    return usual


def _withdraw(signal_id: int, desk: Desk) -> None:
    marks = Marks(desk.view)
    st.markdown(plain(t("signals.withdraw_hint")))
    pressed = st.button(t("signals.withdraw"), type="primary", icon=":material/undo:", key="signal-withdraw")
    if pressed and marks.sent(lambda: desk.save("withdraw", signal_id)):
        done()
