"""How much does each factor count, and what would other weights have said?"""

from collections.abc import Callable
from functools import partial

import streamlit as st

from components import weights as drawing
from components.frame import page
from components.text import t
from core.access import Permission
from data.commands.weights import draft_weights
from data.queries.weights import weight_history
from data.weighing import backtest_weights

DRAFT: Callable[..., int] = draft_weights.once
BACKTEST: Callable[..., int] = backtest_weights

with page("weights.title", needs=Permission.CHANGE_WEIGHTS) as view:
    st.caption(t("weights.question"))
    found = view.read(weight_history)
    drawing.in_force(found, view)
    drawing.version(found, partial(view.do, BACKTEST), view)
    drawing.editor(found, partial(view.do, DRAFT), view)
    drawing.history(found, view)
