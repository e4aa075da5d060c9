"""The menu: which pages this person finds in it, by section. Every page is there, listed or hidden.

Streamlit makes a page anew from its file for each run of each tab; here it is made once and copied.
"""

from collections.abc import Mapping
from copy import copy
from functools import lru_cache
from pathlib import Path

import streamlit as st

from components.navigation import PAGES, PageSpec
from components.text import t
from core.access import Who, decide

_FOLDER = Path(__file__).parents[1] / "pages"
HOME = PAGES[0]


def navigate(who: Who | None, unread: int) -> tuple[dict[str, st.Page], st.Page]:
    """Draw the menu; returns this run's pages by name, and the one that is open.

    Args:
        unread: messages that wait in the inbox.
    """
    pages = listed(who, {"inbox": unread})
    return pages, st.navigation(sections(pages), position="sidebar" if who else "hidden", expanded=True)


def listed(who: Who | None, waiting: Mapping[str, int]) -> dict[str, st.Page]:
    """This run's pages by name.

    Args:
        waiting: how many things wait on a page, said beside its name.
    """
    return {spec.name: _page(spec, who, waiting.get(spec.name, 0)) for spec in PAGES}


def sections(pages: Mapping[str, st.Page]) -> dict[str, list[st.Page]]:
    """Pages by section. The first one is served at the root; its own name leads there too."""
    found: dict[str, list[st.Page]] = {}
    for spec in PAGES:
        heading = t(f"shell.section_{spec.section or 'work'}")
        found.setdefault(heading, []).append(pages[spec.name])
    named = st.Page(_nothing, title=t(HOME.title), icon=HOME.icon, url_path=HOME.name, visibility="hidden")
    found[next(iter(found))].append(named)
    return found


def _page(spec: PageSpec, who: Who | None, waiting: int) -> st.Page:
    """A page of this run's own: that it may be run now is kept in it."""
    shown = spec.section is not None and who is not None and decide(who, spec.needs).allowed
    title = t(spec.title)
    return copy(_made(spec, f"{title} ({waiting})" if waiting else title, shown))


@lru_cache(512)  # all in two languages, the inbox under each count
def _made(spec: PageSpec, title: str, shown: bool) -> st.Page:
    return st.Page(
        _FOLDER / f"{spec.name}.py",
        title=title,
        icon=spec.icon,
        url_path="home" if spec is HOME else spec.name,
        default=spec is HOME,
        visibility="visible" if shown else "hidden",
    )


def _nothing() -> None:
    """The page of an address that leads elsewhere."""
