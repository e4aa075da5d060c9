"""A report's groups beside one another; a click on a bar opens its rows (D3)."""

from collections.abc import Mapping, Sequence

from components import charts, format, marks
from components.blocks import empty, plain
from components.chart_titles import titled
from components.marks import Figure
from components.report_drill import drill
from components.reports import Focus
from components.text import t
from core.reports.catalogue import Dimension, Metric, Unit
from core.reports.drivers import LEAST_ROWS
from core.reports.facts import Tallied, Tally
from data.own_terms import stage_order
from data.queries.metrics.report import Shown
from data.report_words import group_words, value_words

MOST_GROUPS = 12
ROW = 34  # pixels for a bar
_IN_ORDER = (Dimension.STAGE, Dimension.TYPE, Dimension.URGENCY)


def groups(shown: Shown, focus: Focus, language: str) -> None:
    """The number of each group, beside that of the period before."""
    now, before = shown.now[focus.metric.name], shown.before[focus.metric.name]
    keys = ordered(now, before, focus)
    finding = leads(now, focus, shown.ask.currency, language)
    if not keys:
        empty(plain(finding), icon=":material/bar_chart:")
        return
    note = _note(focus, len(keys), shown.ask.currency)
    chart = titled(_groups(shown, focus, keys[:MOST_GROUPS], language), finding, note, language)
    alt = f"{finding}. {note}"
    chosen = charts.clicked(chart, f"reports-groups-{focus.split}", alt=alt, image=focus.metric.name)
    if chosen is not None:
        drill(focus.metric.name, focus.split, chosen["key"], before=chosen["before"])


def _note(focus: Focus, total: int, currency: str) -> str:
    """What is drawn, in which unit, and of how many the first."""
    note = t(
        "reports.groups_note",
        metric=t(focus.metric.title),
        dimension=t(f"reports.dimension.{focus.split}"),
        unit=_unit(focus.metric, currency),
    )
    if total <= MOST_GROUPS:
        return note
    return f"{note} {t('reports.groups_first', shown=MOST_GROUPS, total=total)}"


def ordered(now: Tallied, before: Tallied, focus: Focus) -> list[str]:
    """The groups of both periods: stages and their like in their own order, others the largest first."""
    found = {**before.by.get(focus.split, {}), **now.by.get(focus.split, {})}
    if focus.split in _IN_ORDER:
        order = stage_order()
        return sorted(found, key=lambda key: (order.index(key) if key in order else len(order), key))
    return sorted(found, key=lambda key: _rank(key, now.group(focus.split, key), focus.metric))


def _rank(key: str, group: Tally, metric: Metric) -> tuple[bool, float, str]:
    """Ratios of too few rows come last: they say little."""
    few = metric.ratio and group.n < LEAST_ROWS
    return few, -(group.value(metric.ratio) or 0.0), key


def _unit(metric: Metric, currency: str) -> str:
    if metric.unit is Unit.MONEY and currency:
        return currency
    return t(f"metrics.units.{Unit.COUNT if metric.unit is Unit.MONEY else metric.unit}").lower()


def leads(now: Tallied, focus: Focus, currency: str, language: str) -> str:
    """What the bars say, as their title."""
    found = now.by.get(focus.split, {})
    if focus.metric.ratio:
        return _range(found, focus, currency, language)
    most = max(found, key=lambda key: found[key][1].top, default=None)
    if most is None or not now.whole.top:
        return t("reports.groups_none")
    value = value_words(language, focus.metric, found[most][1].top, currency)
    group = group_words(language, focus.split, most, found[most][0])
    if len(found) == 1:
        return t("reports.groups_alone", group=group, value=value)
    share = format.percent(float(found[most][1].top / now.whole.top), language)
    return t("reports.groups_leads", group=group, value=value, share=share)


def _range(found: Mapping[str, tuple[str | None, Tally]], focus: Focus, currency: str, language: str) -> str:
    """The highest and the lowest ratio among groups with rows enough."""
    enough = {k: (name, tally) for k, (name, tally) in found.items() if tally.n >= LEAST_ROWS and tally.of}
    if len(enough) < 2:
        return t("reports.groups_few", least=LEAST_ROWS)
    by_value = sorted(enough, key=lambda key: enough[key][1].top / enough[key][1].of)
    said = {}
    for word, key in (("low", by_value[0]), ("high", by_value[-1])):
        said[word] = group_words(language, focus.split, key, enough[key][0])
        amount = {"low": "least", "high": "most"}[word]
        said[amount] = value_words(language, focus.metric, enough[key][1].value(True), currency)
    if said["least"] == said["most"]:
        return t("reports.groups_alike", n=len(enough), value=said["most"], least=LEAST_ROWS)
    return t("reports.groups_range", **said)


def _groups(shown: Shown, focus: Focus, keys: Sequence[str], language: str) -> Figure:
    metric, split, currency = focus.metric, focus.split, shown.ask.currency
    now, before = shown.now[metric.name], shown.before[metric.name]
    values = [now.group(split, key).value(metric.ratio) for key in keys]
    old = [before.group(split, key).value(metric.ratio) for key in keys]
    places = list(range(len(keys)))
    names = [
        charts.clipped(group_words(language, split, key, now.name(split, key) or before.name(split, key)))
        for key in keys
    ]
    said = [value_words(language, metric, value, currency) for value in values]
    was = [value_words(language, metric, value, currency) for value in old]
    bars = marks.bar(
        y=places,
        x=[value or 0 for value in values],
        name=t("reports.now"),
        orientation="h",
        marker={"color": [_colour(now.group(split, key), metric) for key in keys]},
        customdata=[{"key": key, "before": False} for key in keys],
        hovertext=[
            f"{n}: {s} ({t('reports.col_rows')}: {now.group(split, k).n})"
            for n, s, k in zip(names, said, keys, strict=True)
        ],
        hoverinfo="text",
    )
    told = [place for place in places if old[place] is not None]
    earlier = marks.scatter(
        y=told,
        x=[old[place] for place in told],
        name=t("reports.before"),
        mode="markers",
        marker={"symbol": "line-ns", "size": 18, "line": {"width": 3, "color": charts.QUIET}},
        customdata=[{"key": keys[place], "before": True} for place in told],
        hovertext=[f"{names[place]}: {was[place]} ({t('reports.before')})" for place in told],
        hoverinfo="text",
    )
    ends = [max(a or 0, b or 0, 0) for a, b in zip(values, old, strict=True)]
    return charts.figure(
        bars,
        earlier,
        charts.words(ends, places, said, beside=True),
        height=20 + ROW * len(keys),
        showlegend=True,
        yaxis={"autorange": "reversed", "tickmode": "array", "tickvals": places, "ticktext": names},
        xaxis={"visible": False, "range": room([*(v or 0 for v in values), *(v or 0 for v in old)])},
    )


def _colour(group: Tally, metric: Metric) -> str:
    """Grey where a ratio has too few rows to say anything."""
    return charts.QUIET if metric.ratio and group.n < LEAST_ROWS else charts.MARK


def room(values: Sequence[float]) -> list[float]:
    """The axis' ends, with room for the words beside the bars."""
    low, high = min(0.0, *values), max(0.0, *values)
    return [low - (high - low) * 0.05 if low < 0 else low, high + (high - low or 1.0) * 0.5]
