"""The largest risks of the company: on their tile, and those after them, each one click from its customer."""

from collections.abc import Sequence

import streamlit as st

from components import format
from components.blocks import Row, plain, rows, section
from components.folding import folded
from components.frame import View
from components.navigation import open_page
from components.tables import clickable
from components.text import t
from core.reports.brief import Item
from data.brief_words import cause_words, money_words, risk_words
from data.queries.leadership import Leadership
from data.text import sentences

_CARDS = 7  # after the largest; whoever comes then stands in a table


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
    ranked = [item for item in found.risks.following if item not in others]
    cards, rest = [*others, *ranked[:_CARDS]], ranked[_CARDS:]
    if not cards and not rest:
        return
    section(t("leadership.further"), icon=":material/local_fire_department:")
    if cards and (pressed := rows([_row(item, view) for item in cards], key="further-risks")):
        open_page("customer", customer=int(pressed))
    if rest:
        with folded(t("leadership.rest", n=len(rest)), "risks-rest", icon=":material/table_rows:") as is_open:
            if is_open:
                _rest(rest, view)


def _rest(items: Sequence[Item], view: View) -> None:
    """Whoever comes after, so that the sum of all is the sum of what can be read."""
    columns = {
        t("morning.customer"): [item.name for item in items],
        t("leadership.at_risk"): [risk_words(view.language, item) for item in items],
        t("morning.why"): [_said(item, view) for item in items],
    }
    ids = [item.deal.customer_id or 0 for item in items]
    alt = t("leadership.rest", n=len(items))
    if customer := clickable(columns, ids, "risks-rest-rows", config={}, alt=alt):
        open_page("customer", customer=customer)


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


def _said(item: Item, view: View) -> str:
    """The same without what to do, for a cell."""
    return f"{item.deal.owner} · {cause_words(view.language, item.causes[0]).why}"
