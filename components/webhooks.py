"""The integrations page on webhooks: the addresses, a form for another one, and how telling them went."""

from collections.abc import Mapping, Sequence

import streamlit as st

from components.blocks import Row, Tone, empty, plain, rows
from components.form_turns import next_turn, turn_of
from components.forms import Marks
from components.frame import View
from components.secret import make_once, shown_once
from components.text import listed, t
from core.webhooks import KINDS, WebhookInput
from data.commands.webhooks import (
    add_webhook,
    new_secret,
    remove_webhook,
    retry_delivery,
    send_hook_test,
    switch_webhook,
)
from data.queries.webhooks import LogRow, WebhookCard
from data.webhook_words import met_words

_TURN, _MET = "webhook", "webhook-met"
_TONES = {"sent": Tone.GREEN, "dead": Tone.RED, "waiting": Tone.BLUE, "off": Tone.QUIET}


def hooks(view: View, found: Sequence[WebhookCard]) -> None:
    """The addresses: what they are told, a test, on and off."""
    if not found:
        empty(t("webhooks.none"), t("webhooks.none_hint"), icon=":material/webhook:")
    for hook in found:
        _hook(view, hook)


def _hook(view: View, hook: WebhookCard) -> None:
    with st.container(border=True, gap="xsmall"):
        tone, state = ("green", "on") if hook.active else ("gray", "off")
        st.markdown(f":{tone}-badge[{t(f'webhooks.{state}')}] **{plain(hook.name)}** · {plain(hook.url)}")
        kinds = listed(kind_words(kind) for kind in hook.kinds)
        counts = t("webhooks.counts", waiting=hook.waiting, dead=hook.dead)
        st.caption(plain(" · ".join((kinds, counts, _tested(view, hook)))))
        with st.container(horizontal=True):
            if st.button(t("webhooks.test"), icon=":material/send:", key=f"test-{hook.id}"):
                st.session_state[_MET] = hook.id, send_hook_test(view.store, view.who, hook.id)
                st.rerun()
            switch = t("webhooks.switch_off" if hook.active else "webhooks.switch_on")
            if st.button(switch, key=f"switch-{hook.id}", type="tertiary"):
                view.do(switch_webhook, hook.id, not hook.active)
                st.rerun()
            if st.button(t("webhooks.remove"), key=f"remove-{hook.id}", type="tertiary"):
                view.do(remove_webhook, hook.id)
                st.toast(t("webhooks.removed"))
                st.rerun()
        _met(hook, view.language)


def _tested(view: View, hook: WebhookCard) -> str:
    if hook.tested_at is None:
        return t("webhooks.untested")
    at = view.instant(hook.tested_at)
    if hook.test_error:
        return t("webhooks.failed", at=at, error=met_words(view.language, hook.test_error))
    return t("webhooks.tested", at=at)


def _met(hook: WebhookCard, language: str) -> None:
    """What the test that was just sent met, with its own words below; said once."""
    of, error = st.session_state.get(_MET, (None, None))
    if of != hook.id:
        return
    st.session_state.pop(_MET)
    if error:
        said = plain(t("webhooks.test_bad", error=met_words(language, error)))
        st.error(f"{said}  \n:small[{plain(error)}]", icon=":material/error:")
    else:
        st.success(t("webhooks.test_ok"), icon=":material/check_circle:")


def new_hook(view: View, found: Sequence[WebhookCard]) -> None:
    """Register an address; its secret is shown once."""
    shown = st.container(key="webhook-once")
    turn = turn_of(_TURN)
    names = {kind: kind_words(kind) for kind in KINDS}
    with st.expander(t("webhooks.add"), icon=":material/add:", expanded=not found, key="webhook-new"):
        marks = Marks(view)
        with st.form(f"form-{turn}", border=False, enter_to_submit=False):
            wanted = _fields(marks, turn, names)
            sent = st.form_submit_button(t("webhooks.add_do"), type="primary")
        if sent and marks.sent(lambda: _add(view, turn, wanted)):
            next_turn(_TURN)
            st.rerun()
    with shown:
        shown_once("webhooks")


def _fields(marks: Marks, turn: str, names: Mapping[str, str]) -> WebhookInput:
    with marks.field("name"):
        name = st.text_input(t("webhooks.name"), placeholder=t("webhooks.name_hint"), key=f"name-{turn}")
    with marks.field("url"):
        url = st.text_input(t("webhooks.url"), help=t("webhooks.url_help"), key=f"url-{turn}")
    with marks.field("kinds"):
        kinds = st.pills(
            t("webhooks.told"), list(names), selection_mode="multi", format_func=names.__getitem__,
            key=f"kinds-{turn}",
        )  # fmt: skip
    return WebhookInput(name or "", (url or "").strip(), tuple(kinds))


def _add(view: View, turn: str, wanted: WebhookInput) -> None:
    make_once("webhooks", turn, new_secret, lambda secret: view.do(add_webhook.once, turn, wanted, secret))


def log(view: View, deliveries: Sequence[LogRow]) -> None:
    """The latest deliveries; one that was given up can be sent again."""
    if not deliveries:
        st.caption(t("webhooks.no_log"))
        return
    if again := rows([_line(view, row) for row in deliveries], "webhook-log"):
        view.do(retry_delivery, int(again))
        st.rerun()
    _raw(view, deliveries)


def _raw(view: View, deliveries: Sequence[LogRow]) -> None:
    """The same deliveries as machines write them: the event's key and the error's own words."""
    with st.expander(t("webhooks.raw"), icon=":material/data_object:", key="webhook-raw"):
        st.caption(t("webhooks.raw_help"))
        st.dataframe(
            {
                "at": [view.instant(row.sent_at or row.due_at) for row in deliveries],
                "webhook": [row.webhook for row in deliveries],
                "key": [row.key for row in deliveries],
                "error": [row.error or "" for row in deliveries],
            },
            hide_index=True,
            column_config={
                "at": t("webhooks.raw_at"),
                "webhook": t("webhooks.name"),
                "key": t("webhooks.event"),
                "error": t("webhooks.raw_error"),
            },
        )


def _line(view: View, row: LogRow) -> Row:
    when = row.sent_at or row.due_at
    state = t(f"webhooks.states.{row.state}")
    tries = t("webhooks.tries", n=row.attempts)
    met = met_words(view.language, row.error) if row.error else ""
    at = t(f"webhooks.at_{row.state}", at=view.instant(when))
    return Row(
        key=str(row.id),
        title=kind_words(row.kind),
        detail=" · ".join(part for part in (row.webhook, at, tries, met) if part),
        mark=state,
        tone=_TONES[row.state],
        action=t("webhooks.again") if row.state == "dead" and row.id > 0 else "",
        at_once=True,
    )


def kind_words(kind: str) -> str:
    """An event's name."""
    return t(f"webhooks.kinds.{kind.replace('.', '_')}")
