"""Where files come in and go out: the kind and the file to read, the kind and the form to write."""

import hashlib
from collections.abc import Sequence
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.blocks import plain
from components.exchange_upload import FILE, HELD, KIND, MIME, Upload, kind_label, say_why
from components.frame import View
from components.text import t
from core.exchange.kinds import CUSTOMERS, KINDS, with_own
from core.exchange.tables import Table
from core.fields import Field
from core.messages import Invalid
from data.commands.exchange import export_file
from data.exchange.exporting import template
from data.exchange.reading import MAX_MB, SUFFIXES, read_table


def _kind_box(key: str) -> str:
    labels = {name: kind_label(name) for name in KINDS}
    st.session_state.setdefault(key, CUSTOMERS.name)
    return st.selectbox(t("exchange.what"), list(labels), format_func=labels.__getitem__, key=key)


def choose_file(own: Sequence[Field], types: Sequence[str] = ()) -> Upload | None:
    """Kind and file; the file as a table once it is there, or why it cannot be read.

    Args:
        own: the company's own fields; types: its action types; files may hold them.
    """
    kind = with_own(KINDS[_kind_box(KIND)], own, types)
    types = [s.removeprefix(".") for s in SUFFIXES]
    turn = st.session_state.setdefault("exchange-turn", 0)
    file = st.file_uploader(t("exchange.file", limit=MAX_MB), type=types, key=f"exchange-upload-{turn}")
    _template_button(kind.name, own)
    held = _in_hand(file)
    if held is None:
        return None
    name, content = held
    known = " ".join(c.name for c in kind.columns)
    same = hashlib.sha256(f"{kind.name} {known}".encode() + content).hexdigest()[:12]
    sheet = st.session_state.get(f"sheet-{same}")
    kept = st.session_state.get(FILE)
    if kept is None or not kept.key.startswith(same) or sheet not in (None, kept.table.how):
        try:
            table = read_table(name, content, kind.name, sheet=sheet)
        except Invalid as error:
            say_why(error)
            return None
        place = table.sheets.index(table.how) if table.sheets else 0
        kept = Upload(kind, name, f"{same}-{place}", table, content)
        st.session_state[FILE] = kept
    found: Upload = kept
    _sheet_box(found.table, f"sheet-{same}")
    return found


def _in_hand(file: UploadedFile | None) -> tuple[str, bytes] | None:
    """Name and bytes of the file just given, or of the imported one that was taken up again."""
    if file is not None:
        st.session_state.pop(HELD, None)
        return file.name, file.getvalue()
    held: tuple[str, bytes] | None = st.session_state.get(HELD)
    with st.container(key="exchange-held-line", horizontal=True, vertical_alignment="center"):
        if held is not None:
            st.markdown(plain(t("exchange.held", name=held[0])), width="content")
            st.button(
                t("exchange.put_away"),
                type="tertiary",
                icon=":material/close:",
                key="exchange-put-away",
                on_click=lambda: st.session_state.pop(HELD, None),
            )
    return held


def _sheet_box(table: Table, key: str) -> None:
    """Which sheet of a workbook is read; the one that fits best stands there first."""
    with st.container(key="exchange-sheet"):
        if len(table.sheets) > 1:
            st.selectbox(t("exchange.sheet"), table.sheets, index=table.sheets.index(table.how), key=key)


def _template_button(kind: str, own: Sequence[Field]) -> None:
    with st.container(horizontal=True):
        for form in MIME:
            st.download_button(
                t("exchange.template", form=form.upper()),
                partial(template, kind, form, own),
                file_name=f"{kind}.{form}",
                mime=MIME[form],
                type="tertiary",
                icon=":material/description:",
                on_click="ignore",
                key=f"exchange-template-{form}",
            )


def export_form(view: View) -> None:
    """Kind and format, and the file."""
    st.caption(t("exchange.export_hint"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = _kind_box("export-kind")
        form = st.segmented_control(
            t("exchange.form"),
            list(MIME),
            default="xlsx",
            format_func=str.upper,
            key="export-form",
            required=True,
        )
    st.download_button(
        t("exchange.export"),
        lambda: view.do(export_file, kind, form)[0],
        file_name=f"{kind}.{form}",
        mime=MIME[form],
        type="primary",
        icon=":material/download:",
        on_click="ignore",
    )
