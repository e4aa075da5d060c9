"""How far can the forecasts be trusted, and whose need a talk?"""

from collections.abc import Callable
from functools import partial

import streamlit as st

from components import address
from components import forecast_health as drawing
from components.coaching import coaching
from components.forecast_health import Part
from components.forecast_health_months import months
from components.forecast_rows import asked, curve, open_rows, rows
from components.frame import page
from components.navigation import open_page
from components.rating import rating
from components.saved import saved
from components.text import t
from core.access import Permission
from data.commands.coaching import assign_coaching
from data.queries.coaching import coaches, coaching_tasks
from data.queries.forecast_health import forecast_health

DOES: dict[str, Callable[..., int]] = {
    "assign": assign_coaching.once,
}

with (
    page("forecast_health.title", needs=Permission.SEE_FORECAST_HEALTH) as view,
    rating("forecast_health", view),
):
    saved("forecast_health", view)
    st.caption(t("forecast_health.question"))
    found = view.read(
        forecast_health,
        view.now,
        months=drawing.chosen_span(),
        pipeline=address.said("pipeline"),
        group=address.said("group"),
        narrow=asked(),
    )
    does = {way: partial(view.do, command) for way, command in DOES.items()}
    coaching(view.read(coaching_tasks), partial(view.read, coaches), does, view)
    drawing.filters(found)
    if not found.chosen:
        drawing.nothing()
        st.stop()
    if which := drawing.headline(found, found.chosen, view):
        open_rows(which=which)
    match address.part("part", "forecast_health.part", drawing.parts(found)):
        case Part.MONTHS:
            months(found, found.chosen, view)
        case Part.WHO:
            drawing.groups(found, view)
        case Part.CHANCES:
            curve(found, view)
        case Part.ROWS:
            if customer := rows(found, view):
                open_page("customer", customer=customer)
