"""Units and currencies in headers and cells: 金额（万元） is the column of amounts, each of ten thousand."""

import re
import unicodedata

from core.exchange.tables import Cell
from core.money import currencies

MULTIPLES = {
    "元": 1,
    "千": 1_000,
    "千元": 1_000,
    "万": 10_000,
    "万元": 10_000,
    "百万": 1_000_000,
    "百万元": 1_000_000,
    "亿": 100_000_000,
    "亿元": 100_000_000,
    "k": 1_000,
    "000": 1_000,
    "T": 1_000,  # of TEUR
    "m": 1_000_000,
}
SIGNS = {
    "RMB": "CNY",
    "€": "EUR",
    "£": "GBP",
    "US$": "USD",
    "HK$": "HKD",
    "NT$": "TWD",
    "AU$": "AUD",
    "CA$": "CAD",
    "S$": "SGD",
    "A$": "AUD",
    "C$": "CAD",
    "$": "USD",
    "人民币": "CNY",
    "美元": "USD",
    "美金": "USD",
    "欧元": "EUR",
    "英镑": "GBP",
    "日元": "JPY",
    "港元": "HKD",
    "港币": "HKD",
}
_DOLLARS = ("AUD", "CAD", "HKD", "NZD", "SGD", "TWD")
_YUAN_AND_YEN = ("CNY", "JPY")
_CODES = ("CNY", "USD", "EUR", "GBP", "HKD", "JPY", "SGD", "TWD", "KRW", "AUD", "CAD", "CHF")
CURRENCY = "|".join(re.escape(sign) for sign in (*_CODES, *SIGNS))
_THOUSANDS = r"['’]?([kKmM]|000)s?"
_IN_HEADER = re.compile(
    r"[\s(（\[【/,，]+(?:单位[:：]?)?(?:人民币)?"
    rf"(?:(百万元|千元|万元|亿元|元|万|亿|人)|([kKTmM]|百万|千|万|亿)?\s?(?:{CURRENCY})|(?:{CURRENCY})\s?{_THOUSANDS})"
    rf"\s*[)）\]】]?\s*$|(万元|亿元)\s*$|\s*[(（\[【]\s*{_THOUSANDS}\s*[)）\]】]\s*$"
)
_NAMED = re.compile(CURRENCY)
_CODE = rf"(?<![A-Za-z])(?:{'|'.join(sorted(currencies()))})(?![A-Za-z])"
_ANY_NAMED = re.compile(rf"{CURRENCY}|{_CODE}")  # beside a number; in a header ALL is a word
_YUAN_OR_YEN = re.compile(r"[¥￥]")
_BESIDE = re.compile(rf"[\s\u00a0¥￥]|{CURRENCY}|{_CODE}|元")
_AFTER = {
    "百万": 1_000_000,
    "千万": 10_000_000,
    "千": 1_000,
    "万": 10_000,
    "亿": 100_000_000,
    "k": 1_000,
}
_AFTER_MONEY = {"m": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000}


def without_unit(header: str) -> str:
    """The header without its unit.

    >>> [without_unit(one) for one in ("金额（万元）", "合同金额 单位：元", "万元户", "Value (kEUR)")]
    ['金额', '合同金额', '万元户', 'Value']
    """
    return _IN_HEADER.sub("", header)


def times_of(header: str) -> int:
    """What a number under this header is to be taken times; 1 where it names no unit.

    >>> times_of("金额（万元）"), times_of("预计金额万元"), times_of("金额"), times_of("Value (kEUR)")
    (10000, 10000, 1, 1000)
    >>> times_of("Value (k)"), times_of("Value (£m)"), times_of("Value £'000"), times_of("Link")
    (1000, 1000000, 1000, 1)
    >>> times_of("金额（万美元）"), times_of("金额（人民币）"), times_of("金额（人民币万元）")
    (10000, 1, 10000)
    """
    found = _IN_HEADER.search(header)
    unit = next((part for part in found.groups() if part), "") if found else ""
    return MULTIPLES.get(unit) or MULTIPLES.get(unit.lower(), 1)


def currency_in(cell: Cell, own: str = "") -> str | None:
    """The currency that an amount, or the header above it, names; None where it names none, or only ¥.

    Args:
        own: the company's currency, which $ means where it is a dollar.

    >>> [currency_in(one) for one in ("€7,000", "1,200 USD", "S$5", "20万美元", "¥120万", 7000)]
    ['EUR', 'USD', 'SGD', 'USD', None, None]
    >>> currency_in("$5"), currency_in("$5", "SGD"), currency_in("US$5", "SGD")
    ('USD', 'SGD', 'USD')
    >>> currency_in("NOK 450,000"), currency_in("Value, ALL regions")
    ('NOK', None)
    """
    if not isinstance(cell, str):
        return None
    found = (_ANY_NAMED if re.search(r"\d", cell) else _NAMED).search(cell)
    if found is None:
        return None
    return own if found[0] == "$" and own in _DOLLARS else SIGNS.get(found[0], found[0])


def yuan_or_yen(cell: Cell, own: str) -> bool:
    """Whether nobody can tell which of the two an amount's ¥ means, the company's own currency being neither.

    >>> yuan_or_yen("¥5", "SGD"), yuan_or_yen("¥5", "JPY"), yuan_or_yen("5", "SGD")
    (True, False, False)
    """
    return own not in ("", *_YUAN_AND_YEN) and isinstance(cell, str) and bool(_YUAN_OR_YEN.search(cell))


def bare(text: str) -> str:
    """A number's text without spaces and currency.

    >>> bare("¥ 1,200.5 万元"), bare("60 KRW"), bare("６０k €"), bare("NOK 450,000")
    ('1,200.5万', '60', '60k', '450,000')
    """
    return _BESIDE.sub("", unicodedata.normalize("NFKC", text))


def apart(plain: str, *, money: bool) -> tuple[str, int]:
    """The number of such a text, and what the unit behind it takes it times; 1 where there is none.

    Args:
        money: whether units are meant that only amounts of money have.

    >>> apart("2百万", money=False), apart("1.2M", money=True), apart("1.2M", money=False)
    (('2', 1000000), ('1.2', 1000000), ('1.2M', 1))
    """
    units = _AFTER | _AFTER_MONEY if money else _AFTER
    said = plain.lower()
    unit = max((unit for unit in units if said.endswith(unit)), key=len, default="")
    return (plain[: -len(unit)], units[unit]) if unit else (plain, 1)


def has_unit(cell: Cell) -> bool:
    """Whether a cell says its own unit, so that the header's is not meant.

    >>> has_unit("120万"), has_unit("(1.2m)"), has_unit("1,250,000元"), has_unit("1,200"), has_unit(120)
    (True, True, True, False, False)
    """
    return isinstance(cell, str) and ("元" in cell or apart(bare(cell).strip("()"), money=True)[1] > 1)


def names_currency(cell: Cell) -> bool:
    """Whether a currency stands beside a number, ¥ too.

    >>> [names_currency(one) for one in ("€125,000", "¥5", "60 KRW", "60", 60)]
    [True, True, True, False, False]
    """
    return isinstance(cell, str) and bool(_ANY_NAMED.search(cell) or _YUAN_OR_YEN.search(cell))
