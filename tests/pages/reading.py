"""What a person can read on a page that AppTest ran."""

from __future__ import annotations

import json
import re

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
    shown += [f"{m.label} {m.value} {m.delta}" for m in page.metric]
    shown += [b.label for b in page.button]
    shown += [d.value.to_string() for d in page.dataframe]
    shown += titles(page)
    return "\n".join(str(s).replace("\\", "") for s in shown)


def does(button: Button) -> str:
    """What a button says; of a line that is a button as a whole (`components.blocks.rows`), what it does."""
    return str(button.label).split("\n\n")[-1].strip("*")


def lines(page: AppTest) -> list[str]:
    """Its paragraphs and its lines to press, Markdown's escapes taken out."""
    pressed = [b.label for b in page.button if "\n\n" in b.label]
    return [str(one).replace("\\", "") for one in (*(m.value for m in page.markdown), *pressed)]


def titles(page: AppTest) -> list[str]:
    """What its pictures say, markup taken out."""
    layouts = [json.loads(chart.proto.spec)["layout"] for chart in page.get("plotly_chart")]
    return [re.sub(r"<br>|<[^>]*>", " ", one["title"].get("text", "")) for one in layouts if "title" in one]


def check_words(page: AppTest) -> None:
    """No crash, no catalogue key, nothing that only a programmer reads."""
    text = words(page)
    assert not page.exception, page.exception
    assert RAW_KEY.findall(text) == []
    assert "went wrong" not in text
    assert "出错" not in text
