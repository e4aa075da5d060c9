"""A picture that reads itself: its finding as title, its unit below, and a button that saves it (D1, D3).

finding = words("standing", leading({"demo": 6, "quote": 2}), language, name=stage_name)
chosen = draw(figure, "board-standing", finding, t("board.standing_note", total=8), language)
"""

from collections.abc import Callable, Hashable
from typing import Any

from components import charts, format
from components.chart_titles import titled
from components.marks import Figure
from components.text import t
from core.pictures.said import Said


def words(
    picture: str,
    said: Said,
    language: str,
    *,
    name: Callable[[Any], str] = str,
    value: Callable[[float], str] | None = None,
) -> str:
    """A finding in a sentence.

    Args:
        picture: section of the `pictures` catalogue.
        name: says a key of a group; a name from people as it is, the figure escapes it.
        value: says an amount with its unit; without it a number to a tenth.
    """
    names: dict[str, Hashable] = {key: name(one) for key, one in said.names.items()}
    values = {key: (value or _tenth(language))(one) for key, one in said.values.items()}
    shares = {key: format.percent(share, language) for key, share in said.shares.items()}
    return t(f"pictures.{picture}.{said.code}", **names, **values, **shares, **said.counts)


def _tenth(language: str) -> Callable[[float], str]:
    return lambda value: format.number(value, language, 1)


def draw(chart: Figure, key: str, finding: str, note: str, language: str, *, above: int = 0) -> Any:
    """Draw a figure with its finding; returns the customdata of the mark that was clicked in this run.

    Args:
        key: also the name of the file under which it is saved as a picture.
        note: what is shown, and in which unit.
        above: pixels that the figure needs over its marks for an axis.
    """
    told = titled(chart, finding, note, language, above=above)
    return charts.clicked(told, key, alt=f"{finding}. {note}", image=key)


def show(chart: Figure, key: str, finding: str, note: str, language: str) -> None:
    """Draw a figure whose marks open nothing."""
    told = titled(chart, finding, note, language)
    charts.show(told, key, alt=f"{finding}. {note}", image=key)
