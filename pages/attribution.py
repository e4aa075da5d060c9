"""Why did the month miss its forecast, and what follows?"""

from collections.abc import Callable
from functools import partial

import streamlit as st

from components import address
from components import attribution as drawing
from components.attribution_charts import waterfall
from components.followed import followed as drawn_followed
from components.frame import page
from components.text import t
from core.access import Permission
from data.commands.attribution import coach_finding, withdraw_event
from data.queries.attribution import attribution
from data.queries.followed import followed

DOES: dict[str, Callable[..., int]] = {
    "coach": coach_finding,
    "withdraw": withdraw_event,
}

with page("attribution.title", needs=Permission.COACH) as view:
    st.caption(t("attribution.question"))
    ask = {"pipeline": address.said("pipeline"), "month": address.said("month")}
    found = view.read(attribution, view.now, **ask, team=address.number("team"))
    does = {way: partial(view.do, command) for way, command in DOES.items()}
    drawing.choices(found, view)
    if not found.chosen:
        drawing.nothing(found)
        st.stop()
    drawing.headline(found.chosen, found.teams, view)
    waterfall(found.chosen, view)
    drawing.deviations(found.chosen, does, view)
    drawn_followed(view.read(followed, found.chosen.pipeline), found.chosen, does["withdraw"], view)
