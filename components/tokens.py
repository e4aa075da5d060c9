"""Tokens of the HTTP API: one's own with a form for a new one, and everybody's for who looks after them."""

from collections.abc import Mapping, Sequence

import streamlit as st

from components.blocks import Row, empty, rows
from components.form_turns import next_turn, turn_of
from components.forms import Marks
from components.frame import View
from components.secret import make_once, shown_once
from components.text import listed, t
from core.api import LIVES, READ, WRITE, TokenInput, groups_of
from data.commands.api_tokens import create_token, new_token, revoke_token, token_parts
from data.queries.api_tokens import TokenCard

_TURN = "token"


def own_tokens_card(view: View, tokens: Sequence[TokenCard]) -> None:
    """One's own tokens; a new one is shown once."""
    groups = groups_of(view.who)
    if not groups and not tokens:  # those of an earlier role can still be ended
        return
    with st.container(border=True, key="tokens"):
        st.subheader(t("tokens.heading"), anchor=False, help=t("tokens.help"))
        if tokens:
            token_rows(view, tokens, "own-tokens")
        else:
            st.caption(t("tokens.none"))
        shown = st.container(key="token-once")
        if groups:
            _new(view)
        with shown:
            shown_once("tokens")


def all_tokens_list(view: View, tokens: Sequence[TokenCard]) -> None:
    """Everybody's tokens, each with a way to end it."""
    if tokens:
        token_rows(view, tokens, "all-tokens", whose=True)
    else:
        empty(t("tokens.none_at_all"), t("tokens.none_at_all_hint"), icon=":material/key:")


def token_rows(view: View, tokens: Sequence[TokenCard], key: str, *, whose: bool = False) -> None:
    """Tokens as lines; the one whose button is pressed is revoked."""
    if ended := rows([_row(view, token, whose) for token in tokens], key):
        view.do(revoke_token, int(ended))
        st.toast(t("tokens.revoked"), icon=":material/key_off:")
        st.rerun()


def scope_words(scopes: Mapping[str, str]) -> str:
    """What a token may do, by group of operations: `read` or `write`."""
    return listed(
        t(f"tokens.line_{access}", group=t(f"tokens.groups.{group}")) for group, access in scopes.items()
    )


def _row(view: View, token: TokenCard, whose: bool) -> Row:
    used = t("tokens.used", at=view.instant(token.last_used_at)) if token.last_used_at else t("tokens.unused")
    until = t("tokens.until", at=view.instant(token.expires_at))
    scopes = scope_words(token.scopes)
    return Row(
        key=str(token.id),
        title=f"{token.person} · {token.name}" if whose else token.name,
        detail=" · ".join((f"…{token.ending}", scopes, used, until)),
        action=t("tokens.revoke"),
        at_once=True,
    )


def _new(view: View) -> None:
    turn = turn_of(_TURN)
    lives = {days: t("tokens.lives", n=days) for days in LIVES}
    with st.expander(t("tokens.add"), icon=":material/add:", key="token-new"):
        marks = Marks(view)
        with st.form(f"form-{turn}", border=False, enter_to_submit=False):
            with marks.field("name"):
                name = st.text_input(t("tokens.name"), placeholder=t("tokens.name_hint"), key=f"name-{turn}")
            with marks.field("reads"):
                read = _groups(view, READ, turn)
            with marks.field("scopes"):
                write = _groups(view, WRITE, turn)
            with marks.field("days"):
                days = st.selectbox(
                    t("tokens.days"), list(lives), index=1, width=200, key=f"days-{turn}",
                    format_func=lives.__getitem__,
                )  # fmt: skip
            sent = st.form_submit_button(t("tokens.make"), type="primary")
        scopes = dict.fromkeys(read, READ) | dict.fromkeys(write, WRITE)
        wanted = TokenInput(name or "", scopes, days or 0)
        if sent and marks.sent(lambda: _make(view, turn, wanted)):
            next_turn(_TURN)
            st.rerun()


def _groups(view: View, access: str, turn: str) -> Sequence[str]:
    """The groups chosen, of those in which the person can do so; the store's own checks hold all the same."""
    names = {group: t(f"tokens.groups.{group}") for group in groups_of(view.who, access)}
    if not names:
        return ()
    chosen: Sequence[str] = st.pills(
        t(f"tokens.{access}"), list(names), selection_mode="multi", format_func=names.__getitem__,
        key=f"{access}-{turn}",
    )  # fmt: skip
    return chosen


def _make(view: View, turn: str, wanted: TokenInput) -> None:
    make_once(
        "tokens", turn, new_token, lambda token: view.do(create_token.once, turn, wanted, *token_parts(token))
    )
