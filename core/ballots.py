"""Secret ballots of a month: one person, one vote, and nobody can say whose (PRODUCT.md D5, E).

A person draws one paper a month, a random text that lives in their browser alone; the store keeps its print.
A vote lies in the box under a mark that only the paper yields, sealed until the month is over: neither the
person nor the score can be read from the store's tables. docs/decisions/0050 says against whom this holds.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.messages import Problem

CHOICES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Tally:
    """What a box held when it was opened.

    Attributes:
        counts: votes for each of `CHOICES`, in order.
    """

    counts: tuple[int, ...]

    @property
    def votes(self) -> int:
        """How many voted."""
        return sum(self.counts)

    @property
    def mean(self) -> float:
        """Mean choice, 1–5; of at least one vote."""
        return sum(c * n for c, n in zip(CHOICES, self.counts, strict=True)) / self.votes


def month_of(day: date) -> str:
    """The ballot's month of a day.

    >>> month_of(date(2026, 3, 4))
    '2026-03'
    """
    return f"{day:%Y-%m}"


def print_of(paper: str) -> str:
    """What the store keeps of a drawn paper: its SHA-256, which does not lead back to it."""
    return hashlib.sha256(paper.encode()).hexdigest()


def mark_of(paper: str, subject: str, month: str) -> str:
    """The name under which a paper's vote on a subject lies in the box: HMAC-SHA256 under the paper.

    One paper has one mark for a subject and month, so a second vote replaces the first; whoever does not
    hold the paper (256 random bits) can tie the mark neither to its print nor to its marks elsewhere.
    """
    return hmac.new(paper.encode(), f"{month}\n{subject}".encode(), hashlib.sha256).hexdigest()


def tally(choices: Iterable[int]) -> Tally:
    """Count choices.

    >>> tally([5, 4, 5]).counts
    (0, 0, 0, 1, 2)
    """
    found = list(choices)
    return Tally(tuple(found.count(choice) for choice in CHOICES))


def check_choice(choice: int) -> list[Problem]:
    """A choice is one of `CHOICES`."""
    if choice in CHOICES:
        return []
    return [Problem("choice", "out_of_range", {"low": CHOICES[0], "high": CHOICES[-1]})]
