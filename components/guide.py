"""The guide of a role as it stands in `docs/guide/`: one text for the folder and the app."""

import re
from functools import cache
from pathlib import Path

import streamlit as st

from components import address
from components.frame import View
from components.text import t, term
from core.terms import Role

_FOLDER = Path(__file__).parents[1] / "docs" / "guide"
_DOCUMENT = re.compile(r"\[(docs/[a-z_]+\.md)\]\([^)]*\)")  # the app serves none of them


def choose(view: View) -> str:
    """Whose guide is read: one's own at first; kept in the address."""
    options = {role.value: term("role", role) for role in Role}
    return address.choose(st.pills, t("guide.role"), "role", options, str(view.who.role or Role.ADMIN))


def text(role: str, language: str) -> None:
    """The guide, at a width that is read with ease."""
    with st.container(key="guide"):
        st.markdown(_guide(role, language))


@cache
def _guide(role: str, language: str) -> str:
    written = (_FOLDER / language / f"{role}.md").read_text(encoding="utf-8")
    _, _, below = written.partition("\n")  # the page has its own heading
    return _DOCUMENT.sub(r"`\1`", below)
