"""Where is my team stuck right now?"""

import streamlit as st

from components import board as drawing
from components.frame import page
from components.navigation import open_page
from components.text import t
from core.access import Permission
from data.queries.board import board, choices, version
from data.queries.board_rows import ROWS

with page("board.title", needs=Permission.SEE_BOARD) as view:
    drawing.live(lambda floor: view.read(version, floor))
    st.caption(t("board.question", at=view.instant(view.now)))
    ask = drawing.filters(view.read(choices), view)
    shown = view.read(board, ask)
    if not (shown.open or shown.completion.due):
        drawing.nothing(filtered=bool(ask.team or ask.rep))
        st.stop()
    drawing.headline(shown, view.language)
    if alarmed := drawing.red_list(shown.alerts, shown.alert_count, view):
        open_page("customer", customer=alarmed)
    drawing.stages(shown.stages, view.language)
    drawing.table(shown, ask, view)
    show, narrow = drawing.narrowed(ask, shown)
    if chosen := drawing.behind(view.read(ROWS[show], narrow), show, view):
        open_page("customer", customer=chosen)
