"""Where does the company stand, in one look?"""

import streamlit as st

from components.frame import page
from components.leadership import tiles, way
from components.leadership_risks import further
from components.text import t
from core.access import Permission
from data.queries.leadership import leadership
from data.queries.milestones import milestone_path

with page("leadership.title", needs=Permission.SEE_LEADERSHIP) as view:
    st.caption(t("leadership.question", at=view.instant(view.now)))
    way(view.read(milestone_path, None, view.now), view)
    found = view.read(leadership, view.now)
    tiles(found, view)
    further(found, view)
