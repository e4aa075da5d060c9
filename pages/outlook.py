"""What will this month and quarter bring, and what is the number made of?"""

import streamlit as st

from components import address
from components import outlook as drawing
from components.frame import page
from components.navigation import open_page
from components.outlook import Part
from components.outlook_charts import course
from components.outlook_rows import behind
from components.rating import rating
from components.saved import saved
from components.text import t
from core.access import Permission
from data.queries.outlook import offered, policy, snapshot
from data.queries.outlook_course import progress
from data.queries.outlook_imports import late_import

with page("outlook.title", needs=Permission.SEE_FORECAST) as view, rating("outlook", view):
    saved("outlook", view)
    st.caption(t("outlook.question"))
    kept = view.read(offered)
    with st.container(horizontal=True, gap="small"):
        pipeline, period = drawing.place(kept)
        days = kept.of(pipeline, period)
        starts_on = drawing.start(days, period, view.language)
    shown = view.read(snapshot, pipeline, period, days[starts_on][-1]) if starts_on else None
    if shown is None or starts_on is None:
        drawing.nothing()
        st.stop()
    runs, run = starts_on == max(days), shown.run
    late = view.read(late_import, pipeline, run.taken_at, run.recorded_at) if runs else None
    drawing.taken(shown, view, late)
    drawing.headline(shown, view.language, look=Part.MADE)
    if address.part("look", "outlook.look", drawing.parts(days[starts_on])) is Part.COURSE:
        points = view.read(progress, pipeline, period, starts_on)
        if day := course(points, run.currency, view.language):
            open_page("replay", pipeline=pipeline, period=period, day=day)
    else:
        rules = view.read(policy)
        drawing.categories(shown, rules, view)
        by = drawing.groups(shown, view)
        if lead := behind(shown, by, rules, view, runs=runs):
            open_page(lead[0], **lead[1])
