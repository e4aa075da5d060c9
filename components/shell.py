"""The shell: who is there, in which language, and which page they may open. Streamlit runs this script.

It does not stand beside `pages/`, or Streamlit would serve the page files to anonymous visitors.
"""

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from components.frame import show_error  # noqa: E402  # the path above makes these importable
from components.navigation import PAGES, PageSpec  # noqa: E402
from components.session import hand_over_cookie, leave, recognise, remember  # noqa: E402
from components.setup import setup_card  # noqa: E402
from components.signin import sign_in_card  # noqa: E402
from components.text import LANGUAGE, language, t, term  # noqa: E402
from core.access import Who, decide  # noqa: E402
from core.messages import NotAllowed  # noqa: E402
from data.commands.account import choose_language  # noqa: E402
from data.queries.sessions import nobody_yet  # noqa: E402
from data.runtime import this_store  # noqa: E402
from data.text import LANGUAGES, language_of  # noqa: E402

ASSETS = ROOT / "components" / "assets"


def draw() -> None:
    """One run: recognise, gate, draw."""
    st.set_page_config(page_title=t("terms.product"), page_icon=str(ASSETS / "mark.svg"), layout="wide")
    st.html(ASSETS / "shell.css")
    who = remember(recognise())
    st.session_state.setdefault(LANGUAGE, language_of(st.context.locale))
    st.logo(str(ASSETS / "logo.svg"), icon_image=str(ASSETS / "mark.svg"), size="large")
    specs = {spec.name: spec for spec in PAGES if (ROOT / "pages" / f"{spec.name}.py").exists()}
    pages = {name: _page(spec, who) for name, spec in specs.items()}
    current = st.navigation(_menu(specs, pages), position="sidebar" if who else "hidden")
    hand_over_cookie()
    if who is None:
        _anonymous()
        return
    _user_menu(who, pages["account"])
    spec = next(s for name, s in specs.items() if pages[name] == current)
    if decide(who, spec.needs).allowed:
        current.run()
    else:
        show_error(NotAllowed())


def _page(spec: PageSpec, who: Who | None) -> st.Page:
    listed = spec.section is not None and who is not None and decide(who, spec.needs).allowed
    return st.Page(
        ROOT / "pages" / f"{spec.name}.py",
        title=t(spec.title),
        icon=spec.icon,
        url_path=None if spec is PAGES[0] else spec.name,
        default=spec is PAGES[0],
        visibility="visible" if listed else "hidden",
    )


def _menu(specs: dict[str, PageSpec], pages: dict[str, st.Page]) -> dict[str, list[st.Page]]:
    sections: dict[str, list[st.Page]] = {}
    for name, spec in specs.items():
        heading = t(f"shell.section_{spec.section or 'work'}")
        sections.setdefault(heading, []).append(pages[name])
    return sections


def _anonymous() -> None:
    _, corner = st.columns([5, 1])
    with corner:
        _language_choice(None)
    with this_store().reading() as session:
        first_visit = nobody_yet(session)
    if first_visit:
        setup_card()
    else:
        sign_in_card()


def _user_menu(who: Who, account: st.Page) -> None:
    with st.sidebar, st.container(key="user_menu"):
        role = term("role", who.role)
        with st.popover(who.name, icon=":material/account_circle:", width="stretch", help=role):
            st.caption(role)
            _language_choice(who)
            st.page_link(account, label=t("shell.account"), icon=":material/manage_accounts:")
            st.button(t("shell.sign_out"), icon=":material/logout:", on_click=leave, width="stretch")


def _language_choice(who: Who | None) -> None:
    chosen = st.segmented_control(
        t("shell.language"),
        list(LANGUAGES),
        default=language(),
        format_func=lambda key: {"en": "EN", "zh": "中文"}[key],
        label_visibility="collapsed",
        key="language_choice_" + language(),
    )
    if chosen and chosen != language():
        st.session_state[LANGUAGE] = chosen
        if who is not None:
            choose_language(this_store(), who, chosen)
        st.rerun()


draw()
