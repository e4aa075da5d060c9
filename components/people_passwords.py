"""First passwords for all who cannot sign in yet, as after an import: each is shown this once."""

import secrets
from collections.abc import Sequence

import streamlit as st

from components.exchange_upload import MIME
from components.forms import Marks
from components.frame import View
from components.text import t
from data.commands.people import set_password
from data.exchange.exporting import as_file
from data.queries.people import PersonRow

_SEVERAL = 2  # one alone has a button in their own dialog


def fresh_password() -> str:
    """A password that no spreadsheet takes for a formula."""
    return next(word for word in iter(lambda: secrets.token_urlsafe(9), "") if word[0].isalnum())


def first_passwords(view: View, rows: Sequence[PersonRow]) -> None:
    """A button that gives all of them who have none a first password, where several have none.

    Args:
        rows: the people of the list as it is filtered.
    """
    without = [row for row in rows if row.active and not row.can_sign_in]
    with st.container(key="people-passwords"):
        if len(without) < _SEVERAL:
            return
        label = t("people.first_passwords", n=len(without))
        if st.button(label, icon=":material/key:", key="ask_passwords"):
            _dialog(view, without)


def _dialog(view: View, without: Sequence[PersonRow]) -> None:
    @st.dialog(t("people.first_passwords", n=len(without)), on_dismiss="rerun")
    def draw() -> None:
        marks, slot = Marks(view), st.empty()
        with slot.container():
            st.markdown(t("people.first_passwords_hint", n=len(without)))
            sure = st.button(t("people.first_passwords_now"), type="primary", key="passwords_now")
        given: list[tuple[str, str, str]] = []
        if sure and (marks.sent(lambda: _give(view, without, given)) or given):  # some may have got theirs
            slot.empty()
            _shown(given)

    draw()


def _give(view: View, without: Sequence[PersonRow], given: list[tuple[str, str, str]]) -> None:
    with st.spinner(t("people.first_passwords_giving")):
        for row in without:
            password = fresh_password()
            view.do(set_password, row.person_id, password)
            given.append((row.name, row.username, password))


def _shown(given: Sequence[tuple[str, str, str]]) -> None:
    heads = [t(f"people.{name}") for name in ("name", "username", "password")]
    st.success(t("people.first_passwords_given", n=len(given)), icon=":material/key:")
    st.dataframe([dict(zip(heads, line, strict=True)) for line in given], hide_index=True, width="stretch")
    st.download_button(
        t("people.first_passwords_file"),
        as_file("", "csv", heads, [list(line) for line in given]),
        file_name="first-passwords.csv",
        mime=MIME["csv"],
        icon=":material/download:",
        on_click="ignore",
        key="passwords_file",
    )
