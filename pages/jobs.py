"""What runs in the background, did it run, and what failed?"""

import streamlit as st

from components.frame import page
from components.jobs import live
from components.text import t
from core.access import Permission

with page("jobs.title", needs=Permission.SEE_JOBS) as view:
    st.caption(t("jobs.question"))
    live(view)
