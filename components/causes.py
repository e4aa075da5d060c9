"""Root-cause analyses drawn: the list, and one of them with its evidence, owner, due day and outcome."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from components import address, format
from components.blocks import Row, Tone, badge, empty, plain, rows, section
from components.collaboration import fact_rows, mean_words, quarter_words
from components.draft_begin import draft_about, form_over
from components.draft_end import submit_draft
from components.forms import Marks
from components.frame import View
from components.text import t
from data.commands.cause_drafts import CONCLUSION, open_conclusion, save_conclusion, submit_conclusion
from data.queries.collaboration import Cause


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


def cause_block(one: Cause, people: Mapping[int, str], assign: Callable[..., Any], view: View) -> None:
    """One analysis in full.

    Args:
        people: who can look into it.
        assign: `assign(cause, owner, due_on)`.
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
            _assign(one, people, assign, view)
        with right:
            _conclude(one, view)
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


def _conclude(one: Cause, view: View) -> None:
    kept = draft_about(view, CONCLUSION, "root_cause", one.id, open_conclusion)
    with st.container(border=True):
        st.markdown(f"**{t('collaboration.conclude')}**")
        form = form_over(view, kept, save_conclusion, "conclude")
        for name in ("cause", "outcome"):
            hint = t(f"collaboration.{name}_hint")
            form.long_text(name, t(f"collaboration.{name}"), placeholder=hint)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                t("collaboration.close"),
                type="primary",
                key=f"{form.prefix}submit",
                on_click=submit_draft,
                args=(view, kept.id, submit_conclusion),
            )
            st.caption(t("demands.saved_as_draft"), width="content")
    form.finish()


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
