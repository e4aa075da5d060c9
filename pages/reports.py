"""What moved, why, and which rows say so?"""

from functools import partial

import streamlit as st

from components import reports as drawing
from components.frame import page
from components.navigation import open_page
from components.rating import gate, stars
from components.report_beside import beside as drawn_beside
from components.report_charts import groups
from components.report_drill import drilled
from components.report_parts import what_moved
from components.report_rows import panel
from components.report_table import table
from components.saved import saved
from core.access import Permission
from core.reports.library import Picture
from data.queries.board_choices import choices
from data.queries.metrics.beside import beside
from data.queries.metrics.course import course
from data.queries.metrics.report import asked, shown
from data.queries.metrics.rows import ROWS_EXPORTED, behind, opportunities_of
from data.queries.reports import reports

with page("reports.title", needs=Permission.SEE_REPORTS) as view:
    saved("reports", view)
    report, narrow = drawing.filters(view.read(choices, Permission.SEE_REPORTS), view.read(reports))
    gate(report.name, view)
    ask = view.read(asked, view.now, narrow)
    found = view.read(shown, report, ask, drawing.in_focus(report))
    drawing.spans(found, view)
    if drawing.nothing(found):
        st.stop()
    drawing.finding(found, view)
    drawing.headline(found, view)
    focus = drawing.focus(found)
    match focus.picture:
        case Picture.GROUPS:
            groups(found, focus, view.language)
        case Picture.PARTS:
            what_moved(found, focus, view.language)
        case Picture.TABLE:
            table(found, focus, view.read(course, ask, focus.metric, focus.split), view.language)
    if what := drilled():
        of = (ask.before() if what.before else ask, what.metric, what.dimension, what.key)
        rows = view.read(behind, *of)
        every = partial(view.read, behind, *of, most=ROWS_EXPORTED)
        if customer := panel(what, rows, every, ask.currency, view):
            open_page("customer", customer=customer)
        if rows.facts:
            drawn_beside(view.read(beside, *of, opportunities_of(rows.facts)), what, view)
    drawing.others(view)
    stars(report.name, view)
