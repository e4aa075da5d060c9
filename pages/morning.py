"""Which three customers do we save today, who does what, and was yesterday's word kept?"""

import streamlit as st

from components import morning as drawing
from components.frame import page
from components.rating import gate, stars
from components.text import t
from core.access import Permission
from data.queries.morning import morning, morning_days, morning_teams

with page("morning.title", needs=Permission.SEE_MORNING) as view:
    gate("morning", view)
    st.caption(t("morning.question"))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        team = drawing.choose_team(view.read(morning_teams))
        days = view.read(morning_days, team, view.now)
        day = drawing.choose_day(days, view)
        wall = drawing.on_wall()
    with drawing.frame(wall):
        told = view.read(morning, team, day, view.now)
        if told is None:
            drawing.without(days, team, day, view)
        else:
            drawing.meeting(told, view, days.today, wall)
    if not drawing.runs(told, days.today):
        stars("morning", view)
