"""Which customers do we follow up together?"""

import streamlit as st

from components import address
from components.frame import page
from components.navigation import open_page
from components.rooms import chosen_show, could_begin, room_rows, tasks_due
from components.text import t
from core.access import Permission
from data.queries.room_candidates import room_candidates
from data.queries.rooms import PAGE, my_tasks, room_list

with page("rooms.title", needs=Permission.FOLLOW_UP) as view:
    st.caption(t("rooms.question"))
    if due := tasks_due(view.read(my_tasks), view):
        open_page("room", room=due)
    show = chosen_show()
    found = view.read(room_list, show, address.number("shown") or PAGE)
    if chosen := room_rows(found, show, view):
        open_page("room", room=chosen)
    if customer := could_begin(view.read(room_candidates)):
        open_page("customer", customer=customer)
