"""Which views of my reports do I come back to, and which come to me?"""

import streamlit as st

from components.frame import page
from components.saved import managed
from components.text import t
from core.access import Permission
from data.queries.board_choices import choices
from data.queries.views import views

with page("views.title", needs=Permission.SAVE_VIEWS) as view:
    st.caption(t("views.question"))
    managed(view.read(views), view.read(choices, Permission.SEE_REPORTS), view)
