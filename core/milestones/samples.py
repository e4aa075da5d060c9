"""Rows drawn by chance and looked at by a person: whether records say what happened (PRODUCT.md E)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from core.intervals import Z95, wilson
from core.messages import Problem
from core.milestones.evidence import Evidence

SAMPLED = ("completeness", "kept")  # criteria whose rows are drawn: recordings, and promises
MOST_WORDS = 500


class Found(StrEnum):
    """What somebody found who looked at a row."""

    CONFIRMED = "confirmed"
    DIFFERS = "differs"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Tally:
    """What the checks of a sample say.

    Attributes:
        drawn, checked: rows drawn, and those that somebody looked at.
        low, high: Wilson's 95% interval of the share confirmed among all rows, from those that were clear,
            as far as others can still move it; None while none was clear, or once all rows are.
    """

    drawn: int
    checked: int
    confirmed: int
    differs: int
    unclear: int
    low: float | None
    high: float | None


def draw(rows: Sequence[Evidence], size: int, rng: Random) -> tuple[Evidence, ...]:
    """So many rows, each as likely as any other, in order of their days; all where there are no more.

    The same rows and the same seed give the same sample, in whatever order the rows come.
    """
    known = sorted(rows, key=lambda row: (row.of, row.on))
    return tuple(sorted(rng.sample(known, min(size, len(known))), key=lambda row: (row.on, row.of)))


def tally(drawn: int, found: Iterable[Found], population: int) -> Tally:
    """Count what was found, the latest of each row.

    Args:
        population: all rows, from which the sample was drawn.

    >>> tally(20, [Found.CONFIRMED] * 9 + [Found.DIFFERS], population=300).confirmed
    9
    """
    counted = list(found)
    confirmed, differs = counted.count(Found.CONFIRMED), counted.count(Found.DIFFERS)
    clear = confirmed + differs
    low, high = _among_all(confirmed, differs, population) if 0 < clear < population else (None, None)
    return Tally(drawn, len(counted), confirmed, differs, counted.count(Found.UNCLEAR), low, high)


def _among_all(confirmed: int, differs: int, population: int) -> tuple[float, float]:
    """What was found stands: no more can be confirmed than all but those that differ."""
    low, high = wilson(confirmed, confirmed + differs, Z95)
    return max(low, confirmed / population), min(high, 1 - differs / population)


def check_found(result: str, note: str) -> Iterator[Problem]:
    """What is wrong with a check; what is not confirmed needs a word."""
    if result not in list(Found):
        yield Problem("result", "unknown_choice" if result else "required", {"value": result})
    elif result != Found.CONFIRMED and not note.strip():
        yield Problem("note", "reason_required")
    if len(note) > MOST_WORDS:
        yield Problem("note", "too_long", {"limit": MOST_WORDS})
