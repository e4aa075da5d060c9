"""Which programs speak for our people, and what are other systems told?"""

import streamlit as st

from components.blocks import section
from components.frame import page
from components.text import t
from components.tokens import all_tokens_list
from components.webhooks import hooks, log, new_hook
from core.access import Permission
from data.queries.api_tokens import all_tokens
from data.queries.webhooks import webhook_log, webhooks

with page("integrations.title", needs=Permission.MANAGE_API) as view:
    st.caption(t("integrations.question"))
    section(t("integrations.webhooks"), icon=":material/webhook:", help=t("integrations.webhooks_help"))
    found = view.read(webhooks)
    hooks(view, found)
    new_hook(view, found)
    section(t("integrations.log"), icon=":material/list_alt:")
    log(view, view.read(webhook_log))
    section(t("integrations.tokens"), icon=":material/key:")
    all_tokens_list(view, view.read(all_tokens, view.now))
