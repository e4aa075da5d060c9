"""Single sign-on (OIDC): the provider proves a mail address, a person has it, and our own session opens."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from components.blocks import plain
from components.session import LEFT, enter
from components.text import t
from data.commands.sessions import person_by_email, signed_in_since
from data.runtime import this_store
from data.settings import settings

FRESH = timedelta(minutes=2)


def single_sign_on() -> None:
    """Offer the configured provider, and let in whoever has just come back from it.

    Streamlit keeps the provider's answer for thirty days. An answer opens one session, at once: an old
    or a used one would undo signing out and every revocation.
    """
    if not settings().single_sign_on:
        return
    if st.user.is_logged_in and not st.session_state.get(LEFT):
        _arrive()
    name = settings().oidc_name
    if st.button(t("signin.sso", name=plain(name)), icon=":material/login:", type="primary", width="stretch"):
        st.session_state.pop(LEFT, None)
        st.login()
    st.caption(t("signin.sso_or"), text_alignment="center")


def _arrive() -> None:
    store, issued = this_store(), st.user.get("iat")
    proven_at = datetime.fromtimestamp(float(issued), UTC) if isinstance(issued, int | float) else None
    if proven_at is None or store.clock() - proven_at > FRESH:
        return
    email = str(st.user.get("email") or "")
    if st.user.get("email_verified") is not True:
        st.error(t("signin.sso_unverified"), icon=":material/block:")
        return
    person_id = person_by_email(store, email) if email else None
    if person_id is None:
        st.error(t("signin.sso_unknown", email=plain(email)), icon=":material/block:")
    elif not signed_in_since(store, person_id, proven_at):
        enter(person_id)
