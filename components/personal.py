"""Personal data on the people page: somebody found, their data handed over or erased."""

from functools import partial

import streamlit as st

from components.blocks import empty, plain
from components.forms import Marks
from components.frame import View
from components.text import t
from core.privacy import mark_of
from data.commands.privacy import erase_person, export_person, forget
from data.queries.personal import Match, matches

_SAID = "privacy_done"


def personal_data(view: View) -> None:
    """Search, the people found, and what may be done with the data of the one chosen."""
    st.caption(t("privacy.why"))
    if mark := st.session_state.pop(_SAID, None):
        st.success(t("privacy.done", mark=mark), icon=":material/person_off:")
    word = st.text_input(t("privacy.search"), key="privacy_search", icon=":material/search:")
    if not word.strip():
        return
    found = view.read(matches, word)
    if not found:
        empty(t("privacy.nobody"), t("privacy.nobody_hint"))
        return
    _table(found)
    kept = {f"{m.kind}{m.id}": m for m in found if not m.erased}
    lines = {key: _line(m) for key, m in kept.items()}
    chosen = st.selectbox(
        t("privacy.pick"),
        list(lines),
        index=None,
        format_func=lines.__getitem__,
        placeholder=t("privacy.choose"),
        key=f"privacy_pick_{word}",
    )
    if chosen:
        _desk(view, kept[chosen])


def _line(found: Match) -> str:
    return f"{found.name} · {t(f'privacy.kind_{found.kind}')} · {found.belongs}"


def _table(found: tuple[Match, ...]) -> None:
    st.dataframe(
        {
            t("privacy.name"): [m.name for m in found],
            t("privacy.kind"): [t(f"privacy.kind_{m.kind}") for m in found],
            t("privacy.belongs"): [m.belongs for m in found],
            t("privacy.state"): [t(f"privacy.state_{'erased' if m.erased else 'kept'}") for m in found],
        },
        hide_index=True,
    )


def _desk(view: View, found: Match) -> None:
    st.download_button(
        t("privacy.download"),
        partial(view.do, export_person, str(found.kind), found.id),
        file_name=f"{t('privacy.file')}-{found.kind[0].upper()}{found.id}.zip",
        mime="application/zip",
        icon=":material/download:",
        on_click="ignore",
        key="privacy_download",
    )
    with st.expander(t("privacy.erase"), icon=":material/person_off:"):
        st.markdown(t("privacy.erase_means"))
        marks = Marks(view)
        with marks.field("said"):
            said = st.text_input(
                t("privacy.said", name=plain(found.name)), key=f"privacy_said_{found.kind}_{found.id}"
            )
        if st.button(t("privacy.do"), type="primary", key="privacy_do") and marks.sent(
            lambda: forget(view.store, view.do(erase_person, str(found.kind), found.id, said))
        ):
            st.session_state[_SAID] = mark_of(found.kind, found.id)
            st.rerun()
