"""How do records come in from other systems, and go out again?"""

import streamlit as st

from components.exchange import choose_file, export_form
from components.exchange_mapping import mapping_form
from components.exchange_results import import_button, last_result, past, preview
from components.frame import page
from components.text import t
from core.access import Permission, decide
from data.queries.exchange import own_fields, own_types, past_imports

with page("exchange.title", needs=Permission.EXPORT) as view:
    if not decide(view.who, Permission.IMPORT).allowed:
        export_form(view)
        st.caption(t("exchange.imported_by"))
        st.stop()
    coming_in, going_out = st.tabs([t("exchange.coming_in"), t("exchange.going_out")])
    with going_out:
        export_form(view)
    with coming_in:
        last_result(view)
        if upload := choose_file(view.read(own_fields), view.read(own_types)):
            mapping = mapping_form(view, upload)
            if checked := preview(view, upload, mapping):
                import_button(view, upload, mapping, checked)
        past(view, view.read(past_imports))
