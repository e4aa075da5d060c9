"""Units in headers: 金额（万元） is the column of amounts, each of ten thousand."""

import re

from core.exchange.tables import Cell

MULTIPLES = {
    "元": 1,
    "RMB": 1,
    "CNY": 1,
    "千元": 1_000,
    "万": 10_000,
    "万元": 10_000,
    "百万元": 1_000_000,
    "亿": 100_000_000,
    "亿元": 100_000_000,
}
_IN_HEADER = re.compile(
    r"[\s(（\[【/,，]+(?:单位[:：]?)?(?:人民币)?(百万元|千元|万元|亿元|元|万|亿|RMB|CNY)\s*[)）\]】]?\s*$|(万元|亿元)\s*$"
)
_OWN = re.compile(r"[千万亿]")


def without_unit(header: str) -> str:
    """The header without its unit.

    >>> [without_unit(one) for one in ("金额（万元）", "合同金额 单位：元", "万元户", "Value (RMB)")]
    ['金额', '合同金额', '万元户', 'Value']
    """
    return _IN_HEADER.sub("", header)


def times_of(header: str) -> int:
    """What a number under this header is to be taken times; 1 where it names no unit.

    >>> times_of("金额（万元）"), times_of("预计金额万元"), times_of("金额")
    (10000, 10000, 1)
    """
    found = _IN_HEADER.search(header)
    return MULTIPLES[found[1] or found[2]] if found else 1


def has_unit(cell: Cell) -> bool:
    """Whether a cell says its own unit, so that the header's is not meant.

    >>> has_unit("120万"), has_unit("1,200"), has_unit(120)
    (True, False, False)
    """
    return isinstance(cell, str) and bool(_OWN.search(cell))
