"""What moved a report's number, step by step from the period before; a click opens the rows (D2)."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

from components import charts, marks
from components.blocks import empty
from components.chart_titles import titled
from components.marks import Figure
from components.report_charts import ROW, room
from components.report_drill import drill
from components.reports import Focus
from components.text import pair, t
from core.reports.catalogue import Good, Metric
from core.reports.drivers import Part, parts
from core.reports.facts import Tallied
from data.queries.metrics.report import Shown
from data.report_words import delta_words, group_words, value_words

_MOST_PARTS = 7


def what_moved(shown: Shown, focus: Focus, language: str) -> None:
    """From the number before to the number now, step by step."""
    metric, currency = focus.metric, shown.ask.currency
    now, before = shown.now[metric.name], shown.before[metric.name]
    split = parts(metric, focus.split, before, now)
    first = max(split, key=lambda p: abs(p.part), default=None)
    if first is None or not first.part:
        empty(t("reports.parts_none"), icon=":material/waterfall_chart:")
        return
    group = group_words(language, focus.split, first.key, first.name)
    finding = t("reports.parts_adds", group=group, amount=delta_words(language, metric, first.part, currency))
    ends = [value_words(language, metric, one.whole.value(metric.ratio), currency) for one in (before, now)]
    note = t(
        "reports.parts_note",
        metric=t(metric.title),
        before=ends[0],
        after=ends[1],
        dimension=t(f"reports.dimension.{focus.split}"),
    )
    steps = _steps(split, focus, (before, now), currency, language)
    chart = titled(steps, finding, note, language)
    alt = f"{finding}. {note}"
    chosen = charts.clicked(chart, f"reports-parts-{focus.split}", alt=alt, image=f"{metric.name}-parts")
    if chosen:
        drill(metric.name, focus.split if chosen["one"] else None, chosen["key"], before=chosen["before"])


def _steps(
    split: Sequence[Part],
    focus: Focus,
    whole: tuple[Tallied, Tallied],
    currency: str,
    language: str,
) -> Figure:
    """Bars from level to level; what has no bar of its own is added up in one."""
    metric = focus.metric
    by_size = sorted(split, key=lambda p: -abs(p.part))
    own, others = by_size[:_MOST_PARTS], by_size[_MOST_PARTS:]
    moves = [p.part for p in own] + ([sum(p.part for p in others)] if others else [])
    start, end = (one.whole.value(metric.ratio) or 0.0 for one in whole)
    levels = list(accumulate(moves, initial=start))
    names = [t("reports.before")]
    names += [charts.clipped(group_words(language, focus.split, p.key, p.name)) for p in own]
    names += [t("reports.others", n=len(others))] if others else []
    names += [t("reports.now")]
    words = [value_words(language, metric, start, currency)]
    words += [delta_words(language, metric, move, currency) for move in moves]
    words += [value_words(language, metric, end, currency)]
    places = list(range(len(names)))
    bars = marks.bar(
        y=places,
        x=[abs(start), *(abs(b - a) for a, b in pairwise(levels)), abs(end)],
        base=[min(start, 0.0), *(min(pair) for pair in pairwise(levels)), min(end, 0.0)],
        orientation="h",
        marker={"color": [charts.QUIET, *(_colour(move, metric) for move in moves), charts.QUIET]},
        customdata=_behind(own, bool(others)),
        hovertext=_hovers(names, words, own, focus, currency, language),
        hoverinfo="text",
    )
    ends = [max(start, 0.0), *(max(pair) for pair in pairwise(levels)), max(end, 0.0)]
    return charts.figure(
        bars,
        charts.words(ends, places, words, beside=True),
        height=10 + ROW * len(names),
        showlegend=False,
        yaxis={"autorange": "reversed", "tickmode": "array", "tickvals": places, "ticktext": names},
        xaxis={"visible": False, "range": room([0.0, *levels, end])},
    )


def _colour(move: float, metric: Metric) -> str:
    """Orange for what made it worse; of what should be near zero, for what took it down."""
    return charts.MARK if (move > 0) is (metric.good is not Good.DOWN) else charts.OVER


def _behind(own: Sequence[Part], others: bool) -> list[dict[str, Any]]:
    """What a click on each bar opens: the whole before, a group's rows, the whole now."""
    whole = {"one": False, "key": None}
    groups = [{"one": True, "key": p.key, "before": not p.after.n} for p in own]
    rest = [{**whole, "before": False}] if others else []
    return [{**whole, "before": True}, *groups, *rest, {**whole, "before": False}]


def _hovers(
    names: Sequence[str],
    words: Sequence[str],
    own: Sequence[Part],
    focus: Focus,
    currency: str,
    language: str,
) -> list[str]:
    said = [pair(name, word) for name, word in zip(names, words, strict=True)]
    if focus.metric.ratio:
        for place, part in enumerate(own, start=1):
            mix, rate = (delta_words(language, focus.metric, v, currency) for v in (part.mix, part.rate))
            said[place] += f" ({t('reports.parts_hover', mix=mix, rate=rate)})"
    return said
