"""The industry's benchmarks: how long each stage should take, and changing that."""

import streamlit as st

from components.blocks import plain, section
from components.format import number
from components.forms import Marks
from components.frame import View
from components.text import t, term
from core.access import Permission, decide
from core.process.stages import MOST_BENCHMARK_DAYS
from data.commands.pipelines import set_benchmarks
from data.queries.health import BenchmarkLine, Benchmarks


def benchmarks(held: Benchmarks, view: View) -> None:
    """The benchmarks in force; a form for whoever may change them."""
    section(t("health.benchmarks"), icon=":material/straighten:")
    st.caption(t("health.benchmarks_note"))
    if decide(view.who, Permission.SET_BENCHMARKS).allowed:
        _form(held, view)
    else:
        _shown(held, view.language)
    if held.changed_at:
        by = held.changed_by or t("health.benchmarks_by_setup")
        st.caption(plain(t("health.benchmarks_changed", at=view.instant(held.changed_at), by=by)))


def _shown(held: Benchmarks, language: str) -> None:
    with st.grid(len(held.lines) or 1, min_column_width=150, gap="small"):
        for line in held.lines:
            st.metric(_label(line), number(line.days, language, 1))


def _form(held: Benchmarks, view: View) -> None:
    marks = Marks(view)
    with st.form("benchmarks"):
        with st.grid(len(held.lines) or 1, min_column_width=150, gap="small"):
            said = {line.stage: _field(line, marks) for line in held.lines}
        sent = st.form_submit_button(t("health.benchmarks_save"), icon=":material/save:")
    days = {stage: value for stage, value in said.items() if value is not None}
    if sent and marks.sent(lambda: view.do(set_benchmarks, days)):
        st.toast(t("health.benchmarks_saved"))
        st.rerun()


def _field(line: BenchmarkLine, marks: Marks) -> float | None:
    with marks.field(line.stage):
        value: float | None = st.number_input(
            _label(line),
            min_value=0.0,
            max_value=MOST_BENCHMARK_DAYS,
            value=line.days,
            step=0.1,
            format="%.1f",
            placeholder=t("health.benchmark_unknown"),
            key=f"benchmark-{line.stage}-{line.days}",
        )
    return value


def _label(line: BenchmarkLine) -> str:
    return t("health.benchmark_of", stage=term("stage", line.stage))
