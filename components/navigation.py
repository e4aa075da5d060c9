"""The pages, once: address, heading, icon, section of the menu, and who may open them."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

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
    PageSpec("inbox", ":material/inbox:", Permission.OWN_ACCOUNT, "work"),
    PageSpec("record", ":material/edit_note:", Permission.RECORD_ACTIONS, "work"),
    PageSpec("board", ":material/monitoring:", Permission.SEE_BOARD, "work"),
    PageSpec("outlook", ":material/trending_up:", Permission.SEE_FORECAST, "work"),
    PageSpec("replay", ":material/history_toggle_off:", Permission.SEE_FORECAST, "work"),
    PageSpec("alerts", ":material/notifications_active:", Permission.HANDLE_ALERTS, "work"),
    PageSpec("calibrate", ":material/balance:", Permission.SEE_SUGGESTIONS, "work"),
    PageSpec("plausibility", ":material/fact_check:", Permission.SEE_BOARD, "work"),
    PageSpec("customers", ":material/apartment:", Permission.SEE_CUSTOMERS, "work"),
    PageSpec("customer", ":material/domain:", Permission.SEE_CUSTOMERS, None),
    PageSpec("exchange", ":material/swap_vert:", Permission.EXPORT, "company"),
    PageSpec("people", ":material/group:", Permission.MANAGE_PEOPLE, "company"),
    PageSpec("audit", ":material/history:", Permission.SEE_AUDIT, "company"),
    PageSpec("account", ":material/account_circle:", Permission.OWN_ACCOUNT, None),
)


def open_page(name: str, **query: str | int) -> None:
    """Leave for another page, with what its address should say: `open_page("customer", customer=12)`."""
    st.switch_page(_FOLDER / f"{name}.py", query_params={k: str(v) for k, v in query.items()})
