"""Where each open opportunity stands: one mark each, by the days it has stood in its stage."""

from collections.abc import Sequence

from components import charts, format, marks, pictures
from components.blocks import section
from components.board_charts import ROW
from components.board_drill import drill
from components.board_words import stage_name, too_early
from components.marks import Figure, Trace
from components.text import t
from core.pictures.limits import Bar, over
from data.queries.board import StageLine
from data.queries.board_ask import NO_STAGE
from data.queries.board_points import Point, Points

_LANES = 11  # marks of a stage lie in so many lanes, so that few cover one another


def stands(found: Points, lines: Sequence[StageLine], language: str) -> None:
    """Days in the present stage of every open opportunity, beside the stage's benchmark."""
    section(t("board.stands"), help=t("board.stands_help"))
    if not found.points:
        too_early(t("board.stands_none"))
        return
    shown, total = (format.number(n, language) for n in (len(found.points), found.total))
    key = "board.stands_note" if found.total == len(found.points) else "board.stands_longest"
    note = t(key, shown=shown, total=total)
    known = [s for s in lines if s.key != NO_STAGE]
    chart = _figure(found.points, known, language)
    drill(pictures.draw(chart, "board-stands", _longest(found.points, known, language), note, language))


def _longest(points: Sequence[Point], known: Sequence[StageLine], language: str) -> str:
    """How many stand past their benchmark, and the one that stands furthest past it."""
    limits = {s.key: s.benchmark_days for s in known}
    bars = [Bar(p, p.dwell_days, limits.get(p.stage), 1) for p in points]
    return pictures.words("stands", over(bars, 1), language, name=lambda p: p.customer or p.opportunity)


def _figure(points: Sequence[Point], known: Sequence[StageLine], language: str) -> Figure:
    places = {s.key: n for n, s in enumerate(known)}
    parts = ((0, t("board.within"), charts.MARK), (1, t("board.past"), charts.OVER))
    benchmarked = any(s.benchmark_days for s in known)
    marks = [
        _marks([p for p in points if p.past == past], places, name, colour, language)
        for past, name, colour in parts[: 1 + benchmarked]
    ]
    return charts.figure(
        *marks,
        _benchmarks(known),
        height=90 + ROW * len(known),
        showlegend=benchmarked,
        yaxis={
            "tickvals": list(places.values()),
            "ticktext": [stage_name(key) for key in places],
            "range": [len(places) - 0.5, -0.5],
        },
        xaxis={
            "rangemode": "tozero",
            "showgrid": True,
            "nticks": 6,
            "title": {"text": t("board.days_axis")},
        },
    )


def _marks(points: Sequence[Point], places: dict[str, int], name: str, colour: str, language: str) -> Trace:
    return marks.scatter(
        x=[p.dwell_days for p in points],
        y=[places[p.stage] + _lane(p.opportunity_id) for p in points],
        name=name,
        mode="markers",
        marker={"color": colour, "size": 9, "opacity": 0.75},
        hovertext=[_words(p, language) for p in points],
        hovertemplate="%{hovertext}<extra></extra>",
        customdata=[{"show": "open", "deal": p.opportunity_id} for p in points],
    )


def _lane(number: int) -> float:
    """A place across the stage's row, -0.3 to 0.3, the same for an opportunity every time."""
    return (number * 7 % _LANES / (_LANES - 1) - 0.5) * 0.6


def _words(point: Point, language: str) -> str:
    days = format.number(point.dwell_days, language, 1)
    names = (point.customer, point.opportunity, point.rep)
    said = t("board.days_at_least" if point.at_least else "board.days", days=days)
    return "<br>".join([*map(charts.escaped, filter(None, names)), said])


def _benchmarks(known: Sequence[StageLine]) -> Trace:
    marked = [(n, s) for n, s in enumerate(known) if s.benchmark_days]
    return marks.scatter(
        x=[s.benchmark_days for _, s in marked],
        y=[n for n, _ in marked],
        name=t("board.benchmark"),
        mode="markers",
        marker={"symbol": "line-ns", "size": 30, "line": {"width": 3, "color": charts.QUIET}},
        customdata=[{"show": "past", "stage": s.key} for _, s in marked],
        hovertemplate="%{x}<extra>" + t("board.benchmark") + "</extra>",
    )
