"""Promises that wait for one plan: until when each holds, and which of them a chosen day breaks."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from components import format
from components.blocks import plain
from components.frame import View
from components.text import listed, t
from core.promises.acceptance import Fulfilment
from core.promises.consistency import READY
from data.queries.promise_board import BoardRow
from data.queries.promises import PromiseRow

OnPlan = Sequence[tuple[BoardRow, Sequence[str]]]


def to_keep(found: OnPlan) -> list[PromiseRow]:
    """The promises whose day is to come and that wait for the plan, by that day."""
    ahead = [row.promise for row, _ in found if row.promise.fulfilment is Fulfilment.OPEN]
    promises = [promise for promise in ahead if promise.state.code != READY]
    return sorted(promises, key=lambda promise: (promise.promised_on, promise.id))


def beside(promise: PromiseRow, found: OnPlan, chosen: str | None, view: View) -> None:
    """Which other promises hang on a promise's plan, before it is moved."""
    others = [one for one in to_keep(found) if one.id != promise.id]
    if others:
        st.markdown(t("promises.same_plan", n=len(others)))
        no_later(others, chosen, view)


def no_later(promises: Sequence[PromiseRow], chosen: str | None, view: View) -> None:
    """Until which day each promise holds, and which of them the chosen day breaks.

    Args:
        chosen: the day as the form keeps it, YYYY-MM-DD.
    """
    for promise in promises:
        on = format.day(promise.promised_on, view.language)
        st.caption(plain(t("promises.no_later", customer=promise.customer, on=on)))
    with st.container(key="plan-breaks"):  # always there, as the reason below it is
        day = date.fromisoformat(chosen) if chosen else None
        if day and (broken := [one.customer for one in promises if day > one.promised_on]):
            words = {"on": format.day(day, view.language), "customers": listed(dict.fromkeys(broken))}
            st.warning(plain(t("promises.breaks", n=len(broken), **words)), icon=":material/warning:")
