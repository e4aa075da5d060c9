"""What was I told, and where do I act on it?"""

import streamlit as st

from components import address
from components.frame import page
from components.inbox import messages, read_all
from components.navigation import open_page
from core.access import Permission
from data.commands.inbox import mark_read, mark_read_up_to
from data.queries.inbox import PAGE, inbox

with page("inbox.title", needs=Permission.OWN_ACCOUNT) as view:
    found = view.read_now(inbox, address.number("shown") or PAGE)
    if seen := read_all(found):
        view.do(mark_read_up_to, seen)
        st.rerun()
    if chosen := messages(found, view):
        view.do(mark_read, chosen.id)
        open_page(chosen.page, **chosen.query)
