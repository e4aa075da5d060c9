"""Where did the week's time go, what holds it up, and what is to be done?"""

import streamlit as st

from components import health as drawing
from components.benchmarks import benchmarks
from components.frame import page
from components.health_charts import stages, trend
from components.health_rows import behind, narrowed, table
from components.navigation import open_page
from components.rating import rating
from components.saved import saved
from components.text import t
from core.access import Permission
from data.queries.health import benchmark_table, health_report, health_rows, health_trend

with page("health.title", needs=Permission.SEE_HEALTH) as view, rating("process_health", view):
    saved("health", view)
    st.caption(t("health.question"))
    team, monday = drawing.choose(view)
    with st.container(key="health-report"):
        report = view.read(health_report, team, monday) if monday else None
        if report is None:
            drawing.not_issued(team, monday, view)
        else:
            weeks = view.read(health_trend, team, report.monday)
            drawing.verdict(report, view)
            drawing.figures(report, weeks, view.language)
            stages(report.health, view.language)
            table(report.health, view.language)
            trend(weeks, view.language)
            show, stage = narrowed(report.health)
            found = view.read(health_rows, team, report.monday)
            if customer := behind(found, show, stage, report, view):
                open_page("customer", customer=customer)
    benchmarks(view.read(benchmark_table), view)
