"""Root-cause analyses drawn: the list, and one of them with its evidence, owner, due day and outcome."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from components import address, format
from components.blocks import Row, Tone, badge, empty, plain, rows, section
from components.collaboration import fact_rows, mean_words, quarter_words
from components.forms import Marks
from components.frame import View
from components.text import t
from data.queries.collaboration import Cause

Does = Mapping[str, Callable[..., Any]]


def causes_block(found: Sequence[Cause], view: View) -> None:
    """All analyses within reach; a button opens one."""
    section(t("collaboration.causes"), icon=":material/troubleshoot:")
    if not found:
        empty(t("collaboration.no_causes"), t("collaboration.no_causes_hint"), icon=":material/troubleshoot:")
        return
    lines = [
        Row(str(one.id), _title(one), f"{_line(one, view.language)} · {_who(one, view.language)}",
            mark=t(f"collaboration.state_{_state(one)}"), tone=_TONES[_state(one)],
            action=t("collaboration.look"))
        for one in found
    ]  # fmt: skip
    if pressed := rows(lines, "causes"):
        address.write(cause=int(pressed), figure=None)
        st.rerun()


_TONES = {"open": Tone.AMBER, "overdue": Tone.RED, "closed": Tone.GREEN}


def _state(one: Cause) -> str:
    if one.closed_at is not None:
        return "closed"
    return "overdue" if one.overdue else "open"


def _title(one: Cause) -> str:
    return f"{one.figure.name} · {t(f'collaboration.of.{one.figure.measure}')}"


def _line(one: Cause, language: str) -> str:
    value = format.percent(one.figure.value, language)
    mean = mean_words(one.figure, language)
    return t("collaboration.cause_line", value=value, mean=mean, quarter=quarter_words(one.quarter))


def _who(one: Cause, language: str) -> str:
    if one.owner is None or one.due_on is None:
        return t("collaboration.nobody")
    return t("collaboration.due_line", owner=one.owner, on=format.day(one.due_on, language))


def cause_block(one: Cause, people: Mapping[int, str], does: Does, view: View) -> None:
    """One analysis in full.

    Args:
        people: who can look into it.
        does: `assign(cause, owner, due_on)`, `close(cause, cause, outcome)`.
    """
    if st.button(t("collaboration.to_report"), type="tertiary", icon=":material/arrow_back:"):
        address.write(cause=None)
        st.rerun()
    st.header(plain(_title(one)), anchor=False)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        badge(t(f"collaboration.state_{_state(one)}"), _TONES[_state(one)])
        st.markdown(f"**{plain(_line(one, view.language))}**", width="content")
    st.caption(plain(_who(one, view.language)))
    if one.closed_at is None:
        left, right = st.columns(2, gap="large")
        with left:
            _assign(one, people, does["assign"], view)
        with right:
            _conclude(one, does["close"], view)
    else:
        _concluded(one, view)
    section(t("collaboration.evidence"), icon=":material/list:")
    fact_rows(one.rows, f"evidence-{one.id}", view)


def _assign(one: Cause, people: Mapping[int, str], assign: Callable[..., Any], view: View) -> None:
    with st.form(f"assign-{one.id}"):
        marks = Marks(view)
        st.markdown(f"**{t('collaboration.assign')}**")
        names: dict[int | None, str] = {i: name for i, name in people.items()}
        options = list(names)
        with marks.field("owner"):
            owner = st.selectbox(
                t("collaboration.owner"),
                options,
                index=options.index(one.owner_id) if one.owner_id in options else None,
                format_func=names.__getitem__,
                placeholder=t("demands.choose"),
            )
        with marks.field("due_on"):
            due_on = st.date_input(t("collaboration.due_on"), value=one.due_on, format="YYYY-MM-DD")
        sent = st.form_submit_button(t("collaboration.assign_it"))
    if sent and marks.sent(partial(assign, one.id, owner, due_on)):
        st.toast(t("collaboration.assigned"))
        st.rerun()


def _conclude(one: Cause, close: Callable[..., Any], view: View) -> None:
    with st.form(f"conclude-{one.id}"):
        marks = Marks(view)
        st.markdown(f"**{t('collaboration.conclude')}**")
        with marks.field("cause"):
            cause = st.text_area(
                t("collaboration.cause"), placeholder=t("collaboration.cause_hint"), height=90
            )
        with marks.field("outcome"):
            outcome = st.text_area(
                t("collaboration.outcome"), placeholder=t("collaboration.outcome_hint"), height=90
            )
        sent = st.form_submit_button(t("collaboration.close"), type="primary")
    if sent and marks.sent(partial(close, one.id, cause or "", outcome or "")):
        st.rerun()


def _concluded(one: Cause, view: View) -> None:
    with st.container(border=True, gap="xsmall"):
        st.caption(
            t(
                "collaboration.closed",
                at=view.instant(one.closed_at),
                by=plain(one.closed_by or t("audit.operator")),
            )
        )
        for name, said in (("cause", one.cause), ("outcome", one.outcome)):
            st.markdown(f":gray[{t(f'collaboration.{name}')}]")
            st.text(said)
