"""What does each number of a report count, and how?"""

import streamlit as st

from components.frame import page
from components.metrics import catalogue, refused
from components.text import t
from core.access import Permission

with page("metrics.title", needs=Permission.SEE_REPORTS):
    st.caption(t("metrics.question"))
    catalogue()
    refused()
