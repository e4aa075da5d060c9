"""The first visit to a real installation: name the company and make its first administrator."""

from zoneinfo import available_timezones

import streamlit as st

from components import text
from components.calendars import choices
from components.currencies import currency_box
from components.entrance import entrance
from components.forms import Marks
from components.session import enter
from components.text import language, listed, t
from core.calendars import NO_HOLIDAYS, land_of
from core.money import currency_of
from core.people import PersonInput
from core.policies import DEFAULTS
from data.commands.setup import set_up
from data.runtime import this_store

_BY_ZONE = ""  # whose holidays: those of the time zone's country, whichever is chosen before the form is sent


def setup_card() -> None:
    """Draw the set-up form; on success its person is signed in."""
    with entrance("signin.setup", "signin.setup_lead"):
        marks = Marks(text)
        with st.form("setup", border=False):
            values = _fields(marks)
            sent = st.form_submit_button(t("signin.setup_send"), type="primary", width="stretch")
        if sent:
            made: list[int] = []
            if marks.sent(lambda: made.append(_send(values))):
                enter(made[0])


def _fields(marks: Marks) -> dict[str, str]:
    values = {}
    for name, kind in (
        ("code", "password"),
        ("company", "default"),
        ("name", "default"),
        ("username", "default"),
        ("password", "password"),
        ("repeat", "password"),
    ):
        with marks.field(name):
            values[name] = st.text_input(
                t(f"signin.setup_{name}"),
                type="password" if kind == "password" else "default",
                help=t("signin.setup_code_help") if name == "code" else None,
                autocomplete="new-password" if kind == "password" else None,
            )
    zones = sorted(available_timezones())
    here = st.context.timezone if st.context.timezone in zones else "Asia/Shanghai"
    with marks.field("timezone"):
        values["timezone"] = st.selectbox(t("signin.setup_timezone"), zones, index=zones.index(here))
    countries = {_BY_ZONE: t("signin.setup_country_zone")} | choices()
    with marks.field("country"):
        values["country"] = st.selectbox(
            t("signin.setup_country"),
            list(countries),
            format_func=countries.__getitem__,
            help=t("signin.setup_country_help", countries=listed(_shipped(countries))),
        )
    with marks.field("currency"):
        paid = currency_of(land_of(here)) or DEFAULTS.currency
        label, hint = t("signin.setup_currency"), t("signin.setup_currency_help")
        values["currency"] = currency_box(label, paid, help=hint)
    return values


def _shipped(countries: dict[str, str]) -> list[str]:
    return [words for country, words in countries.items() if country not in (_BY_ZONE, NO_HOLIDAYS)]


def _send(values: dict[str, str]) -> int:
    admin = PersonInput(values["username"], values["name"], "admin", language=language())
    return set_up(
        this_store(),
        values["code"],
        values["company"],
        admin,
        values["password"],
        values["timezone"],
        repeat=values["repeat"],
        currency=values["currency"],
        country=values["country"],
    )
