"""The records behind the evidence of a deviation, each one click away."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components import format
from components.board_words import stage_name
from components.folding import folded
from components.frame import View
from components.navigation import open_page
from components.tables import clickable, instant_column
from components.text import listed, t, term
from data.queries.attribution import Deviation
from data.queries.attribution_records import Record, by_record


def records(item: Deviation, view: View) -> None:
    """What the evidence counts, folded; a click opens the record where it has a page, else the customer."""
    shown = by_record(item.behind)
    if not shown:
        return
    label, key = t("attribution.records", n=len(shown)), f"records-{item.line.opportunity}"
    with folded(label, key, icon=":material/table_rows:") as is_open:
        if is_open:
            _table(shown, item, view)


def _table(shown: Sequence[Sequence[Record]], item: Deviation, view: View) -> None:
    column, language, zone = st.column_config, view.language, view.who.timezone
    chosen = clickable(
        {
            "why": [listed(t(f"attribution.record.{record.code}") for record in same) for same in shown],
            "what": [_what(same[0]) for same in shown],
            "at": [same[0].at for same in shown],
            "entered": [same[0].recorded_at for same in shown],
            "more": [listed(filter(None, (_more(record, language) for record in same))) for same in shown],
        },
        range(len(shown)),
        f"attribution-records-{item.line.opportunity}",
        config={
            "why": column.TextColumn(t("attribution.record_why"), pinned=True),
            "what": column.TextColumn(t("attribution.record_what")),
            "at": instant_column(t("attribution.record_at"), language, zone),
            "entered": instant_column(t("attribution.record_entered"), language, zone),
            "more": column.TextColumn(t("attribution.record_more")),
        },
        alt=t("attribution.records", n=len(shown)),
    )
    if chosen is not None:
        _open(shown[chosen][0], item)


def _what(record: Record) -> str:
    if record.code == "signs":
        return term("stage", record.what)
    if record.code == "demands":
        return t("attribution.record_demand", urgency=record.what)
    return stage_name(record.what) if record.what else t("attribution.record_close")


def _more(record: Record, language: str) -> str:
    if record.moved:
        return " → ".join(format.day(day, language) for day in record.moved)
    return listed(t(f"plausibility.{kind}.name") for kind in record.signs)


def _open(record: Record, item: Deviation) -> None:
    if record.code == "demands" and record.of is not None:
        open_page("demands", demand=record.of)
    if item.names.customer_id:
        about: dict[str, Any] = {"action": record.of} if record.of is not None else {}
        open_page("customer", customer=item.names.customer_id, **about)
