"""The weekly health report as a workbook: what it says, its figures, and all rows behind them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.process.health import Rows
from data.exchange.xlsx import Leaf, write_book
from data.health_sheets import Sheet, head, row_sheets, stage_sheet, week_sheet
from data.health_words import issued_words
from data.queries.health import Issued
from data.text import translate

_FORMATS = {"rate": "0%", "days": "0.0", "times": "0.00", "instant": "yyyy-mm-dd hh:mm"}
_WIDTHS = {"text": 26, "instant": 18}
_NARROW, _LABEL, _PROSE = 14, 16, 120


def health_book(language: str, report: Issued, found: Rows, trend: Sequence[Issued]) -> bytes:
    """An XLSX file; text is text whatever it begins with, rates are numbers 0–1.

    Instants are dates to sort and filter by, in the report's time zone, which its first sheet names.
    """
    zone = ZoneInfo(report.timezone)
    sheets = (
        stage_sheet(language, report.health),
        week_sheet(language, trend),
        *row_sheets(language, found),
    )
    return write_book([_front(language, report), *(_leaf(sheet, zone) for sheet in sheets)])


def _front(language: str, report: Issued) -> Leaf:
    lines = [*head(language, report)]
    lines.append((translate(language, "health.head.issued"), issued_words(language, report)))
    title = translate(language, "health.title")
    return Leaf(translate(language, "health.sheet.report"), (title, ""), lines, widths={0: _LABEL, 1: _PROSE})


def _leaf(sheet: Sheet, zone: ZoneInfo) -> Leaf:
    return Leaf(
        sheet.title,
        [column.title for column in sheet.columns],
        [[_there(cell, zone) for cell in row] for row in sheet.rows],
        {n: _FORMATS[c.kind] for n, c in enumerate(sheet.columns) if c.kind in _FORMATS},
        {n: _WIDTHS.get(c.kind, _NARROW) for n, c in enumerate(sheet.columns)},
    )


def _there(cell: Any, zone: ZoneInfo) -> Any:
    return cell.astimezone(zone).replace(tzinfo=None) if isinstance(cell, datetime) else cell
