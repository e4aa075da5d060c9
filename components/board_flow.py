"""How many opportunities go on from each stage, and how the team works week by week."""

from collections.abc import Callable, Sequence
from typing import Any

from components import charts, format, marks, pictures
from components.blocks import section
from components.board_charts import ROW
from components.board_drill import drill, week_key
from components.board_words import stage_name, too_early
from components.frame import View
from components.marks import Figure
from components.text import t
from core.pictures.courses import trend
from core.pictures.rates import Rate, lowest
from core.process.funnel import FUNNEL_DAYS, YOUNG_DAYS, Fate, Step
from core.process.metrics import FEW_RUNS
from data.queries.board_flow import Week

_FATES = {
    Fate.ON: charts.MARK,
    Fate.WAITING: charts.OVER,
    Fate.ENDED: charts.QUIET,
    Fate.YOUNG: charts.tint(charts.QUIET, 0.35),
}


def funnel(steps: Sequence[Step], language: str) -> None:
    """What became of the opportunities that reached each stage, and the share that went on."""
    section(t("board.funnel"), help=t("board.funnel_help", young=YOUNG_DAYS, few=FEW_RUNS))
    if not any(s.judged + s.young for s in steps):
        too_early(t("board.funnel_none", days=FUNNEL_DAYS))
        return
    reached = format.number(sum(s.judged + s.young for s in steps[:1]), language)
    note = t("board.funnel_note", days=FUNNEL_DAYS, reached=reached, stage=stage_name(steps[0].stage))
    said = lowest([Rate(s.stage, s.on, s.judged) for s in steps], FEW_RUNS)
    finding = pictures.words("funnel", said, language, name=stage_name)
    drill(pictures.draw(_funnel(steps, language), "board-funnel", finding, note, language))


def _funnel(steps: Sequence[Step], language: str) -> Figure:
    names = [stage_name(s.stage) for s in steps]
    bars = [
        marks.bar(
            y=names,
            x=[getattr(s, fate.value) for s in steps],
            name=t(f"board.fate_{fate}"),
            orientation="h",
            marker={"color": colour, "pattern": charts.HATCH if fate is Fate.ENDED else {}},
            customdata=[{"show": "fates", "stage": s.stage, "fate": fate.value} for s in steps],
            hovertemplate="%{y}: %{x}<extra>" + t(f"board.fate_{fate}") + "</extra>",
        )
        for fate, colour in _FATES.items()
    ]
    ends = [s.judged + s.young for s in steps]
    return charts.figure(
        *bars,
        charts.words(ends, names, [_rate(s, language) for s in steps], beside=True),
        barmode="stack",
        height=80 + ROW * len(steps),
        yaxis={"autorange": "reversed"},
        xaxis={"range": [0, max(ends) * 1.65], "visible": False},
    )


def _rate(step: Step, language: str) -> str:
    if step.judged < FEW_RUNS:
        return t("board.few_judged", n=step.judged)
    return t("board.goes_on", share=format.percent(step.rate, language), judged=step.judged)


def completion_trend(weeks: Sequence[Week], view: View) -> None:
    """Completion week by week."""
    due = format.number(sum(w.due for w in weeks), view.language)
    section(t("board.weekly_completion"), help=_few())
    _trend(
        weeks,
        view,
        "due",
        t("board.weekly_completion_note", weeks=len(weeks), due=due),
        lambda rate: format.percent(rate, view.language),
        [w.completion for w in weeks],
        [w.due for w in weeks],
        lambda w: t("board.week_done", done=w.completed, due=w.due),
        yaxis={"range": [-0.04, 1.04], "tickformat": ".0%", "showgrid": True, "nticks": 5},
    )


def pace_trend(weeks: Sequence[Week], view: View) -> None:
    """How long finished stays took, over their benchmarks, week by week."""
    runs = format.number(sum(w.runs for w in weeks), view.language)
    section(t("board.weekly_pace"), help=_few())
    level = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 1, "y1": 1}
    _trend(
        weeks,
        view,
        "timed",
        t("board.weekly_pace_note", weeks=len(weeks), runs=runs),
        lambda times: t("board.times", times=format.number(times, view.language, 2)),
        [w.times_benchmark for w in weeks],
        [w.runs for w in weeks],
        lambda w: t("board.week_pace", n=w.runs, times=format.number(w.times_benchmark, view.language, 2)),
        yaxis={"rangemode": "tozero", "showgrid": True, "nticks": 5},
        shapes=[level | {"line": {"color": charts.OVER, "dash": "dot", "width": 2}}],
    )


def _few() -> str:
    return t("board.weekly_help", few=FEW_RUNS)


def _trend(
    weeks: Sequence[Week],
    view: View,
    show: str,
    note: str,
    said: Callable[[float], str],
    values: Sequence[float | None],
    counts: Sequence[int],
    words: Callable[[Week], str],
    **layout: Any,
) -> None:
    """A line over the weeks that rest on enough; those that do not are hollow and off the line."""
    if sum(n >= FEW_RUNS for n in counts) < 2:
        too_early(t("board.weekly_none", few=FEW_RUNS))
        return
    days = [format.short_day(w.since, view.language, view.who.timezone) for w in weeks]
    behind = [{"show": show, "week": week_key(w.since, view)} for w in weeks]
    text = [words(w) for w in weeks]
    lines = [
        marks.scatter(
            x=days,
            y=[v if (n >= FEW_RUNS) is enough else None for v, n in zip(values, counts, strict=True)],
            mode="lines+markers" if enough else "markers",
            line={"color": charts.MARK, "width": 2},
            marker={"size": 9, "color": colour, "symbol": symbol, "line": {"width": 0 if enough else 2}},
            customdata=behind,
            hovertext=text,
            hovertemplate="%{x}: %{hovertext}<extra></extra>",
        )
        for enough, colour, symbol in ((True, charts.MARK, "circle"), (False, charts.QUIET, "circle-open"))
    ]
    axis = {"type": "category", "categoryarray": days, "nticks": 6, "tickangle": 0}
    chart = charts.figure(*lines, height=200, showlegend=False, xaxis=axis, **layout)
    enough = [v if n >= FEW_RUNS else None for v, n in zip(values, counts, strict=True)]
    finding = pictures.words(f"week_{show}", trend(enough), view.language, value=said)
    drill(pictures.draw(chart, f"board-week-{show}", finding, note, view.language))
