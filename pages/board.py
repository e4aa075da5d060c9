"""Where is my team stuck right now?"""

import streamlit as st

from components import board as drawing
from components.board_charts import stages
from components.board_tables import behind, narrowed, table
from components.frame import page
from components.navigation import open_page
from components.text import t
from core.access import Permission
from data.queries.board import board, choices
from data.queries.board_rows import ROWS

with page("board.title", needs=Permission.SEE_BOARD) as view:
    drawing.live(view)
    st.caption(t("board.question", at=view.instant(view.now)))
    ask = drawing.filters(view.read(choices), view)
    shown = view.read(board, ask)
    if not (shown.open or shown.completion.due):
        drawing.nothing(filtered=bool(ask.team or ask.rep))
        st.stop()
    drawing.headline(shown, view.language)
    if alarmed := drawing.red_list(shown.alerts, shown.alert_count, view):
        open_page("customer", customer=alarmed)
    stages(shown.stages, view.language)
    table(shown, ask, view)
    show, narrow = narrowed(ask, shown)
    if chosen := behind(view.read(ROWS[show], narrow), show, view):
        open_page("customer", customer=chosen)
