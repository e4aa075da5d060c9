"""The weekly health report's tables: figures by stage, and the rows behind every number."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from components import address
from components.blocks import empty, section
from components.frame import View
from components.scrolling import arrive, lead_to
from components.tables import (
    cell_clicked,
    clickable,
    day_column,
    days_column,
    name_column,
    rate_column,
    shares,
)
from components.text import pair, t, term
from core.process.health import SHOWS, Rows, WeeklyHealth
from core.process.health import behind as rows_behind
from data.health_sheets import IN_SHORT, Column, Sheet, chosen, row_sheet, stage_sheet
from data.health_words import number
from data.queries.health import Issued

COUNTED_BY = {  # the rows that a measure, or a column of the stages, counts
    "late": "late",
    "late_rate": "late",
    "lost": "late",
    "skips": "passed",
    "skip_rate": "passed",
    "repeats": "visit",
    "repeat_rate": "visit",
    "completion": "step",
}
_MEANS = {  # the measure of which a column of the stages is
    "lost": "lost",
    "late_rate": "late",
    "skip_rate": "skips",
    "repeat_rate": "repeats",
    "completion": "completion",
}
_WIDTHS = {  # pixels
    "customer": 95, "opportunity": 120, "days": 50, "lost": 70, "is_late": 45, "started": 60, "ended_at": 60,
    "visits_there": 65, "waits": 95,
}  # fmt: skip
_RATE_WIDTH = 100  # pixels
_BEHIND = "health_behind"


def open_rows(stage: str | None, show: str | None) -> None:
    """Narrow the rows behind to what was clicked, and bring them into view."""
    address.write(stage=stage, show=show)
    lead_to(_BEHIND)


def table(health: WeeklyHealth, language: str) -> None:
    """All figures by stage; a click on a number goes to the rows that it counts."""
    section(t("health.table"), help=t("health.table_help"))
    sheet = chosen(stage_sheet(language, health), IN_SHORT)
    keys = [s.stage for s in health.stages]
    drawn = _columns(sheet)
    config = _config(sheet, language, "UTC")
    for name, measure in _MEANS.items():
        config[name] = config[name] | {"help": t(f"health.measure_help.{measure}")}
    if cell := cell_clicked(drawn, keys, "health-stages", config=config, alt=t("health.table")):
        stage, column = cell
        open_rows(stage, COUNTED_BY.get(column))


def narrowed(health: WeeklyHealth) -> tuple[str, str | None]:
    """Which rows are shown behind the numbers, and of which stage; chosen by clicks or here."""
    with st.container(key=_BEHIND):
        section(t("health.behind"), help=t("health.behind_help"))
        arrive(_BEHIND)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        show = address.choose(
            st.segmented_control,
            t("health.behind"),
            "show",
            {s: t(f"health.show.{s}") for s in SHOWS},
            SHOWS[0],
            required=True,
            label_visibility="collapsed",
        )
        stage = address.read("stage", {s.stage for s in health.stages}, "")
        if stage and st.button(term("stage", stage), icon=":material/close:", help=t("health.show_all")):
            address.write(stage=None)
            stage = ""
    return show, stage or None


def behind(found: Rows, show: str, stage: str | None, report: Issued, view: View) -> int | None:
    """The rows behind a number, and what they add up to; returns the customer that was chosen."""
    kept = rows_behind(found, show, stage)
    lines = kept.stays or kept.marks
    if not lines:
        empty(t("health.no_rows"), icon=":material/table_rows:")
        return None
    st.caption(_counted(kept, show, view.language))
    sheet = row_sheet(view.language, show, kept)
    picked = clickable(
        _columns(sheet),
        [line.about.customer_id or 0 for line in lines],
        f"health-{show}",
        config=_config(sheet, view.language, report.timezone),
        alt=sheet.title,
    )
    return picked or None


def _counted(kept: Rows, show: str, language: str) -> str:
    if show in ("stays", "late"):
        lost = number(language, sum(s.lost_days for s in kept.stays), 1)
        return t("health.counted", n=len(kept.stays), days=lost)
    yes = sum(m.yes for m in kept.marks)
    return pair(t(f"health.col.yes_{show}"), t("health.counted_yes", yes=yes, n=len(kept.marks)))


def _columns(sheet: Sheet) -> dict[str, Sequence[Any]]:
    """Values by column; one team is not said in every row, the page's head says it."""
    return {
        c.name: (shares if c.kind == "rate" else list)([row[n] for row in sheet.rows])
        for n, c in enumerate(sheet.columns)
        if c.name != "team" or len({row[n] for row in sheet.rows}) > 1
    }


def _config(sheet: Sheet, language: str, timezone: str) -> dict[str, Any]:
    first, *others = sheet.columns
    drawn = {c.name: _drawn(c, language, timezone) for c in others}
    drawn[first.name] = name_column(first.title, pinned=True)
    return {n: column | {"width": _WIDTHS[n]} if n in _WIDTHS else column for n, column in drawn.items()}


def _drawn(column: Column, language: str, timezone: str) -> Any:
    if column.kind == "instant":
        return day_column(column.title, language, timezone, short=True)
    if column.kind == "rate":
        return rate_column(column.title, width=_RATE_WIDTH)
    return _KINDS[column.kind](column.title)


_KINDS: dict[str, Callable[[str], Any]] = {
    "text": st.column_config.TextColumn,
    "count": st.column_config.NumberColumn,
    "days": days_column,
    "yes": st.column_config.CheckboxColumn,
}
