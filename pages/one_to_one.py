"""What do we talk about this week, and did what we agreed on happen?"""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from components import one_to_one as drawing
from components.frame import page
from components.navigation import open_page
from components.print_page import print_button
from components.report_drill import drilled
from components.report_rows import panel
from components.talks import agreed, earlier, hold
from components.text import t
from core.access import Permission
from data.commands.talks import move_step, settle, take_up_step
from data.queries.metrics.rows import ROWS_EXPORTED, behind
from data.queries.one_to_one import sheet
from data.queries.talks import customer_choices, reps

DOES: dict[str, Callable[..., Any]] = {"settle": settle, "take_up": take_up_step, "move": move_step}

with page("one_to_one.title", needs=Permission.SEE_ONE_TO_ONE) as view:
    st.caption(t("one_to_one.question"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rep = drawing.choose(view.read(reps))
        print_button()
    if rep is None:
        st.stop()
    found = view.read(sheet, rep, view.now)
    does = {name: partial(view.do, command) for name, command in DOES.items()}
    drawing.since(found, view)
    agreed(found.rep, found.talks, does, view)
    drawing.figures(found, view)
    if what := drilled():
        ask = found.since.ask
        rows = view.read(behind, ask, what.metric)
        every = partial(view.read, behind, ask, what.metric, most=ROWS_EXPORTED)
        if customer := panel(what, rows, every, ask.currency, view):
            open_page("customer", customer=customer)
    drawing.risks(found, view)
    drawing.deals(found, view)
    left, right = st.columns(2, gap="medium")
    with left:
        drawing.promises(found, view)
        drawing.todos(found, view)
    with right:
        drawing.forecasts(found, view)
        drawing.coaching(found.coaching, view)
    with st.container(key="talk"):
        choices = view.read(customer_choices, found.rep)
        hold(found.rep, found.talks, choices, view)
        earlier(found.talks, view)
