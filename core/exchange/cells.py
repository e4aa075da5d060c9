"""What a cell of a file holds as text, and how the file writes dates and numbers."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date, datetime, time
from typing import Any

from core.exchange.tables import Cell

UNSEEN = dict.fromkeys((0x200B, 0x2060, 0xFEFF))  # spaces without width


@dataclass(frozen=True, slots=True)
class Formats:
    """How a file writes dates and numbers.

    Attributes:
        time_zone: IANA name, for times without a zone of their own.
        dates: "day first" or "month first" for 03/04/2026; None refuses what could be either.
        decimal, thousands: the separators of numbers.
        words: per catalogue area, the words (case-folded) that mean a key.
        currency: the company's own, which a sign of several currencies means where it is one of them.
    """

    time_zone: str = "Asia/Shanghai"
    dates: str | None = None
    decimal: str = "."
    thousands: str = ","
    words: Mapping[str, Mapping[str, str]] = attribute(default_factory=dict)
    currency: str = ""


class Wrong(Exception):
    """A cell that holds something else than its column; carries the problem's code."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)


def text_of(cell: Cell) -> str:
    """A cell as text; whole numbers without a decimal point, so that an id stays an id.

    Spaces at its ends go, and spaces without width wherever they stand: nobody sees them.

    >>> text_of(1001.0), text_of(True), text_of("　a\\u200b ")
    ('1001', 'true', 'a')
    """
    match cell:
        case str():
            return cell.translate(UNSEEN).strip()
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime() | date() | time():
            return cell.isoformat()
        case _:
            return str(cell).strip()


def fold(words: str) -> str:
    """Words for comparing: case, width and punctuation do not count.

    >>> fold("Deal_Stage ") == fold("deal stage"), fold("客户 名称")
    (True, '客户名称')
    """
    return re.sub(r"[\s_\-./:()]+", "", unicodedata.normalize("NFKC", words).casefold())
