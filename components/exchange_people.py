"""Whom a file means where it names somebody whom nobody here knows: the person who imports says it."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from components.blocks import plain, section
from components.exchange_upload import Upload, field_label
from components.frame import View
from components.text import t
from core.exchange.mapping import FileMapping
from core.messages import Invalid
from data.queries.exchange import strangers

_SAID = "exchange-people"  # what was said of names in this session: the next file has the same ones
_NOBODY = ""


def people_named(view: View, upload: Upload, mapping: FileMapping) -> FileMapping:
    """The mapping with whom the file's unknown names mean, one select each; unsaid ones are refused."""
    try:
        found = view.read(strangers, upload.kind, upload.table, mapping)
    except Invalid:  # the check of the rows says it
        return mapping
    if not found.words:
        return mapping
    section(t("exchange.people"), icon=":material/person_search:")
    st.caption(t("exchange.people_hint"))
    labels = {_NOBODY: t("exchange.nobody")}
    labels |= {username: f"{name} ({username})" for username, name in found.people.items()}
    values = {field: dict(words) for field, words in mapping.values.items()}
    with st.grid(3, min_column_width=260):
        for field, words in found.words.items():
            for word in words:
                meant = _person(upload, field, word, labels)
                if meant is not None:
                    values.setdefault(field, {})[word] = meant
    return replace(mapping, values=values)


def _person(upload: Upload, field: str, word: str, labels: Mapping[str, str]) -> str | None:
    said = st.session_state.setdefault(_SAID, {})
    usernames = list(labels)
    meant = st.selectbox(
        t("exchange.word_means", field=plain(field_label(field, upload.kind)), word=plain(word)),
        usernames,
        index=usernames.index(said[word]) if said.get(word) in labels else None,
        format_func=labels.__getitem__,
        placeholder=t("exchange.word_unknown"),
        key=f"person-{upload.key}-{field}-{word}",
    )
    if meant is None:
        said.pop(word, None)
    else:
        said[word] = meant
    return meant
