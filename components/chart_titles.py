"""A chart's finding and what it shows, as its title: within the picture, in lines that a phone holds."""

import math
import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from components.charts import escaped, made, wide
from components.marks import Figure, Trace

_TITLE_AT = 14  # pixels below the upper edge
_TITLE_WIDTH, _NOTE_WIDTH = 36, 54  # Latin letters in a line on a phone, the title's beside the button
_LEGEND_ROW, _LEGEND_MARK, _NARROW = 20, 45, 350  # pixels: a row, an entry without its name, a phone
_PIECES = re.compile(  # what no line breaks: a number and its unit, a letter and its stop, a Latin word
    r"n = \S+\s*|[“（]?[^\s⺀-\uffef]*\d[^\s⺀-\uffef]*"
    r"(?: ?[万亿天个条周]| (?:d|h|min)\b[.,:;]*)?[，。：；、！？）”]*\s*"
    r"|[“（]?[⺀-\uffef][，。：；、！？）”]*|[^\s⺀-\uffef]+\s*|\s+"
)


def titled(chart: Figure, finding: str, note: str, language: str, *, above: int = 0) -> Figure:
    """The same figure with its title inside, so that a saved picture reads itself.

    Args:
        finding: what the figure says.
        note: what is shown, and in which unit.
        above: pixels between title and marks that an axis up there needs.
    """
    said, told = (_lines(text, width) for text, width in ((finding, _TITLE_WIDTH), (note, _NOTE_WIDTH)))
    small = f'<span style="font-size:12px;font-weight:400">{"<br>".join(told)}</span>'
    heads = 22 * len(said) + 16 * len(told) + 14
    traces, layout = chart.to_dict()["data"], chart.to_dict()["layout"]
    top = heads + _LEGEND_ROW * _legend_rows(traces, layout, language) + above
    height = layout["height"] + top
    title = {
        "text": f"<b>{'<br>'.join(said)}</b><br>{small}",
        "x": 0,
        "xanchor": "left",
        "y": 1 - _TITLE_AT / height,
        "yref": "container",
        "yanchor": "top",
    }
    legend = layout.get("legend", {}) | {"yref": "container", "yanchor": "top", "y": 1 - heads / height}
    inside = {
        "title": layout.get("title", {}) | title,
        "margin": layout.get("margin", {}) | {"t": top},
        "height": height,
        "legend": legend,
    }
    return made(traces, layout | inside)


def _legend_rows(traces: Sequence[Trace], layout: Mapping[str, Any], language: str) -> int:
    """Rows that the legend takes on a phone; plotly gives every entry the width of the widest."""
    shown = layout.get("showlegend")
    named = [trace["name"] for trace in traces if trace.get("name") and trace.get("showlegend") is not False]
    if not named or shown is False or (len(named) < 2 and not shown):
        return int(any(trace.get("showlegend") for trace in traces))
    letter = 13 if language == "zh" else 7
    widest = _LEGEND_MARK + letter * max(map(len, named))
    return math.ceil(len(named) / max(_NARROW // widest, 1))


def _lines(text: str, width: int) -> list[str]:
    """As few lines as fit on a phone, of about one length, so that no last word stands alone.

    >>> _lines("“华南大区”停得最久，25 天", 14)
    ['“华南大区”停', '得最久，25 天']
    >>> _lines("Quote confirmation takes twice as long as elsewhere", 46)
    ['Quote confirmation takes', 'twice as long as elsewhere']
    >>> _lines("the widest gap is 9 d: 广州凌云志饮料", 36)
    ['the widest gap is', '9 d: 广州凌云志饮料']
    >>> _lines("All of it is Donaudampfschifffahrtsgesellschaft: 9 d", 20)
    ['All of it is', 'Donaudampfschiff…', '9 d']
    """
    fewest = len(_broken(text, width))
    least = min(wide(text) // fewest, width)
    return next(lines for w in range(least, width + 1) if len(lines := _broken(text, w)) <= fewest)


def _broken(text: str, width: int) -> list[str]:
    """Lines up to a width; a Chinese letter is as wide as two others, and stops stay with their letter."""
    lines = [""]
    for piece in (_within(piece, width) for piece in _PIECES.findall(text)):
        if wide(lines[-1] + piece.rstrip()) > width and lines[-1].strip():
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [escaped(line.rstrip()) for line in lines]


def _within(word: str, width: int) -> str:
    """A word as it is, or as much of it as a line holds."""
    if wide(word.rstrip()) <= width:
        return word
    fits = sum(used < width for used in accumulate(map(wide, word)))
    return f"{word[:fits]}… "
