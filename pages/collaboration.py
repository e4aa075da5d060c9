"""How well do sales and product keep their word to customers, and where does it fail?"""

from collections.abc import Callable
from functools import partial

import streamlit as st

from components import address
from components.causes import cause_block, causes_block
from components.collaboration import chosen_quarter, not_issued, report_block
from components.frame import page
from components.rating import rating
from components.saved import saved
from components.text import t
from core.access import Permission
from data.commands.collaboration import assign_cause, issue_collaboration
from data.queries.collaboration import (
    cause_file,
    causes,
    collaboration_report,
    owner_choices,
    quarters,
    report_so_far,
)

ISSUE: Callable[..., int] = issue_collaboration
ASSIGN: Callable[..., int] = assign_cause

with page("collaboration.title", needs=Permission.SEE_COLLABORATION) as view, rating("collaboration", view):
    saved("collaboration", view)
    if number := address.number("cause"):
        people = view.read(owner_choices, number)
        cause_block(view.read(cause_file, number, view.now), people, partial(view.do, ASSIGN), view)
    else:
        st.caption(t("collaboration.question"))
        chosen = chosen_quarter(view.read(quarters, view.now))
        with st.container(key="collaboration-report"):
            if chosen is not None:
                report = (
                    view.read(report_so_far, view.now)
                    if chosen.running
                    else view.read(collaboration_report, chosen.quarter)
                )
                if report is None:
                    not_issued(chosen.quarter, partial(view.do, ISSUE), view)
                else:
                    report_block(report, view)
        causes_block(view.read(causes, view.now), view)
