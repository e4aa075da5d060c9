"""What a person can read on a page that AppTest ran."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

RAW_KEY = re.compile(r"\b(?:board|today|terms|alerts|errors|health|pictures)\.[a-z_]+(?:\.[a-z_]+)*")


def words(page: AppTest) -> str:
    """All text on it, Markdown's escapes taken out."""
    shown = [
        e.value
        for kind in (page.title, page.subheader, page.markdown, page.caption, page.error)
        for e in kind
    ]
    shown += [f"{m.label} {m.value} {m.delta}" for m in figures(page)]
    shown += [b.label for b in page.button]
    shown += [d.value.to_string() for d in page.dataframe]
    shown += titles(page)
    return "\n".join(str(s).replace("\\", "") for s in shown)


@dataclass(frozen=True, slots=True)
class Figure:
    """One of `components.blocks.cards`: what it is, how much, and the word about it."""

    label: str
    value: str
    delta: str = ""


def figures(page: AppTest) -> list[Figure]:
    """Those that open rows, which are buttons, then those that do not."""
    tiles = [b.label for b in page.button if (b.key or "").startswith("tile-")]
    told = [re.sub(r":\w+-badge\[(.*)\]$", r"\1", label).replace("\\", "").split("\n\n") for label in tiles]
    return [*(Figure(*one) for one in told), *(Figure(m.label, m.value, m.delta or "") for m in page.metric)]


def values(page: AppTest) -> dict[str, str]:
    """How much each of its figures is, by what it is."""
    return {one.label: one.value for one in figures(page)}


def does(button: Button) -> str:
    """What a button says; of a line that is a button as a whole (`components.blocks.rows`), what it does."""
    return str(button.label).split("\n\n")[-1].strip("*")


def unfold(page: AppTest, label: str, n: int = 0) -> AppTest:
    """Open the part `components.folding.folded` under a label, as a press does."""
    box = [e for e in page.expander if e.label == label][n]
    page.session_state[box.key] = True
    return page.run()


def lines(page: AppTest) -> list[str]:
    """Its paragraphs and its lines to press, Markdown's escapes taken out."""
    pressed = [b.label for b in page.button if "\n\n" in b.label]
    return [str(one).replace("\\", "") for one in (*(m.value for m in page.markdown), *pressed)]


def titles(page: AppTest) -> list[str]:
    """What its pictures say, markup taken out."""
    layouts = [json.loads(chart.proto.spec)["layout"] for chart in page.get("plotly_chart")]
    return [re.sub(r"<br>|<[^>]*>", " ", one["title"].get("text", "")) for one in layouts if "title" in one]


def nameless(page: AppTest) -> list[str]:
    """Pictures with a legend that shows a mark without a name, which plotly calls "trace 0"."""
    specs = {chart.proto.id: json.loads(chart.proto.spec) for chart in page.get("plotly_chart")}
    return [
        key
        for key, spec in specs.items()
        if spec["layout"].get("showlegend", len(spec["data"]) > 1)
        for trace in spec["data"]
        if trace["type"] in {"bar", "scatter"} and not trace.get("name") and trace.get("showlegend", True)
    ]


def check_words(page: AppTest) -> None:
    """No crash, no catalogue key, nothing that only a programmer reads."""
    text = words(page)
    assert not page.exception, page.exception
    assert RAW_KEY.findall(text) == []
    assert nameless(page) == []
    assert "went wrong" not in text
    assert "出错" not in text
