"""The heat map: which team, rep or customer is stuck at which stage."""

from collections.abc import Sequence

from components import charts, format, marks, pictures
from components.blocks import section
from components.board_drill import drill
from components.board_words import group_name, stage_name
from components.marks import Figure, Trace
from components.text import t
from core.pictures.parts import leading
from data.queries.board import Board, GroupLine
from data.queries.board_ask import Ask

GROUPS = 12  # those most in trouble; the table has all
_ROW = 34  # pixels
_UPRIGHT, _SLANTED = 26, 104  # pixels above the cells for the stages' names, beyond those of a legend
_BELOW = 10  # pixels
_LEVEL = 6  # longer ones are slanted


def heat(board: Board, ask: Ask, language: str) -> None:
    """Groups against stages: how many are open, and how many of them past the benchmark."""
    section(t(f"board.heat_{ask.by}"), help=t("board.heat_help"))
    shown = board.groups[:GROUPS]
    if not shown:
        return
    key = "board.heat_first" if board.group_count > len(shown) else "board.heat_note"
    note = t(key, total=board.open, shown=len(shown), groups=board.group_count)
    finding = _hottest(board, shown, ask, language)
    chart, above = _figure(board, shown, ask), _above(board)
    drill(pictures.draw(chart, f"board-heat-{ask.by}", finding, note, language, above=above))


def _hottest(board: Board, shown: Sequence[GroupLine], ask: Ask, language: str) -> str:
    """The cell with the most past their benchmark."""
    cells = {
        (group.id, group.name, stage.key): past
        for group in shown
        for stage, past in zip(board.stages, group.past_by_stage, strict=True)
    }
    return pictures.words(
        "heat",
        leading(cells, board.past),
        language,
        name=lambda cell: t("pictures.cell", group=group_name(cell[1], ask.by), stage=stage_name(cell[2])),
        value=lambda n: format.number(n, language),
    )


def _above(board: Board) -> int:
    """Pixels over the cells for the stages' names."""
    return _SLANTED if max(len(stage_name(s.key)) for s in board.stages) > _LEVEL else _UPRIGHT


def _figure(board: Board, groups: Sequence[GroupLine], ask: Ask) -> Figure:
    most = max((n for g in groups for n in g.past_by_stage), default=0)
    names = [charts.clipped(group_name(g.name, ask.by)) for g in groups]
    stages = [stage_name(s.key) for s in board.stages]
    said = [
        (place + 0.48, row, _text(past, open_))
        for row, group in enumerate(groups)
        for place, (past, open_) in enumerate(zip(group.past_by_stage, group.by_stage, strict=True))
        if open_
    ]
    return charts.figure(
        _cells([s.key for s in board.stages], groups, most),
        charts.words(
            [x for x, *_ in said], [y for _, y, _ in said], [text for *_, text in said], charts.ink()
        ),
        height=_ROW * len(groups) + _BELOW,
        barmode="overlay",
        bargap=0.08,
        showlegend=False,
        yaxis={
            "tickvals": list(range(len(groups))),
            "ticktext": names,
            "range": [len(groups) - 0.5, -0.5],
        },
        xaxis={
            "tickvals": [n + 0.48 for n in range(len(board.stages))],
            "ticktext": stages,
            "tickangle": 40 if max(map(len, stages)) > _LEVEL else 0,
            "side": "top",
            "range": [0, len(board.stages)],
        },
    )


def _cells(stages: Sequence[str], groups: Sequence[GroupLine], most: int) -> Trace:
    """Bars of one width, stage by stage, because a heat map's own cells cannot be clicked."""
    cells = [
        (row, place, stage, group.id, group.past_by_stage[place], group.by_stage[place])
        for place, stage in enumerate(stages)
        for row, group in enumerate(groups)
    ]
    return marks.bar(
        y=[row for row, *_ in cells],
        x=[0.96] * len(cells),
        base=[place for _, place, *_ in cells],
        orientation="h",
        marker={"color": [_colour(past, open_, most) for *_, past, open_ in cells]},
        customdata=[{"show": "open", "pick": pick, "stage": stage} for _, _, stage, pick, *_ in cells],
        hovertext=[t("board.heat_cell", open=open_, past=past) for *_, past, open_ in cells],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _colour(past: int, open_: int, most: int) -> str:
    if past:
        return charts.tint(charts.OVER, 0.25 + 0.4 * past / most)
    return charts.tint(charts.MARK, 0.14) if open_ else charts.tint(charts.QUIET, 0.08)


def _text(past: int, open_: int) -> str:
    return f"{past} / {open_}" if past else str(open_ or "")
