"""How long something took, in seconds: minutes and hours where the header or the cell names them."""

import re
import unicodedata
from typing import Any

from core.exchange.amounts import amount_of
from core.exchange.cells import Formats
from core.exchange.kinds import Column
from core.exchange.tables import Cell
from core.exchange.values import parse

LENGTH = "duration_seconds"
_EACH = {1: ("seconds", "sec", "s", "秒"), 60: ("minutes", "min", "分钟", "分"), 3600: ("hours", "h", "小时")}
_ALSO = {"secs": 1, "second": 1, "mins": 60, "minute": 60, "hrs": 3600, "hr": 3600, "hour": 3600}
_SECONDS = _ALSO | {word: each for each, words in _EACH.items() for word in words}
_UNITS = "|".join(sorted(_SECONDS, key=len, reverse=True))
_BEHIND = re.compile(rf"(?P<number>[\d.,]+)\s*(?P<unit>{_UNITS})\.?")
_AT_END = re.compile(r"(?:(minutes?|mins?|分钟数?|(?<=[长(])分)|(?:hours?|hrs?|(?<=[\s(_])h|小时数?))\W*$")


def seconds_each(header: str) -> int:
    """How many seconds one is of what a header counts.

    >>> [seconds_each(one) for one in ("Minutes", "Duration (min.)", "时长（分钟）", "时长（分）")]
    [60, 60, 60, 60]
    >>> [seconds_each(one) for one in ("Hours", "Duration (h)", "Talk time", "时长", "Length")]
    [3600, 3600, 1, 1, 1]
    """
    found = _AT_END.search(unicodedata.normalize("NFKC", header).casefold())
    return 1 if found is None else 60 if found[1] else 3600


def length_of(column: Column, cell: Cell, formats: Formats, each: int) -> Any:
    """The seconds of a filled cell, which may say its own unit.

    Args:
        each: how many seconds one is, by the header.

    Raises:
        Wrong: it is no such number.

    >>> from core.exchange.kinds import Holds
    >>> took = Column(LENGTH, Holds.COUNT)
    >>> [length_of(took, c, Formats(), 60) for c in (90, "1.5", "45 sec", "2小时", "10 min")]
    [5400, 90, 45, 7200, 600]
    """
    text = unicodedata.normalize("NFKC", cell).strip().casefold() if isinstance(cell, str) else ""
    if said := _BEHIND.fullmatch(text):
        cell, each = said["number"], _SECONDS[said["unit"]]
    return parse(column, cell if each == 1 else round(amount_of(cell, formats) * each), formats)
