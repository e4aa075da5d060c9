"""Putting a report together: numbers of the catalogue, what they are split and narrowed by, and for whom."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from components import address
from components.blocks import section
from components.forms import Marks
from components.frame import View
from components.studio import editing, keep_or_leave
from components.studio_reports import ASKED, NEW, figures
from components.text import language, listed, t, term
from core.definitions import LANGUAGES, new_key
from core.messages import Problem
from core.reports.catalogue import METRICS, REFUSED, Dimension
from core.reports.library import Picture, Readers, Report
from core.reports.own import FILTERS, MOST_METRICS, PAGE, check_report
from core.reports.spans import SPANS, USUAL
from data.queries.metrics.report import Shown
from data.queries.reports import READERS, Offered
from data.queries.studio import Desk
from data.report_words import group_words, report_title


class _Named:
    """Problems with the names of numbers and groups in the reader's words."""

    def __init__(self, view: View) -> None:
        self._view = view

    def explain(self, problem: Problem) -> str:
        params = dict(problem.params)
        if metric := params.get("metric"):
            params["metric"] = t(METRICS[metric].title)
        if dimension := params.get("dimension"):
            params["dimension"] = t(f"reports.dimension.{dimension}")
        if refused := params.pop("refused", None):
            params |= {part: t(f"metrics.refused.{refused}.{part}") for part in ("name", "why", "instead")}
        return self._view.explain(Problem(problem.field, problem.code, params))


def editor(
    desk: Desk,
    keep: Callable[[Report], Any],
    try_out: Callable[[Report], Shown],
    offered: Offered,
    view: View,
) -> None:
    """The report that the address names, new or known; kept in the draft, in force for nobody yet."""
    with st.container(key="studio-report-editor"):
        asked = address.said(ASKED)
        own = desk.policy.own_reports
        before = next((r for r in own if r.name == asked and not r.retired), None)
        if asked != NEW and before is None:
            return
        with st.container(border=True):
            editing(t("builder.new") if before is None else report_title(language(), before))
            marks = Marks(_Named(view))
            report = _parts(before, own, offered, marks)
            _shown(report, own, try_out, view)
            keep_or_leave(partial(keep, report), marks, ASKED)


def _parts(before: Report | None, own: Sequence[Report], offered: Offered, marks: Marks) -> Report:
    key = f"report-{before.name if before else NEW}"
    left, right = st.columns(2)
    with left:
        names = _texts(key, "name", before.label if before else {}, marks)
        asks = _texts(key, "asks", before.asks if before else {}, marks)
    with right:
        counts = _counts(key, before, marks)
    only = _only(key, before, offered, marks)
    readers = _readers(key, before.readers if before else Readers(), offered, marks)
    name = before.name if before else new_key(names["en"], [r.name for r in own], "report")
    return Report(name, PAGE, only=only, readers=readers, label=names, asks=asks, **counts)


def _texts(key: str, part: str, held: Mapping[str, str], marks: Marks) -> dict[str, str]:
    found = {}
    for one in LANGUAGES:
        with marks.field(f"{part}_{one}"):
            label, value = t(f"builder.{part}_{one}"), held.get(one, "")
            found[one] = st.text_input(label, value, key=f"{key}-{part}-{one}").strip()
    return found


def _counts(key: str, before: Report | None, marks: Marks) -> dict[str, Any]:
    """What is counted, split by what, over which period, drawn how."""
    with marks.field("metrics"):
        names = {m.name: t(m.title) for m in METRICS.values()}
        names |= {r: t("builder.refused", name=t(f"metrics.refused.{r}.name")) for r in REFUSED}
        metrics = st.multiselect(
            t("builder.metrics_label", most=MOST_METRICS),
            list(names),
            default=list(before.metrics) if before else [],
            format_func=names.__getitem__,
            placeholder=t("builder.choose"),
            help=t("builder.metrics_help"),
            key=f"{key}-metrics",
        )
    with marks.field("split"):
        dimensions = {d: t(f"reports.dimension.{d}").capitalize() for d in Dimension}
        split = _choice(f"{key}-split", "split_label", dimensions, before.split if before else Dimension.TEAM)
        _may_split(metrics)
    with marks.field("period"):
        spans = {name: t(f"reports.span.{name}") for name in SPANS}
        period = _choice(f"{key}-period", "period", spans, before.period if before else USUAL)
    with marks.field("picture"):
        picture = st.segmented_control(
            t("builder.picture"),
            list(Picture),
            default=before.picture if before else Picture.GROUPS,
            format_func={p: t(f"reports.picture.{p}") for p in Picture}.__getitem__,
            required=True,
            key=f"{key}-picture",
        )
    return {"metrics": tuple(metrics), "split": split, "period": period, "picture": picture}


def _choice(key: str, label: str, options: Mapping[Any, str], held: Any) -> Any:
    keys = list(options)
    words = options.__getitem__
    return st.selectbox(t(f"builder.{label}"), keys, index=keys.index(held), format_func=words, key=key)


def _may_split(metrics: Sequence[str]) -> None:
    """By what all of these numbers can be split."""
    known = [METRICS[m].splits for m in metrics if m in METRICS]
    if known:
        shared = [d for d in Dimension if all(d in splits for splits in known)]
        words = listed(t(f"reports.dimension.{d}") for d in shared)
        st.caption(t("builder.may_split", dimensions=words))


def _only(
    key: str, before: Report | None, offered: Offered, marks: Marks
) -> tuple[tuple[Dimension, tuple[str, ...]], ...]:
    """Filters of the report itself, one list of groups per dimension."""
    held = dict(before.only) if before else {}
    with marks.field("only"):
        chosen = st.pills(
            t("builder.only_label"),
            FILTERS,
            selection_mode="multi",
            default=list(held),
            format_func={d: t(f"reports.dimension.{d}").capitalize() for d in FILTERS}.__getitem__,
            key=f"{key}-only",
        )
    found = []
    with st.container(key=f"{key}-filters"), st.grid(min_column_width=260, gap="small"):
        for dimension in (d for d in FILTERS if d in chosen):
            with marks.field(f"only_{dimension}"):
                keys = _groups(dimension, held.get(dimension, ()), offered, key)
            found.append((dimension, tuple(keys)))
    return tuple(found)


def _groups(dimension: Dimension, held: Sequence[str], offered: Offered, key: str) -> list[str]:
    named = {**dict.fromkeys(held), **offered.groups[dimension]}
    words = {k: group_words(language(), dimension, k, name) for k, name in named.items()}
    chosen: list[str] = st.multiselect(
        t("builder.only_of", dimension=t(f"reports.dimension.{dimension}")),
        list(words),
        default=list(held),
        format_func=words.__getitem__,
        placeholder=t("builder.choose"),
        key=f"{key}-only-{dimension}",
    )
    return chosen


def _readers(key: str, held: Readers, offered: Offered, marks: Marks) -> Readers:
    with marks.field("roles"):
        roles = st.pills(
            t("builder.readers_label"),
            READERS,
            selection_mode="multi",
            default=[r for r in READERS if r in held.roles],
            format_func={r: term("role", r) for r in READERS}.__getitem__,
            help=t("builder.readers_help"),
            key=f"{key}-roles",
        )
    with st.grid(min_column_width=260, gap="small"):
        teams = _some(f"{key}-teams", "teams", offered.teams, held.teams)
        people = _some(f"{key}-people", "people", offered.people, held.people)
    return Readers(tuple(str(r) for r in roles), teams, people)


def _some(key: str, label: str, named: Mapping[int, str], held: Sequence[int]) -> tuple[int, ...]:
    options = list(named)
    default = [i for i in held if i in named]
    words, hint = named.__getitem__, t("builder.choose")
    chosen = st.multiselect(
        t(f"builder.{label}"), options, default=default, format_func=words, placeholder=hint, key=key
    )
    return tuple(chosen)


def _shown(report: Report, own: Sequence[Report], try_out: Callable[[Report], Shown], view: View) -> None:
    """What it would show now, as soon as its numbers go together."""
    with st.container(border=True, key="studio-report-sample"):
        section(t("builder.preview"), help=t("builder.preview_help"))
        wrong = [p for p in check_report(report, own) if not p.field.startswith(("name_", "asks_"))]
        if wrong:
            st.caption(t("builder.preview_later" if report.metrics else "builder.preview_choose"))
        else:
            figures(try_out(report), view)
