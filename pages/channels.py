"""Where do messages go outside the product, and do they get through?"""

import streamlit as st

from components.channels import company, groups, new_group
from components.chat_application import application
from components.frame import page
from components.text import t
from core.access import Permission, decide
from data.queries.channels import channel_desk
from data.queries.room_groups import applications

with page("channels.title", needs=Permission.SET_CHANNELS) as view:
    st.caption(t("channels.question"))
    found = view.read(channel_desk)
    groups(found, view)
    new_group(found, view)
    company(found)
    if decide(view.who, Permission.MANAGE_PEOPLE).allowed:
        application(view.read(applications), view)
