"""Where open opportunities stand, and how long stages take; a click opens the rows behind."""

from collections.abc import Sequence

from components import charts, format, marks, pictures
from components.blocks import section
from components.board_drill import drill
from components.board_words import stage_name, too_early
from components.marks import Figure
from components.text import t
from core.pictures.limits import Bar, over
from core.pictures.parts import leading
from core.process.metrics import DWELL_DAYS, FEW_RUNS
from data.queries.board import StageLine
from data.queries.board_ask import NO_STAGE

ROW = 40  # pixels for a stage


def standing(lines: Sequence[StageLine], language: str) -> None:
    """Open opportunities by stage, within and past its benchmark."""
    section(t("board.standing"), help=t("board.standing_help"))
    note = t("board.standing_note", total=format.number(sum(s.open for s in lines), language))
    drill(pictures.draw(_standing(lines), "board-standing", _crowded(lines, language), note, language))


def _crowded(lines: Sequence[StageLine], language: str) -> str:
    """Where most are past their benchmark; where most stand, when no benchmark is known."""
    known = any(line.benchmark_days for line in lines)
    said = leading({s.key: s.past if known else s.open for s in lines})
    picture = "standing" if known else "open"
    return pictures.words(
        picture, said, language, name=stage_name, value=lambda n: format.number(n, language)
    )


def _standing(lines: Sequence[StageLine]) -> Figure:
    names = [stage_name(s.key) for s in lines]
    known = any(line.benchmark_days for line in lines)
    first = "board.within" if known else "board.open_short"
    parts = (
        ("open", t(first), charts.MARK, [s.open - s.past for s in lines]),
        ("past", t("board.past"), charts.OVER, [s.past for s in lines]),
    )
    bars = [
        marks.bar(
            y=names,
            x=counts,
            name=name,
            orientation="h",
            marker={"color": colour},
            customdata=[{"show": show, "stage": s.key} for s in lines],
            hovertemplate="%{y}: %{x}<extra>" + name + "</extra>",
        )
        for show, name, colour, counts in parts[: 1 + known]
    ]
    parts_said = (
        (charts.ON_MARK, [(s.open - s.past, s.open - s.past) for s in lines]),
        (charts.ON_OVER, [(s.past, s.open) for s in lines]),
    )
    words = [
        charts.words(
            [end - n / 2 for n, end in said if n],
            [name for name, (n, _) in zip(names, said, strict=True) if n],
            [str(n) for n, _ in said if n],
            colour,
        )
        for colour, said in parts_said
    ]
    return charts.figure(
        *bars,
        *words,
        height=60 + ROW * len(lines),
        barmode="stack",
        showlegend=known,
        yaxis={"autorange": "reversed"},
        xaxis={"visible": False},
    )


def dwell(lines: Sequence[StageLine], language: str) -> None:
    """Median days of finished stays against the benchmark."""
    known = [s for s in lines if s.key != NO_STAGE]
    section(t("board.dwell"), help=t("board.dwell_help", few=FEW_RUNS))
    if not any(line.dwell for line in known):
        too_early(t("board.no_runs_hint", days=DWELL_DAYS))
        return
    runs = format.number(sum(s.dwell.runs for s in known if s.dwell), language)
    note = t("board.dwell_note", days=DWELL_DAYS, runs=runs)
    drill(pictures.draw(_dwell(known, language), "board-dwell", _slowest(known, language), note, language))


def _slowest(known: Sequence[StageLine], language: str) -> str:
    bars = [
        Bar(s.key, s.dwell.median_days, s.benchmark_days, s.dwell.runs)
        if s.dwell
        else Bar(s.key, None, None, 0)
        for s in known
    ]
    return pictures.words("dwell", over(bars, FEW_RUNS), language, name=stage_name)


def _dwell(known: Sequence[StageLine], language: str) -> Figure:
    names = [stage_name(s.key) for s in known]
    marked = [s for s in known if s.benchmark_days is not None]
    behind = [{"show": "runs", "stage": s.key} for s in known]
    bars = marks.bar(
        y=names,
        x=[s.dwell.median_days if s.dwell else 0 for s in known],
        orientation="h",
        marker={"color": [_colour(s) for s in known]},
        hovertext=[_text(s, language) for s in known],
        customdata=behind,
        hovertemplate="%{y}: %{hovertext}<extra></extra>",
        showlegend=False,
    )
    benchmark = marks.scatter(
        y=[stage_name(s.key) for s in marked],
        x=[s.benchmark_days for s in marked],
        name=t("board.benchmark"),
        mode="markers",
        marker={"symbol": "line-ns", "size": 22, "line": {"width": 3, "color": charts.QUIET}},
        customdata=[{"show": "runs", "stage": s.key} for s in marked],
        hovertemplate="%{y}: %{x}<extra>" + t("board.benchmark") + "</extra>",
        showlegend=bool(marked),
    )
    ends = [max(s.dwell.median_days if s.dwell else 0, s.benchmark_days or 0) for s in known]
    return charts.figure(
        bars,
        benchmark,
        charts.words(ends, names, [_text(s, language) for s in known], beside=True),
        height=60 + ROW * len(known),
        yaxis={"autorange": "reversed"},
        xaxis={"range": [0, max(ends) * 2], "visible": False},
    )


def _colour(line: StageLine) -> str:
    if line.dwell is None or line.dwell.runs < FEW_RUNS:
        return charts.QUIET
    over = line.benchmark_days is not None and line.dwell.median_days > line.benchmark_days
    return charts.OVER if over else charts.MARK


def _text(line: StageLine, language: str) -> str:
    if line.dwell is None:
        return t("board.no_run")
    days = format.number(line.dwell.median_days, language, 1)
    key = "board.few_runs" if line.dwell.runs < FEW_RUNS else "board.runs"
    return t(key, days=days, runs=line.dwell.runs)
