"""What does the company want to know, and by which rules does the product work?"""

import streamlit as st

from components.frame import page
from components.studio import chosen_part
from components.studio_parts import PARTS
from components.text import t
from core.access import Permission

with page("studio.title", needs=Permission.CHANGE_STUDIO) as view:
    st.caption(t("studio.question"))
    PARTS[chosen_part()](view)
