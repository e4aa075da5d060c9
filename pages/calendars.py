"""Which days and hours count as working time, and for whom?"""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from components.calendars import chosen, days_block, places_block, versions_block, warnings
from components.frame import page
from components.text import t
from core.access import Permission
from data.commands.calendars import declare_year, restore_calendar, set_days, set_hours
from data.queries.calendars import calendar_desk

DOES: dict[str, Callable[..., Any]] = {
    "days": set_days,
    "year": declare_year,
    "hours": set_hours,
    "restore": restore_calendar,
}

with page("calendars.title", needs=Permission.MANAGE_CALENDARS) as view:
    st.caption(t("calendars.question"))
    desk = view.read(calendar_desk, *chosen(view), view.now)
    does = {name: partial(view.do, command) for name, command in DOES.items()}
    warnings(desk)
    days_block(desk, does, view)
    places_block(desk, does, view)
    versions_block(desk.versions, does["restore"], view)
