"""Days and instants from cells, as people and spreadsheets write them."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.exchange.cells import Formats, Wrong, text_of
from core.exchange.tables import Cell

_YEARS = range(1900, 2200)
_DATE = re.compile(
    r"(\d{1,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,4})\s*日?"
    r"(?:[T\s]+(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?秒?)?分?\s*([AaPp][Mm])?)?"
)
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[\s.\-/]*([A-Za-z]{3,9})|([A-Za-z]{3,9})\.?\s*(\d{1,2})(?:st|nd|rd|th)?)"
    r"[\s.,\-/]+(\d{4})((?:[T\s].*)?)"
)
_FIRST_SERIAL = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's days have no zone
_SERIALS = range(10_000, 80_000)  # 1927 to 2119: other numbers are hardly meant as dates
_COUNTED = re.compile(r"[1-7]\d{4}(\.\d+)?")  # such a number as text, in a table written out


def instant_of(cell: Cell, formats: Formats) -> datetime:
    """An instant, UTC. Without a zone of its own it is in the file's; a date alone is its start.

    >>> instant_of("2026-03-04", Formats()).isoformat(), instant_of("2026-03-04T08:00Z", Formats()).hour
    ('2026-03-03T16:00:00+00:00', 8)
    """
    local = moment(cell, formats)
    if local.tzinfo is None:
        local = local.replace(tzinfo=ZoneInfo(formats.time_zone))
    return local.astimezone(UTC)


def moment(cell: Cell, formats: Formats) -> datetime:
    """The day and time that a cell says, with a zone only where it says one.

    Raises:
        Wrong: it says none, or one of another age.
    """
    said = _said(cell, formats)
    if said.year not in _YEARS:
        raise _no_date(cell)
    return said


def _said(cell: Cell, formats: Formats) -> datetime:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _serial(cell)
    if not isinstance(cell, str):
        raise _no_date(cell)
    text = unicodedata.normalize("NFKC", text_of(cell)).strip()
    if _COUNTED.fullmatch(text):
        return _serial(float(text))
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _written(text, formats)


def _serial(number: float) -> datetime:
    """The day that a spreadsheet counts so, where a cell lost its format; 20260304 is a day written together.

    >>> _serial(46085.5).isoformat(), _serial(20260304).isoformat()
    ('2026-03-04T12:00:00', '2026-03-04T00:00:00')
    """
    try:
        if int(number) in _SERIALS:
            return _FIRST_SERIAL + timedelta(seconds=round(number * 86_400))
        return datetime.fromisoformat(f"{int(number):08}")
    except (ValueError, OverflowError):
        raise _no_date(number) from None


def _written(text: str, formats: Formats) -> datetime:
    found = _DATE.fullmatch(_numbered(text))
    order = _in_order(found[1], found[2], found[3], formats) if found else None
    if found is None or order is None:
        raise _no_date(text)
    year, month, day = order
    hour, minute, second = (int(found[n] or 0) for n in (4, 5, 6))
    if found[7]:
        hour = hour % 12 + (12 if found[7].lower() == "pm" else 0)
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - its zone is set by the caller
    except ValueError:
        raise _no_date(text) from None


def _numbered(text: str) -> str:
    """A date whose month has an English name, in numbers; anything else as it is.

    >>> _numbered("5 March 2023"), _numbered("Jan 15th, 2027 08:30"), _numbered("15-Sept-2027")
    ('2023-3-5', '2027-1-15 08:30', '2027-9-15')
    """
    found = _NAMED.fullmatch(text)
    name = (found[2] or found[3]).lower() if found else ""
    month = next((n for n, full in enumerate(_MONTHS, 1) if len(name) > 2 and full.startswith(name)), None)
    if found is None or (month := 9 if name == "sept" else month) is None:
        return text
    return f"{found[5]}-{month}-{found[1] or found[4]}{found[6]}"


def _no_date(cell: Cell) -> Wrong:
    return Wrong("unread_date", value=text_of(cell)[:80])


def _in_order(first: str, second: str, third: str, formats: Formats) -> tuple[int, int, int] | None:
    a, b, c = int(first), int(second), int(third)
    if len(first) == 4:
        return a, b, c
    if len(third) != 4:
        return None
    if formats.dates == "day first" or (formats.dates is None and a > 12):
        return c, b, a
    if formats.dates == "month first" or b > 12 or a == b:
        return c, a, b
    raise Wrong("ambiguous_date")
