"""The shell: who is there, in which language, and which page they may open. Streamlit runs this script.

It does not stand beside `pages/`, or Streamlit would serve the page files to anonymous visitors.
"""

import streamlit as st

from components import foreign, session
from components.assets import LOGO, MARK, STYLE
from components.blocks import empty, plain
from components.body import body, drawn
from components.form_turns import turn_of
from components.menu import HOME, navigate
from components.navigation import PAGES, PageSpec, offline_link, open_page
from components.outage import gate
from components.scrolling import begin_at_head
from components.setup import setup_card
from components.signin import sign_in_card
from components.text import LANGUAGE, language, speak, t, term
from components.tour import menu_entry, tour_card
from components.usage import measure
from core.access import Permission, Who, decide
from data.commands.account import choose_language
from data.queries.sessions import nobody_yet
from data.runtime import this_store
from data.text import LANGUAGES


def draw() -> None:
    """One run: recognise, gate, draw."""
    speak()
    who = session.remember(gate(session.recognise))
    speak(session.first_language())
    st.set_page_config(page_title=t("terms.product"), page_icon=MARK, layout="wide")
    st.html(STYLE)
    foreign.speak()
    st.logo(LOGO, icon_image=MARK, size="large")
    shell = drawn(who)
    pages, current = navigate(who, shell.waiting)
    with st.container():  # always there: what follows keeps its place, and a field its focus
        session.hand_over_cookie()
        session.keep_language()
    if who is None:
        if session.leaving():
            st.switch_page(pages[HOME.name])
        _anonymous()
        return
    session.watch()
    spec = next((s for s in PAGES if pages[s.name] == current), HOME)
    _user_menu(who, pages["account"], pages["guide"], spec.name)
    measure(who, spec.name)
    begin_at_head(spec.name)
    tour_card(who, spec.name)
    if not decide(who, spec.needs).allowed:
        _refusal(spec)
    elif current.url_path == HOME.name:
        st.switch_page(pages[HOME.name], query_params=st.query_params.to_dict())
    else:
        body(current, shell)


def _refusal(spec: PageSpec) -> None:
    """What somebody sees whose role does not include the page, with a way out."""
    empty(t("shell.refused", page=t(spec.title)), t("errors.not_allowed"), icon=":material/lock:")
    if st.button(t("shell.home"), icon=HOME.icon):
        open_page(HOME.name)


def _anonymous() -> None:
    with st.container(horizontal=True, horizontal_alignment="right"):
        _language_choice(None)
    with this_store().reading(fresh=True) as reading:
        first_visit = nobody_yet(reading)
    if first_visit:
        setup_card()
    else:
        sign_in_card()


def _user_menu(who: Who, account: st.Page, guide: st.Page, page: str) -> None:
    """What is said and done about oneself; on another page it is closed again.

    Args:
        page: the one that is open.
    """
    role = term("role", who.role)
    label = f"**{plain(who.name)}**  \n:small[:gray[{role}]]"
    with (
        st.sidebar,
        st.container(key="user_menu"),
        st.popover(label, icon=":material/account_circle:", width="stretch", key=f"{turn_of('menu')}-{page}"),
    ):
        _language_choice(who)
        st.page_link(account, label=t("shell.account"), icon=":material/manage_accounts:")
        st.page_link(guide, label=t("guide.title"), icon=":material/help:")
        if decide(who, Permission.RECORD_ACTIONS).allowed:
            offline_link()
        menu_entry(who)
        st.button(t("shell.sign_out"), icon=":material/logout:", on_click=session.leave, width="stretch")


def _language_choice(who: Who | None) -> None:
    chosen = st.segmented_control(
        t("shell.language"),
        list(LANGUAGES),
        default=language(),
        format_func=LANGUAGES.__getitem__,
        label_visibility="collapsed",
        key="language_choice_" + language(),
    )
    if chosen and chosen != language():
        st.session_state[LANGUAGE] = st.session_state[session.CHOSEN] = chosen
        if who is not None:
            choose_language(this_store(), who, chosen)
        st.rerun()


draw()
