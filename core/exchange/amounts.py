"""Numbers as people and spreadsheets write them."""

import re
from datetime import date, datetime, time
from decimal import Decimal

from core.exchange.cells import Formats, Wrong, text_of
from core.exchange.tables import Cell
from core.exchange.units import apart, bare, currency_in, has_unit, names_currency, yuan_or_yen
from core.storable import MOST_AMOUNT

_PLACES = Decimal("0.0001")  # as many as a column of amounts keeps
_WRITTEN_OUT = 1_000  # with a currency beside it: seldom a number of thousands or ten thousands
_NUMBER = re.compile(r"[+-]?\d{1,25}(\.\d{1,30})?([eE][+-]?\d{1,2})?")


def amount_of(cell: Cell, formats: Formats, *, money: bool = False) -> Decimal:
    """A number as Decimal, to four places.

    Args:
        money: it is an amount of money, where m is a million; elsewhere it may be a metre or a minute.

    >>> [str(amount_of(c, Formats())) for c in ("¥1,200.50", "(3.5)", "12.5万", "60k", 4)]
    ['1200.5000', '-3.5000', '125000.0000', '60000.0000', '4.0000']
    """
    if isinstance(cell, bool | datetime | date | time) or cell is None:
        raise unread(cell)
    try:
        number = _from_text(cell, formats, money) if isinstance(cell, str) else _decimal(str(cell))
    except ValueError:
        raise unread(cell) from None
    if abs(number) >= MOST_AMOUNT:
        raise Wrong("number_too_large")
    return number.quantize(_PLACES)


def typed_amount(text: str, currency: str) -> Decimal | None:
    """An amount of money as somebody types it into a form; None where nothing stands.

    Args:
        currency: in which it is meant; another one in the text is refused.

    Raises:
        Wrong: it is no amount, in another currency, or larger than can be kept.

    >>> [str(typed_amount(c, "CNY")) for c in ("42万", "¥358,000", "1.2M", "420000.5", " ")]
    ['420000.0000', '358000.0000', '1200000.0000', '420000.5000', 'None']
    """
    if not text.strip():
        return None
    named = currency_in(text, currency)
    if yuan_or_yen(text, currency):
        named = "¥"
    if named is not None and named != currency:
        raise Wrong("amount_names_currency", named=named, currency=currency)
    try:
        return amount_of(text, Formats(), money=True)
    except Wrong as error:
        code = "unread_amount" if error.code == "unread_number" else error.code
        raise Wrong(code, **error.params) from None


def unread(cell: Cell) -> Wrong:
    """That a cell holds no number, with what it holds."""
    return Wrong("unread_number", value=text_of(cell)[:80])


def in_units(number: Decimal, times: int, cell: Cell) -> Decimal:
    """A number that a cell holds below a header with a unit, which counts unless the cell says its own.

    Args:
        times: what the header's unit takes a number times.

    Raises:
        Wrong: it is larger than can be kept, or nobody can tell whether the header's unit is meant too.
    """
    if has_unit(cell):
        return number
    if abs(number) >= _WRITTEN_OUT and names_currency(cell):
        raise Wrong("unit_or_not", value=text_of(cell)[:80], times=f"{times:,}")
    if abs(number) * times >= MOST_AMOUNT:
        raise Wrong("number_too_large")
    return number * times


def _from_text(text: str, formats: Formats, money: bool) -> Decimal:
    plain = bare(text)
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain.strip("()") if negative else plain
    plain, times = apart(plain, money=money)
    whole, _, rest = plain.partition(formats.decimal)
    if formats.thousands and formats.thousands in whole:
        if not re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(formats.thousands)}\d{{3}})+", whole):
            raise ValueError(text)
        whole = whole.replace(formats.thousands, "")
    number = _decimal(f"{whole}.{rest}" if rest else whole) * times
    return -number if negative else number


def _decimal(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)
