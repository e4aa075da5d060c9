"""Numbers of employees as sizes of customers: where mid-size and large begin, a person says (P1)."""

import re
import unicodedata
from collections.abc import Iterable

_NUMBER = r"(\d[\d,]*)"
_UNIT = r"(?:人|名|名员工|employees|staff|people)?"
_RANGE = re.compile(rf"{_NUMBER}{_UNIT}(?:-|~|–|—|至|到|to){_NUMBER}{_UNIT}")
_LEAST = re.compile(rf"(?:>=?|≥|over|morethan|超过){_NUMBER}{_UNIT}|{_NUMBER}{_UNIT}(?:\+|以上|及以上)")
_MOST = re.compile(rf"(?:<=?|≤|under|upto|lessthan|少于|不足){_NUMBER}{_UNIT}|{_NUMBER}{_UNIT}(?:以下|以内)")
_ONE = re.compile(rf"(?:约|about|ca\.)?{_NUMBER}{_UNIT}")
_NO_END = 2**63
_CODES = 9  # a list of sizes has no more of them


def staff_of(word: str) -> tuple[int, int] | None:
    """The least and the most employees that a word tells, the end of a range left out; None for another word.

    >>> staff_of("1,200人"), staff_of("50-200人"), staff_of("少于50人"), staff_of("Gold")
    ((1200, 1200), (50, 199), (0, 49), None)
    >>> staff_of("500人以上") == staff_of("500+") == (500, _NO_END)
    True
    """
    said = re.sub(r"\s", "", unicodedata.normalize("NFKC", word).casefold())
    if found := _RANGE.fullmatch(said):
        least, most = map(_whole, found.groups())
        return (least, max(least, most - 1)) if least <= most else None
    if found := _LEAST.fullmatch(said):
        return _whole(found[1] or found[2]), _NO_END
    if found := _MOST.fullmatch(said):
        return 0, max(0, _whole(found[1] or found[2]) - 1)
    found = _ONE.fullmatch(said)
    return (_whole(found[1]), _whole(found[1])) if found else None


def size_of(word: str, mid: int, large: int) -> str | None:
    """The size that a number or range of employees lies in; None where it tells none, or reaches into two.

    Args:
        mid, large: how many employees the smallest mid-size and the smallest large customer have.

    >>> [size_of(word, 50, 500) for word in ("80", "50-500", "20-100", "500+", "0-50")]
    ['mid', 'mid', None, 'large', 'small']
    """
    staff = staff_of(word)
    sizes = {"small" if n < mid else "mid" if n < large else "large" for n in staff or ()}
    return sizes.pop() if len(sizes) == 1 else None


def count_staff(words: Iterable[str]) -> list[str]:
    """Those of a column's words that tell employees; none where all are as small as the codes of a list.

    >>> count_staff(["80", "Gold", "1-50"]), count_staff(["1", "2", "3"])
    (['80', '1-50'], [])
    """
    found = {word: staff for word in words if (staff := staff_of(word))}
    return list(found) if any(most > _CODES for _, most in found.values()) else []


def _whole(digits: str) -> int:
    return int(digits.replace(",", ""))
