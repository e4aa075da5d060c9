"""Where is my team stuck right now?"""

import streamlit as st

from components import address
from components import board as drawing
from components.board import Part
from components.board_charts import dwell, standing
from components.board_drill import asked, rows_dialog
from components.board_flow import completion_trend, funnel, pace_trend
from components.board_heat import heat
from components.board_points import stands
from components.board_tables import table
from components.frame import page
from components.saved import saved
from components.text import t
from core.access import Permission
from core.process.weeks import week_starts
from data.queries.board import board
from data.queries.board_choices import choices
from data.queries.board_flow import funnel_steps, weeks
from data.queries.board_points import points
from data.queries.board_rows import ROWS

with page("board.title", needs=Permission.SEE_BOARD) as view:
    saved("board", view)
    drawing.live(view)
    st.caption(t("board.question", at=view.instant(view.now)))
    ask = drawing.filters(view.read(choices), view)
    shown = view.read(board, ask)
    if not (shown.open or shown.completion.due):
        drawing.nothing(filtered=bool(ask.team or ask.rep))
        st.stop()
    drawing.headline(shown, view.language)
    drawing.red_list(shown.red, view)
    part, starts = address.part("part", "board.part", [*Part]), week_starts(view.now, view.who.timezone)
    match part:
        case Part.NOW:
            standing(shown.stages, view.language)
        case Part.WHO:
            drawing.grouping(view)
            heat(shown, ask, view.language)
            table(shown, ask, view)
        case Part.TIME:
            left, right = st.columns(2, gap="medium")
            with left:
                stands(view.read(points, ask), shown.stages, view.language)
            with right:
                dwell(shown.stages, view.language)
        case Part.FLOW:
            past = view.read(weeks, ask, starts)
            left, right = st.columns(2, gap="medium")
            with left:
                funnel(view.read(funnel_steps, ask), view.language)
            with right:
                completion_trend(past, view)
                pace_trend(past, view)
    if wanted := asked(ask, shown, starts, view):
        rows_dialog(wanted, view.read(ROWS[wanted.show], wanted.ask), view)
