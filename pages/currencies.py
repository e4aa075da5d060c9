"""What are other currencies worth in ours?"""

import streamlit as st

from components.currencies import form, missing, own, table
from components.frame import page
from components.text import t
from core.access import Permission
from data.commands.currencies import set_own_currency, set_rate
from data.queries.currencies import rate_desk

with page("currencies.title", needs=Permission.SET_RATES) as view:
    st.caption(t("currencies.question"))
    desk = view.read(rate_desk, view.now)
    own(desk, lambda currency: view.do(set_own_currency, currency), view)
    missing(desk)
    form(desk, lambda *told: view.do(set_rate.once, *told), view)
    table(desk, view)
