"""The largest risks of the company: on their tile, and those after them, each one click from its customer."""

import streamlit as st

from components import format
from components.blocks import Row, plain, rows, section
from components.frame import View
from components.navigation import open_page
from components.text import t
from core.reports.brief import Item
from data.brief_words import cause_words, money_words, risk_words
from data.queries.leadership import Leadership
from data.text import sentences


def target(found: Leadership) -> tuple[str, dict[str, str | int]] | None:
    """The morning meeting where nothing is at risk; otherwise each risk leads to its own customer."""
    return None if found.risks.top else ("morning", {})


def largest(found: Leadership, view: View) -> None:
    """Those ranked first, in the tile; each is pressed as a whole."""
    if not found.risks.top:
        st.caption(t("leadership.no_risks"))
        return
    for place, item in enumerate(found.risks.top, 1):
        with st.container(key=f"tile-of-risk-{place}"):
            _told(place, item, view)
    whole = money_words(view.language, found.risks.at_risk)
    shares = (found.risks.share_red, found.risks.share_amber)
    red, amber = (format.percent(share, view.language) for share in shares)
    made = t("morning.rule", red=red, amber=amber)
    st.caption(plain(t("leadership.whole", money=whole, n=found.risks.customers)), help=made)


def further(found: Leadership, view: View) -> None:
    """Below the tiles: the most at risk in other currencies, then those after the top."""
    others = found.risks.others
    shown = (*others, *(item for item in found.risks.following if item not in others))
    if not shown:
        return
    section(t("leadership.further"), icon=":material/local_fire_department:")
    pressed = rows([_row(item, view) for item in shown], key="further-risks")
    if pressed:
        open_page("customer", customer=int(pressed))


def _told(place: int, item: Item, view: View) -> None:
    money = plain(risk_words(view.language, item))
    detail = plain(_why(item, view))
    st.markdown(f"{place}. **{plain(item.name)}** {money}  \n:small[:gray[{detail}]]")
    customer = item.deal.customer_id
    opening = t("leadership.open", page=item.name)
    if customer and st.button(plain(opening), key=f"to-risk-{place}", type="tertiary"):
        open_page("customer", customer=customer)


def _row(item: Item, view: View) -> Row:
    """A line; an opportunity that has no customer yet has no button."""
    customer = item.deal.customer_id
    return Row(
        key=str(customer or f"deal-{item.deal.id}"),
        title=item.name,
        detail=f"{risk_words(view.language, item)} · {_why(item, view)}",
        action=t("morning.open_customer") if customer else "",
    )


def _why(item: Item, view: View) -> str:
    said = cause_words(view.language, item.causes[0])
    return f"{item.deal.owner} · {sentences(said.why, said.action)}"
