"""The parts of the exchange page: a file becomes a mapping, a preview, an import that can be undone."""

import hashlib
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from zoneinfo import available_timezones

import streamlit as st

from components.blocks import Card, Row, Tone, cards, empty, plain, rows, section
from components.format import number
from components.frame import View
from components.text import explain, language, say, t, term
from core.exchange.kinds import KINDS, Column, Kind, with_own
from core.exchange.mapping import FileMapping, PipelineSpec, from_document, match, recognise
from core.exchange.rows import Rejection
from core.exchange.tables import Table
from core.fields import Field
from core.messages import AppError, Invalid
from data.commands.exchange import ImportResult, export_file, import_table, undo_import
from data.exchange.exporting import template
from data.exchange.importing import with_words
from data.exchange.reading import MAX_MB, SUFFIXES, read_table
from data.exchange.report import reasons, rejected_file
from data.exchange.suggest import nearest, suggest_columns, unknown_words
from data.queries.exchange import PastImport, dry_run
from data.text import has

_AT_ONCE = 5_000  # rows up to which a file is checked by itself; above, on demand
_SHOWN_ROWS, _SHOWN_PROBLEMS, _SHOWN_UNREAD = 5, 500, 20
_MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_ORDERS = (None, "day first", "month first")
_WITH_PIPELINE = ("opportunities", "stage_changes")
_FILE, _DONE, _CHECKED = "exchange-file", "exchange-done", "exchange-checked"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was read; `key` is the same for the same bytes and kind."""

    kind: Kind
    name: str
    key: str
    table: Table


def kind_label(name: str) -> str:
    """A kind's name in the reader's language."""
    return t(f"exchange.kind.{name}")


def _kind_box(key: str) -> str:
    labels = {name: kind_label(name) for name in KINDS}
    return st.selectbox(t("exchange.what"), list(labels), format_func=labels.__getitem__, key=key, index=1)


def choose_file(own: Sequence[Field], types: Sequence[str] = ()) -> Upload | None:
    """Kind and file; the file as a table once it is there, or why it cannot be read.

    Args:
        own: the company's own fields; types: its action types; files may hold them.
    """
    kind = with_own(KINDS[_kind_box("exchange-kind")], own, types)
    types = [s.removeprefix(".") for s in SUFFIXES]
    turn = st.session_state.setdefault("exchange-turn", 0)
    file = st.file_uploader(t("exchange.file", limit=MAX_MB), type=types, key=f"exchange-upload-{turn}")
    _template_button(kind.name, own)
    if file is None:
        return None
    content = file.getvalue()
    known = " ".join(c.name for c in kind.columns)
    key = hashlib.sha256(f"{kind.name} {known}".encode() + content).hexdigest()[:12]
    kept = st.session_state.get(_FILE)
    if kept is None or kept.key != key:
        try:
            kept = Upload(kind, file.name, key, read_table(file.name, content, kind.name))
        except Invalid as error:
            _say_why(error)
            return None
        st.session_state[_FILE] = kept
        st.session_state.pop(_DONE, None)
    found: Upload = kept
    return found


def _template_button(kind: str, own: Sequence[Field]) -> None:
    with st.container(horizontal=True):
        for form in _MIME:
            st.download_button(
                t("exchange.template", form=form.upper()),
                partial(template, kind, form, own),
                file_name=f"{kind}.{form}",
                mime=_MIME[form],
                type="tertiary",
                icon=":material/description:",
                on_click="ignore",
                key=f"exchange-template-{form}",
            )


def mapping_form(view: View, upload: Upload) -> FileMapping:
    """What the file's columns and words mean; guesses are offered, the person decides."""
    section(t("exchange.columns"), icon=":material/view_column:")
    table = upload.table
    st.caption(
        plain(
            t(
                "exchange.read_as",
                name=upload.name,
                rows=number(len(table.rows), view.language),
                how=table.how,
            )
        )
    )
    base = _mapping_file(upload)
    mapping = replace(base, columns=_columns(upload, base))
    _unread(upload, mapping)
    mapping = _formats(view, upload, mapping)
    return with_words(replace(mapping, values=_values(upload, with_words(mapping))))


def _mapping_file(upload: Upload) -> FileMapping:
    file = st.session_state.get(f"mapping-{upload.key}")
    if file is None:
        return FileMapping()
    try:
        return from_document(tomllib.loads(file.getvalue().decode("utf-8-sig")), upload.kind)
    except Invalid as error:
        _say_why(error)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        st.error(plain(t("problems.mapping_unreadable", value=str(error))))
    return FileMapping()


def _columns(upload: Upload, base: FileMapping) -> dict[str, str]:
    kind, headers = upload.kind, list(dict.fromkeys(h for h in upload.table.headers if h))
    certain = {field: upload.table.headers[n] for field, n in recognise(kind, upload.table.headers).items()}
    guessed = suggest_columns(kind, upload.table.headers)
    chosen = guessed | certain | dict(base.columns)
    first = [c for c in kind.columns if c.name in chosen or any(c.name in group for group in kind.needed)]
    others = [c for c in kind.columns if c not in first]
    with st.grid(4, min_column_width=200):
        said = {c.name: _column(upload, c, headers, chosen.get(c.name), c.name in guessed) for c in first}
    if others:
        with st.expander(t("exchange.more_fields", n=len(others))), st.grid(4, min_column_width=200):
            said |= {c.name: _column(upload, c, headers, None, False) for c in others}
    return said


def _unread(upload: Upload, mapping: FileMapping) -> None:
    """Which of the file's columns are left out: nothing gets lost unsaid."""
    read = {header for header in mapping.columns.values() if header}
    left = [h for h in dict.fromkeys(upload.table.headers) if h and h not in read]
    with st.container(key="exchange-unread"):
        if left:
            st.caption(plain(t("exchange.unread", n=len(left), names=", ".join(left[:_SHOWN_UNREAD]))))


def _column(upload: Upload, column: Column, headers: list[str], chosen: str | None, guessed: bool) -> str:
    label = field_label(column.name, upload.kind) + (" *" if (column.name,) in upload.kind.needed else "")
    found = st.selectbox(
        label,
        headers,
        index=headers.index(chosen) if chosen in headers else None,
        placeholder=t("exchange.not_in_file"),
        help=t("exchange.guessed") if guessed else None,
        key=f"column-{upload.key}-{column.name}-{st.session_state.get(f'mapping-{upload.key}') is not None}",
    )
    return found or ""


def field_label(name: str, kind: Kind | None = None) -> str:
    """A field's name in the reader's language; the company's own fields are named by their kind's columns."""
    column = kind.column(name) if kind else None
    if column is not None and column.names:
        return column.names.get(language()) or name
    key = f"exchange.field.{name}"
    return t(key) if has("en", key) else t(f"fields.{name}")


def _formats(view: View, upload: Upload, mapping: FileMapping) -> FileMapping:
    """Pipeline, time zone, order of dates, currency."""
    formats = mapping.formats
    if upload.kind.name in _WITH_PIPELINE:
        given = mapping.pipeline.name if mapping.pipeline else ""
        key = f"pipeline-{upload.key}-{given}"
        name = st.text_input(t("exchange.pipeline"), given, help=t("exchange.pipeline_help"), key=key)
        if name and name != given:
            mapping = replace(mapping, pipeline=PipelineSpec(name, name))
    with st.expander(t("exchange.formats")):
        zones = sorted(available_timezones())
        here = (
            view.who.timezone if formats.time_zone == FileMapping().formats.time_zone else formats.time_zone
        )
        zone = st.selectbox(t("exchange.time_zone"), zones, index=zones.index(here), key=f"zone-{upload.key}")
        orders = {o: t(f"exchange.order.{(o or 'clear').replace(' ', '_')}") for o in _ORDERS}
        order = st.selectbox(
            t("exchange.dates"),
            list(orders),
            index=list(orders).index(formats.dates),
            format_func=orders.__getitem__,
            key=f"dates-{upload.key}",
        )
        st.file_uploader(t("exchange.mapping_file"), type=["toml"], key=f"mapping-{upload.key}")
    return replace(mapping, formats=replace(formats, time_zone=zone, dates=order))


def _values(upload: Upload, mapping: FileMapping) -> dict[str, dict[str, str]]:
    """For words that mean none of a field's choices: which they mean."""
    values = {field: dict(words) for field, words in mapping.values.items()}
    try:
        places = match(upload.kind, upload.table.headers, mapping)
    except Invalid:
        return values
    unknown = unknown_words(upload.kind, upload.table, places, mapping)
    if unknown:
        section(t("exchange.words"), icon=":material/translate:")
    for field, found in unknown.items():
        column = next(c for c in upload.kind.columns if c.name == field)
        labels = {c: _choice_label(column, c) for c in column.choices}
        for word in found:
            guess = nearest(word, labels)
            meant = st.selectbox(
                plain(t("exchange.word_means", field=field_label(field, upload.kind), word=word)),
                list(labels),
                index=list(labels).index(guess) if guess else None,
                format_func=labels.__getitem__,
                placeholder=t("exchange.word_unknown"),
                key=f"word-{upload.key}-{field}-{word}",
            )
            if meant:
                values.setdefault(field, {})[word] = meant
    return values


def _choice_label(column: Column, choice: str) -> str:
    own = (column.choice_names or {}).get(choice)
    return own.get(language(), choice) if own else term(column.area, choice)


def preview(view: View, upload: Upload, mapping: FileMapping) -> ImportResult | None:
    """The first rows, and what an import would do with each; None until that is known."""
    section(t("exchange.preview"), icon=":material/preview:")
    head = [
        dict(zip(upload.table.headers, map(_shown, row.cells), strict=False))
        for row in upload.table.rows[:_SHOWN_ROWS]
    ]
    st.dataframe(head, hide_index=True, width="stretch")
    key = (upload.key, repr(mapping))
    kept = st.session_state.get(_CHECKED)
    if kept and kept[0] == key:
        result: ImportResult = kept[1]
    elif len(upload.table.rows) <= _AT_ONCE or st.button(t("exchange.check"), icon=":material/fact_check:"):
        try:
            with st.spinner(t("exchange.checking")):
                result = view.do(dry_run, upload.kind.name, upload.name, upload.table, mapping)
        except Invalid as error:
            _say_why(error)
            return None
        st.session_state[_CHECKED] = (key, result)
    else:
        return None
    show_counts(view, result, t("exchange.would"))
    show_rejected(view, upload, result.rejected)
    return result


def _shown(cell: object) -> str:
    return "" if cell is None else str(cell)


def show_counts(view: View, result: ImportResult, title: str) -> None:
    """What became, or would become, of the rows."""
    st.markdown(f"**{title}**")
    counts = {
        "accepted": (result.accepted, Tone.GREEN),
        "updated": (result.updated, Tone.BLUE),
        "duplicates": (result.duplicates, Tone.QUIET),
        "rejected": (len(result.rejected), Tone.RED),
    }
    cards(Card(t(f"exchange.{name}"), number(n, view.language)) for name, (n, _) in counts.items())


def show_rejected(view: View, upload: Upload, rejected: Sequence[Rejection]) -> None:
    """Every problem with its line, and the rejected rows as a file to correct."""
    if not rejected:
        return
    line, reason = t("exchange.line"), t("exchange.reason")
    zone, label = view.who.timezone, partial(field_label, kind=upload.kind)
    problems = [
        {
            line: r.line,
            t("exchange.field_heading"): field_names(r, label),
            reason: reasons(r, view.language, zone, label),
        }
        for r in rejected[:_SHOWN_PROBLEMS]
    ]
    st.dataframe(problems, hide_index=True, width="stretch")
    if len(rejected) > _SHOWN_PROBLEMS:
        st.caption(t("exchange.more_problems", n=len(rejected) - _SHOWN_PROBLEMS))
    st.download_button(
        t("exchange.download_rejected"),
        lambda: rejected_file(upload.table, rejected, view.language, (line, reason)),
        file_name="rejected.csv",
        mime=_MIME["csv"],
        icon=":material/download:",
        on_click="ignore",
    )


def field_names(rejection: Rejection, label: Callable[[str], str] = field_label) -> str:
    """The fields that a rejection is about, in the reader's language."""
    names = dict.fromkeys(p.field for p in rejection.problems if p.field)
    return ", ".join(label(n) for n in names)


def import_button(view: View, upload: Upload, mapping: FileMapping, result: ImportResult) -> None:
    """Import the rows that can be imported; says first what is left out."""
    useful = result.accepted + result.updated
    label = t("exchange.import", n=useful) if useful else t("exchange.nothing_new")
    if not st.button(label, type="primary", icon=":material/upload:", disabled=not useful):
        return
    with st.spinner(t("exchange.importing")):
        done = view.do(import_table, upload.kind.name, upload.name, upload.table, mapping)
    st.session_state[_DONE] = (upload, done)
    st.session_state["exchange-turn"] += 1
    for key in (_FILE, _CHECKED):
        st.session_state.pop(key, None)
    st.rerun()


def last_result(view: View) -> None:
    """What the import just made did, with its undo."""
    if _DONE not in st.session_state:
        return
    upload, done = st.session_state[_DONE]
    with st.container(border=True):
        show_counts(view, done, plain(t("exchange.done", name=upload.name)))
        show_rejected(view, upload, done.rejected)
        if st.button(t("exchange.undo"), icon=":material/undo:", key="exchange-undo-last"):
            _undo(view, done.batch_id)


def past(view: View, batches: Sequence[PastImport]) -> None:
    """Imports so far, each with its undo."""
    section(t("exchange.past"), icon=":material/history:")
    if not batches:
        empty(t("exchange.none_yet"), t("exchange.none_yet_hint"))
        return
    if pressed := rows([_past_row(view, b) for b in batches], "past-imports"):
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
        icon=":material/undo:",
    )


def _undo(view: View, batch_id: int) -> None:
    try:
        view.do(undo_import, batch_id)
    except AppError as error:
        st.error(say(error), icon=":material/block:")
        return
    st.session_state.pop(_DONE, None)
    st.toast(t("exchange.was_undone"))
    st.rerun()


def export_form(view: View) -> None:
    """Kind and format, and the file."""
    st.caption(t("exchange.export_hint"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = _kind_box("export-kind")
        form = st.segmented_control(
            t("exchange.form"),
            list(_MIME),
            default="xlsx",
            format_func=str.upper,
            key="export-form",
            required=True,
        )
    st.download_button(
        t("exchange.export"),
        lambda: view.do(export_file, kind, form)[0],
        file_name=f"{kind}.{form}",
        mime=_MIME[form],
        type="primary",
        icon=":material/download:",
        on_click="ignore",
    )


def _say_why(error: Invalid) -> None:
    for problem in error.problems:
        name = field_label(problem.field) if problem.field not in ("", "file", "mapping", "kind") else ""
        st.error(plain(f"{name}: {explain(problem)}" if name else explain(problem)), icon=":material/error:")
