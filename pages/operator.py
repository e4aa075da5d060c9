"""Is everything running, what is stuck, and who is signed in?"""

import streamlit as st

from components.frame import page
from components.operator import given_up, outboxes, sessions, slow, state, storage
from components.text import t
from core.access import Permission
from data.queries.operator import operator_desk

with page("operator.title", needs=Permission.MANAGE_PEOPLE) as view:
    st.caption(t("operator.question"))
    desk = view.read(operator_desk, view.store.clock())
    state(desk, view)
    outboxes(desk, view)
    given_up(desk, view)
    storage(desk, view)
    slow(view)
    sessions(desk, view)
