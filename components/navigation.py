"""The pages, once: address, heading, icon, section of the menu, and who may open them."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from components.text import t
from core.access import Permission

_FOLDER = Path(__file__).parents[1] / "pages"


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One page.

    Attributes:
        name: its file `pages/<name>.py`, its address `/<name>`, and its catalogue area.
        section: catalogue key of its part of the menu; None keeps it out of the menu.
    """

    name: str
    icon: str
    needs: Permission
    section: str | None

    @property
    def title(self) -> str:
        """Catalogue key of its heading and menu entry."""
        return f"{self.name}.title"


PAGES = (
    PageSpec("today", ":material/today:", Permission.TODAY, "work"),
    PageSpec("leadership", ":material/space_dashboard:", Permission.SEE_LEADERSHIP, "work"),
    PageSpec("inbox", ":material/inbox:", Permission.OWN_ACCOUNT, "work"),
    PageSpec("morning", ":material/local_fire_department:", Permission.SEE_MORNING, "work"),
    PageSpec("views", ":material/bookmarks:", Permission.SAVE_VIEWS, "work"),
    PageSpec("one_to_one", ":material/supervisor_account:", Permission.SEE_ONE_TO_ONE, "work"),
    PageSpec("record", ":material/edit_note:", Permission.RECORD_ACTIONS, "work"),
    PageSpec("customers", ":material/apartment:", Permission.SEE_CUSTOMERS, "work"),
    PageSpec("customer", ":material/domain:", Permission.SEE_CUSTOMERS, None),
    PageSpec("aside", ":material/dock_to_left:", Permission.SEE_CUSTOMERS, None),
    PageSpec("rooms", ":material/forum:", Permission.FOLLOW_UP, "work"),
    PageSpec("room", ":material/forum:", Permission.FOLLOW_UP, None),
    PageSpec("board", ":material/monitoring:", Permission.SEE_BOARD, "process"),
    PageSpec("alerts", ":material/notifications_active:", Permission.HANDLE_ALERTS, "process"),
    PageSpec("plausibility", ":material/fact_check:", Permission.SEE_BOARD, "process"),
    PageSpec("health", ":material/vital_signs:", Permission.SEE_HEALTH, "process"),
    PageSpec("reports", ":material/query_stats:", Permission.SEE_REPORTS, "reports"),
    PageSpec("metrics", ":material/menu_book:", Permission.SEE_REPORTS, None),
    PageSpec("outlook", ":material/trending_up:", Permission.SEE_FORECAST, "forecast"),
    PageSpec("calibrate", ":material/balance:", Permission.SEE_SUGGESTIONS, "forecast"),
    PageSpec("forecast_health", ":material/monitor_heart:", Permission.SEE_FORECAST_HEALTH, "forecast"),
    PageSpec("attribution", ":material/rule:", Permission.COACH, "forecast"),
    PageSpec("weights", ":material/tune:", Permission.CHANGE_WEIGHTS, "forecast"),
    PageSpec("replay", ":material/history_toggle_off:", Permission.SEE_FORECAST, "forecast"),
    PageSpec("demands", ":material/assignment:", Permission.SEE_PROMISES, "promises"),
    PageSpec("promises", ":material/handshake:", Permission.SEE_PROMISES, "promises"),
    PageSpec("deliveries", ":material/package_2:", Permission.SEE_PROMISES, "promises"),
    PageSpec("store_requests", ":material/storefront:", Permission.SEE_STORE_REQUESTS, "promises"),
    PageSpec("collaboration", ":material/diversity_3:", Permission.SEE_COLLABORATION, "promises"),
    PageSpec("milestones", ":material/flag:", Permission.SEE_MILESTONES, "company"),
    PageSpec("studio", ":material/construction:", Permission.CHANGE_STUDIO, "company"),
    PageSpec("exchange", ":material/swap_vert:", Permission.EXPORT, "company"),
    PageSpec("calendars", ":material/calendar_month:", Permission.MANAGE_CALENDARS, "company"),
    PageSpec("currencies", ":material/currency_exchange:", Permission.SET_RATES, "company"),
    PageSpec("channels", ":material/outgoing_mail:", Permission.SET_CHANNELS, "company"),
    PageSpec("integrations", ":material/api:", Permission.MANAGE_API, "company"),
    PageSpec("jobs", ":material/schedule:", Permission.SEE_JOBS, "company"),
    PageSpec("operator", ":material/build:", Permission.MANAGE_PEOPLE, "company"),
    PageSpec("people", ":material/group:", Permission.MANAGE_PEOPLE, "company"),
    PageSpec("audit", ":material/history:", Permission.SEE_AUDIT, "company"),
    PageSpec("guide", ":material/help:", Permission.OWN_ACCOUNT, None),
    PageSpec("account", ":material/account_circle:", Permission.OWN_ACCOUNT, None),
)


def open_page(name: str, /, **query: str | int) -> None:
    """Leave for another page, with what its address should say: `open_page("customer", customer=12)`."""
    st.switch_page(_FOLDER / f"{name}.py", query_params={k: str(v) for k, v in query.items()})


def offline_link() -> None:
    """The way to the page that works without network: no page of Streamlit's, so it opens beside this one."""
    st.link_button(
        t("offline.use"), "offline", icon=":material/cloud_off:", help=t("offline.use_hint"), type="tertiary"
    )
