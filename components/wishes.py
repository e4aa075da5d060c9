"""What a person wants of messages outside the product: by which channel, and when."""

from collections.abc import Mapping, Sequence
from datetime import time

import streamlit as st

from components.blocks import plain
from components.forms import Marks
from components.frame import View
from components.text import t
from core.delivery import Wishes
from data.commands.channels import send_own_test, set_wishes
from data.text import zone_words

_NIGHT, _MORNING, _DIGEST = time(21), time(7), time(8, 30)


def wishes_card(view: View, channels: Sequence[str], wanted: Wishes, email: str | None) -> None:
    """Channels, quiet hours, and messages gathered once a day; with no channel, why there is nothing."""
    with st.container(border=True, key="wishes"):
        st.subheader(t("account.messages"), anchor=False, help=t("account.messages_help"))
        if not channels:
            st.caption(t("account.messages_none"))
            return
        if "mail" in channels and not email:
            st.caption(t("account.no_mail"))
        marks = Marks(view)
        chosen = _chosen(channels, wanted, view, marks)
        if chosen is not None and marks.sent(lambda: view.do(set_wishes, chosen)):
            st.toast(t("account.saved"), icon=":material/check_circle:")
            st.rerun()
        if st.button(t("account.test"), icon=":material/send:", type="tertiary", key="wishes-test"):
            _tested(send_own_test(view.store, view.who, view.language))


def _tested(met: Mapping[str, str | None]) -> None:
    for name, error in met.items():
        channel = t(f"channels.kinds.{name}")
        if error:
            st.error(plain(t("account.test_bad", channel=channel, error=error)), icon=":material/error:")
        else:
            st.success(t("account.test_ok", channel=channel), icon=":material/check_circle:")


def _chosen(channels: Sequence[str], wanted: Wishes, view: View, marks: Marks) -> Wishes | None:
    """The form; what it says when it was sent in this run."""
    labels = {name: t(f"channels.kinds.{name}") for name in channels}
    with marks.field("off"):
        on = st.pills(
            t("account.channels"), list(labels), selection_mode="multi", format_func=labels.__getitem__,
            default=[name for name in channels if name not in wanted.off], key="wishes-on",
        )  # fmt: skip
    with marks.field("quiet"):
        quiet = st.toggle(t("account.quiet"), wanted.quiet_from is not None, key="wishes-quiet")
        start, end = _span(wanted) if quiet else (None, None)
    gathered = st.toggle(t("account.digest"), wanted.digest_at is not None, key="wishes-digest")
    at = None
    if gathered:
        at = st.time_input(t("account.digest_at"), wanted.digest_at or _DIGEST, width=150, key="wishes-at")
    st.caption(t("account.by_clock", zone=zone_words(view.language, view.who.timezone)))
    if not st.button(t("account.save"), key="wishes-save"):
        return None
    return Wishes(frozenset(channels) - frozenset(on), start, end, at)


def _span(wanted: Wishes) -> tuple[time | None, time | None]:
    with st.container(horizontal=True):
        start = st.time_input(
            t("account.quiet_from"), wanted.quiet_from or _NIGHT, width=150, key="wishes-from"
        )
        end = st.time_input(t("account.quiet_to"), wanted.quiet_to or _MORNING, width=150, key="wishes-to")
    return start, end
