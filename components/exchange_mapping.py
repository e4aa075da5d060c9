"""What a file's columns and words mean: guesses are offered, the person decides."""

import tomllib
from collections.abc import Collection
from dataclasses import replace
from zoneinfo import available_timezones

import streamlit as st

from components.blocks import plain, section
from components.exchange_memory import (
    meaning,
    order_of_dates,
    recalled,
    remember,
    remember_order,
    remember_word,
)
from components.exchange_people import people_named
from components.exchange_sizes import sizes_said
from components.exchange_upload import Upload, field_label, say_why
from components.format import number
from components.frame import View
from components.text import language, listed, t, term
from core.exchange.full_names import by_whole_names
from core.exchange.kinds import Column, Holds
from core.exchange.lengths import LENGTH, seconds_each
from core.exchange.mapping import FileMapping, PipelineSpec, from_document, match, recognise
from core.exchange.units import times_of
from core.messages import Invalid
from core.terms import Outcome
from data.exchange.importing import with_words
from data.exchange.suggest import nearest, suggest_columns, unknown_stages, unknown_words

_SHOWN_UNREAD = 20
_ORDERS = (None, "day first", "month first")
_WITH_PIPELINE = ("opportunities", "stage_changes")


def mapping_form(view: View, upload: Upload) -> FileMapping:
    """What the file's columns and words mean; guesses are offered, the person decides."""
    section(t("exchange.columns"), icon=":material/view_column:")
    table = upload.table
    st.caption(
        plain(
            t(
                "exchange.read_as",
                n=len(table.rows),
                name=upload.name,
                rows=number(len(table.rows), view.language),
                how=table.how,
            )
        )
    )
    base = by_whole_names(_mapping_file(upload), table)
    mapping = replace(base, columns=_columns(upload, base))
    mapping = _closing(upload, mapping)
    _unread(upload, mapping)
    mapping = _of_every_row(upload, mapping)
    _units(upload, mapping)
    mapping = _formats(view, upload, mapping)
    mapping, sized = sizes_said(upload, mapping)
    mapping = with_words(replace(mapping, values=_values(upload, with_words(mapping), sized)))
    return people_named(view, upload, mapping)


def _mapping_file(upload: Upload) -> FileMapping:
    file = st.session_state.get(f"mapping-{upload.key}")
    if file is None:
        return FileMapping()
    try:
        return from_document(tomllib.loads(file.getvalue().decode("utf-8-sig")), upload.kind)
    except Invalid as error:
        say_why(error)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        st.error(plain(t("problems.mapping_unreadable", value=str(error))))
    return FileMapping()


def _columns(upload: Upload, base: FileMapping) -> dict[str, str]:
    kind, headers = upload.kind, list(dict.fromkeys(h for h in upload.table.headers if h))
    certain = {field: upload.table.headers[n] for field, n in recognise(kind, upload.table.headers).items()}
    guessed = suggest_columns(kind, upload.table, with_words(base).formats)
    unasked = guessed | certain
    at_first = f"recalled-{upload.key}-{st.session_state.get('exchange-turn', 0)}"  # so that no field moves
    chosen = st.session_state.setdefault(at_first, recalled(kind, headers, unasked)) | dict(base.columns)
    first = [c for c in kind.columns if c.name in chosen or any(c.name in group for group in kind.needed)]
    others = [c for c in kind.columns if c not in first]
    with st.grid(4, min_column_width=200):
        said = {c.name: _column(upload, c, headers, chosen.get(c.name), guessed.get(c.name)) for c in first}
    if others:
        with st.expander(t("exchange.more_fields", n=len(others))), st.grid(4, min_column_width=200):
            said |= {c.name: _column(upload, c, headers, None, guessed.get(c.name)) for c in others}
    remember(kind, headers, unasked, said)
    return said


def _unread(upload: Upload, mapping: FileMapping) -> None:
    """Which of the file's columns are left out: nothing gets lost unsaid."""
    read = {header for header in mapping.columns.values() if header}
    left = [h for h in dict.fromkeys(upload.table.headers) if h and h not in read]
    with st.container(key="exchange-unread"):
        if left:
            st.caption(plain(t("exchange.unread", n=len(left), names=listed(left[:_SHOWN_UNREAD]))))


def _of_every_row(upload: Upload, mapping: FileMapping) -> FileMapping:
    """What every row means by a needed choice for which the file has no column: a person says it."""
    needed = (upload.kind.column(group[0]) for group in upload.kind.needed if len(group) == 1)
    unsaid = [c for c in needed if c and c.choices and not mapping.columns.get(c.name)]
    told: dict[str, str] = {}
    with st.container(key="exchange-every-row"):
        for column in (c for c in unsaid if c.name not in mapping.defaults):
            labels = _meanings(upload, column.name)
            chosen = st.selectbox(
                t("exchange.of_every_row", field=field_label(column.name, upload.kind)),
                list(labels),
                index=None,
                format_func=labels.__getitem__,
                placeholder=t("exchange.of_every_row_unsaid"),
                key=f"every-{upload.key}-{column.name}",
            )
            told |= {column.name: chosen} if chosen else {}
    return replace(mapping, defaults={**mapping.defaults, **told})


def _units(upload: Upload, mapping: FileMapping) -> None:
    """Which headers name a unit that their numbers are read in."""
    amounts = {c.name for c in upload.kind.columns if c.holds is Holds.AMOUNT}
    times = {h: times_of(h) for field, h in mapping.columns.items() if field in amounts}
    times |= {h: seconds_each(h) for field, h in mapping.columns.items() if field == LENGTH}
    with st.container(key="exchange-units"):
        for header in (h for h, each in times.items() if each > 1):
            st.caption(plain(t("exchange.unit", header=header, times=f"{times[header]:,}")))


def _closing(upload: Upload, mapping: FileMapping) -> FileMapping:
    """Whether the closing time of a row that is still open is its expected close."""
    header = mapping.columns.get("closed_at")
    apart = mapping.columns.get("close_on") not in ("", None, header)
    with st.container(key="exchange-closing"):
        if not header or upload.kind.column("close_on") is None:
            return mapping
        expected = st.checkbox(
            t("exchange.expected_while_open", header=plain(header)),
            mapping.expected_while_open or not apart,
            key=f"closing-{upload.key}-{mapping.expected_while_open}-{apart}",
        )
    return replace(mapping, expected_while_open=expected)


def _column(
    upload: Upload, column: Column, headers: list[str], chosen: str | None, guessed: str | None
) -> str:
    label = field_label(column.name, upload.kind) + (" *" if (column.name,) in upload.kind.needed else "")
    by_file = st.session_state.get(f"mapping-{upload.key}") is not None
    with st.container():
        found = st.selectbox(
            label,
            headers,
            index=headers.index(chosen) if chosen in headers else None,
            placeholder=t("exchange.not_in_file"),
            key=f"column-{upload.key}-{column.name}-{by_file}",
        )
        if found and found == guessed:
            st.caption(t("exchange.guessed"))
    return found or ""


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
        known = formats.dates or order_of_dates(upload.kind, upload.table)
        order = st.selectbox(
            t("exchange.dates"),
            list(orders),
            index=list(orders).index(known),
            format_func=orders.__getitem__,
            key=f"dates-{upload.key}",
        )
        remember_order(upload.kind, upload.table.headers, order)
        st.file_uploader(t("exchange.mapping_file"), type=["toml"], key=f"mapping-{upload.key}")
    return replace(mapping, formats=replace(formats, time_zone=zone, dates=order))


def _values(upload: Upload, mapping: FileMapping, sized: Collection[str]) -> dict[str, dict[str, str]]:
    """For words that mean none of a field's choices: which they mean, but for `sized`, asked for at once."""
    values = {field: dict(words) for field, words in mapping.values.items()}
    try:
        places = match(upload.kind, upload.table.headers, mapping)
    except Invalid:
        return values
    unknown = unknown_words(upload.kind, upload.table, places, mapping)
    unknown = {f: left for f, words in unknown.items() if (left := [w for w in words if w not in sized])}
    if stages := unknown_stages(upload.kind, upload.table, places, mapping):
        unknown = {"stage": stages} | unknown
    if not unknown:
        return values
    section(t("exchange.words"), icon=":material/translate:")
    with st.grid(3, min_column_width=260):
        for field, found in unknown.items():
            labels = _meanings(upload, field)
            for word in found:
                if meant := _meant(upload, field, word, labels):
                    values.setdefault(field, {})[word] = meant
    return values


def _meanings(upload: Upload, field: str) -> dict[str, str]:
    """What a word of a field may mean, in the reader's language; one for a stage also how it ended."""
    column = next(c for c in upload.kind.columns if c.name == field)
    labels = {c: _choice_label(column, c) for c in column.choices}
    if column.holds is Holds.STAGE and upload.kind.column("outcome"):
        labels |= {c: term("outcome", c) for c in (Outcome.WON, Outcome.LOST)}
    return labels


def _meant(upload: Upload, field: str, word: str, labels: dict[str, str]) -> str | None:
    guess = meaning(upload.kind, field, word, labels) or nearest(word, labels)
    meant = st.selectbox(
        t("exchange.word_means", field=plain(field_label(field, upload.kind)), word=plain(word)),
        list(labels),
        index=list(labels).index(guess) if guess else None,
        format_func=labels.__getitem__,
        placeholder=t("exchange.word_unknown"),
        key=f"word-{upload.key}-{field}-{word}",
    )
    remember_word(upload.kind, field, word, meant)
    return meant


def _choice_label(column: Column, choice: str) -> str:
    own = (column.choice_names or {}).get(choice)
    return own.get(language(), choice) if own else term(column.area, choice)
