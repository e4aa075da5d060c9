"""A customer in the narrow side bar of a chat tool: where things stand, and one click to record."""

import streamlit as st

from components import address
from components.blocks import plain
from components.customer import alerts_block, head_block, next_steps_block
from components.deep_links import named
from components.frame import View, show_error
from components.navigation import open_page
from components.text import t, term
from components.type_icons import type_icon
from core.access import Permission, decide
from core.messages import AppError, Unavailable
from data.queries.customer_file import CustomerFile
from data.queries.named_customers import customer_names, named_customer

_SEE = Permission.SEE_CUSTOMERS


def sought(view: View) -> int | None:
    """The customer that the address names; without one, or with one that is not there, it is chosen here."""
    if asked := named():
        try:
            return view.read(named_customer, _SEE, asked)
        except Unavailable:
            raise
        except AppError as error:
            show_error(error)
    offered = view.read(customer_names, _SEE)
    st.selectbox(
        t("aside.customer"),
        list(offered),
        index=None,
        format_func=offered.__getitem__,
        placeholder=t("aside.search"),
        key="aside-customer",
        on_change=_chosen,
    )
    return None


def brief(file: CustomerFile, view: View) -> None:
    """Who this is, what is on fire, what is next, and the way into the form."""
    st.subheader(plain(file.head.name), anchor=False)
    head_block(file.head, view)
    alerts_block(file.alerts, view)
    next_steps_block(file.next_steps, file.head, view)
    if decide(view.who, Permission.RECORD_ACTIONS).allowed:
        _record(file)
    with st.container(horizontal=True, gap="small"):
        if st.button(t("aside.whole"), icon=":material/domain:"):
            open_page("customer", customer=file.head.id)
        st.button(t("aside.other"), icon=":material/swap_horiz:", type="tertiary", on_click=_another)


def _record(file: CustomerFile) -> None:
    st.markdown(f"**{t('aside.record')}**")
    with st.container(horizontal=True, gap="small"):
        for stage in file.types:
            if st.button(term("stage", stage), key=f"aside-{stage}", icon=type_icon(stage)):
                open_page("record", customer=file.head.id, type=stage)


def _chosen() -> None:
    st.query_params.from_dict({"customer": str(st.session_state["aside-customer"])})


def _another() -> None:
    address.write(customer=None, customer_name=None, ref=None, contact=None, chat=None)
