"""Where do messages go outside the product, and do they get through?"""

import streamlit as st

from components.channels import company, groups, new_group
from components.frame import page
from components.text import t
from core.access import Permission
from data.queries.channels import channel_desk

with page("channels.title", needs=Permission.SET_CHANNELS) as view:
    st.caption(t("channels.question"))
    found = view.read(channel_desk)
    groups(found, view)
    new_group(found, view)
    company(found)
