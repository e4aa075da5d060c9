"""Which programs speak for our people?"""

import streamlit as st

from components.blocks import section
from components.frame import page
from components.text import t
from components.tokens import all_tokens_list
from core.access import Permission
from data.queries.api_tokens import all_tokens

with page("integrations.title", needs=Permission.MANAGE_API) as view:
    st.caption(t("integrations.question"))
    section(t("integrations.tokens"), icon=":material/key:")
    all_tokens_list(view, view.read(all_tokens, view.now))
