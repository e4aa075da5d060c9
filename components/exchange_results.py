"""What became, or would become, of a file's rows: preview, problems, the import and its undo."""

from collections.abc import Sequence
from datetime import datetime, time
from functools import partial

import streamlit as st

from components.blocks import Card, Row, cards, empty, plain, rows, section
from components.exchange_upload import (
    CHECKED,
    DONE,
    FILE,
    HELD,
    KIND,
    MIME,
    Upload,
    field_label,
    kind_label,
    say_why,
)
from components.format import number
from components.frame import View
from components.text import listed, say, t
from core.exchange.full_names import other_kind
from core.exchange.kinds import KINDS
from core.exchange.mapping import FileMapping
from core.exchange.rows import Rejection
from core.messages import AppError, Invalid
from data.commands.exchange import import_table, undo_import
from data.exchange.report import reasons_by_field, rejected_file
from data.exchange.results import ImportResult
from data.queries.exchange import PastImport, dry_run

_AT_ONCE = 5_000  # rows up to which a file is checked by itself; above, on demand
_SHOWN_ROWS, _SHOWN_PROBLEMS, _SHOWN_LINES = 5, 500, 20
_AT_SIGHT, _TALL = 8, 420  # rejected rows that stand there whole; pixels in which more of them scroll


def preview(view: View, upload: Upload, mapping: FileMapping) -> ImportResult | None:
    """The first rows, and what an import would do with each; None until that is known."""
    section(t("exchange.preview"), icon=":material/preview:")
    head = [
        dict.fromkeys(upload.table.headers, "")  # a row may end before its last columns
        | dict(zip(upload.table.headers, map(_shown, row.cells), strict=False))
        for row in upload.table.rows[:_SHOWN_ROWS]
    ]
    if head:
        st.dataframe(head, hide_index=True, width="stretch")
    key = (upload.key, repr(mapping))
    kept = st.session_state.get(CHECKED)
    if kept and kept[0] == key:
        result: ImportResult = kept[1]
    elif len(upload.table.rows) <= _AT_ONCE or st.button(t("exchange.check"), icon=":material/fact_check:"):
        try:
            with st.spinner(t("exchange.checking")):
                result = view.do(dry_run, upload.kind.name, upload.name, upload.table, mapping)
        except Invalid as error:
            say_why(error, upload.kind)
            if likely := other_kind(upload.kind, upload.table.headers):
                st.info(t("exchange.other_kind", kind=kind_label(likely)), icon=":material/lightbulb:")
            return None
        st.session_state[CHECKED] = (key, result)
    else:
        return None
    show_counts(view, result, t("exchange.would"))
    show_rejected(view, upload, result.rejected, "exchange-would-reject")
    return result


def _shown(cell: object) -> str:
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date().isoformat()  # a workbook's days are instants at midnight
    return "" if cell is None else str(cell)


def show_counts(view: View, result: ImportResult, title: str) -> None:
    """What became, or would become, of the rows."""
    st.markdown(f"**{title}**")
    counts = {
        "accepted": result.accepted,
        "updated": result.updated,
        "duplicates": result.duplicates,
        "rejected": len(result.rejected),
    }
    cards(Card(t(f"exchange.{name}"), number(n, view.language)) for name, n in counts.items())
    if alone := result.without_customer:
        said = t("exchange.without_customer", n=len(alone), lines=_lines(alone))
        st.warning(said, icon=":material/domain_disabled:")
    if same := result.namesakes:
        said = t("exchange.namesakes", n=len(same), lines=_lines(same))
        st.warning(said, icon=":material/content_copy:")
    if left := result.owner_out:
        said = t("exchange.owner_out", n=len(left), lines=_lines(left))
        st.warning(said, icon=":material/person_off:")
    if early := result.closes_early:
        said = t("exchange.closes_early", n=len(early), lines=_lines(early))
        st.warning(said, icon=":material/event_busy:")
    if reps := result.role_unsaid:
        said = t("exchange.role_unsaid", n=len(reps), lines=_lines(reps), column=field_label("role"))
        st.warning(said, icon=":material/badge:")
    if unsaid := result.since_unsaid:
        column = field_label("stage_since")
        said = t("exchange.since_unsaid", n=len(unsaid), lines=_lines(unsaid), column=column)
        st.info(said, icon=":material/hourglass_empty:")


def _lines(numbers: Sequence[int]) -> str:
    """The first lines of many."""
    return listed(map(str, numbers[:_SHOWN_LINES])) + (" …" if len(numbers) > _SHOWN_LINES else "")


def show_rejected(view: View, upload: Upload, rejected: Sequence[Rejection], key: str) -> None:
    """Every problem with its line, and the rejected rows as a file to correct, by a button with `key`."""
    if not rejected:
        return
    line, reason = t("exchange.line"), t("exchange.reason")
    zone, label, shown = view.who.timezone, partial(field_label, kind=upload.kind), rejected[:_SHOWN_PROBLEMS]
    told = [f"|{r.line}|{plain(reasons_by_field(r, view.language, zone, label))}|" for r in shown]
    with st.container(height=_TALL if len(shown) > _AT_SIGHT else "content", border=False):
        st.markdown("\n".join([f"|{line}|{reason}|", "|-|-|", *told]))  # whose cells wrap
    if len(rejected) > _SHOWN_PROBLEMS:
        st.caption(t("exchange.more_problems", n=len(rejected) - _SHOWN_PROBLEMS))
    # the file is made when it is asked for, by who knows no reader's language
    names = {field: label(field) for field in {p.field for r in rejected for p in r.problems if p.field}}
    st.download_button(
        t("exchange.download_rejected"),
        lambda: rejected_file(upload.table, rejected, view.language, (line, reason), zone, names.__getitem__),
        file_name="rejected.csv",
        mime=MIME["csv"],
        icon=":material/download:",
        on_click="ignore",
        key=key,
    )


def import_button(view: View, upload: Upload, mapping: FileMapping, result: ImportResult) -> None:
    """Import the rows that can be imported; says first what is left out."""
    useful = result.accepted + result.updated
    idle = "exchange.none_fit" if result.rejected and not result.duplicates else "exchange.nothing_new"
    label = t("exchange.import", n=useful) if useful else t(idle)
    if not st.button(label, type="primary", icon=":material/upload:", disabled=not useful):
        return
    with st.spinner(t("exchange.importing")):
        done = view.do(import_table, upload.kind.name, upload.name, upload.table, mapping, result.seen)
    st.session_state[DONE] = (upload, done)
    st.session_state["exchange-turn"] += 1
    for key in (FILE, HELD, CHECKED):
        st.session_state.pop(key, None)
    st.rerun()


def last_result(view: View) -> None:
    """What the import just made did, with its undo."""
    with st.container():  # always there: what is open below stays open
        if DONE in st.session_state:
            _result(view, *st.session_state[DONE])


def _result(view: View, upload: Upload, done: ImportResult) -> None:
    with st.container(border=True):
        show_counts(view, done, plain(t("exchange.done", name=upload.name)))
        show_rejected(view, upload, done.rejected, "exchange-rejected")
        undo = t("exchange.undo")
        if done.batch_id is not None and st.button(undo, icon=":material/undo:", key="exchange-undo-last"):
            _undo(view, done.batch_id)
        _further(upload, f"exchange-next-{done.batch_id}")


def _further(upload: Upload, key: str) -> None:
    """The same file once more, for what else is in it: first what builds on the kind just imported."""
    labels = {name: kind_label(name) for name in KINDS}
    following = (list(labels).index(upload.kind.name) + 1) % len(labels)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            t("exchange.further"),
            list(labels),
            index=following,
            format_func=labels.__getitem__,
            key=key,
            width=260,
        )
        st.button(
            t("exchange.go_on"),
            icon=":material/forward:",
            key="exchange-go-on",
            on_click=_take_up,
            args=(upload, key),
        )


def _take_up(upload: Upload, key: str) -> None:
    st.session_state[KIND] = st.session_state[key]
    st.session_state[HELD] = (upload.name, upload.content)


def past(view: View, batches: Sequence[PastImport]) -> None:
    """Imports so far, each with its undo."""
    section(t("exchange.past"), icon=":material/history:")
    if not batches:
        empty(t("exchange.none_yet"), t("exchange.none_yet_hint"))
        return
    with st.container():  # always there: the rows keep their place
        refusal = st.empty()
    if pressed := rows([_past_row(view, b) for b in batches], "past-imports"):
        with refusal:
            _undo(view, int(pressed))


def _past_row(view: View, batch: PastImport) -> Row:
    names = ("accepted", "updated", "duplicates", "rejected")
    counts = {k: number(getattr(batch, k), view.language) for k in names}
    detail = t(
        "exchange.past_detail",
        kind=kind_label(batch.kind),
        at=view.instant(batch.at),
        by=batch.by or t("exchange.command_line"),
        **counts,
    )
    undone = batch.undone_at is not None
    return Row(
        str(batch.id),
        batch.filename,
        detail,
        mark=t("exchange.undone") if undone else "",
        action="" if undone else t("exchange.undo"),
        at_once=True,
    )


def _undo(view: View, batch_id: int) -> None:
    try:
        view.do(undo_import, batch_id)
    except AppError as error:
        st.error(say(error), icon=":material/block:")
        return
    for key in (DONE, CHECKED):  # a file in hand may name what was just taken back
        st.session_state.pop(key, None)
    st.toast(t("exchange.was_undone"))
    st.rerun()
