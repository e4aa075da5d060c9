"""Does the AI's value for this opportunity convince me?"""

import streamlit as st

from components import calibrate as drawing
from components.calibrate_answers import answered
from components.frame import page
from components.text import t
from core.access import Permission
from data.queries.suggestions import queue, suggestion
from data.queries.suggestions_answered import answers

with page("calibrate.title", needs=Permission.SEE_SUGGESTIONS) as view:
    st.caption(t("calibrate.question"))
    period, rep = drawing.chosen_period(), drawing.chosen_rep()
    found = view.read(queue, view.now, period, rep)
    drawing.filters(found)
    drawing.progress(found, view)
    if chosen := drawing.current(found):
        if item := view.read(suggestion, view.now, period, chosen):
            drawing.one(item, found, view)
        else:
            drawing.gone()
    else:
        drawing.nothing(found, view)
    answered(view.read(answers, view.now, period, rep), view)
