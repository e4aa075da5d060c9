"""Requests of stores to headquarters: what makes one, an answer and a merge valid (PRODUCT.md C6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.messages import Problem
from core.promises.demands import check_ahead
from core.promises.sla import URGENCIES

PLANNED, DONE, DECLINED = "planned", "done", "declined"
OUTCOMES = (PLANNED, DONE, DECLINED)
MAX_WORDS = 4_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What headquarters says to a request and to everybody who joined it."""

    outcome: str
    reply: str
    planned_on: date | None = None

    @property
    def day(self) -> date | None:
        """The day that is planned; what is there or declined has none, whatever was chosen before.

        >>> Verdict("done", "Since May", date(2026, 6, 1)).day is None
        True
        """
        return self.planned_on if self.outcome == PLANNED else None


@dataclass(frozen=True, slots=True)
class Merging:
    """A request as merging sees it."""

    id: int
    merged: bool
    answered: bool


def check_request(words: str, urgency: str) -> tuple[Problem, ...]:
    """All problems of a request.

    >>> [p.code for p in check_request(" ", "P9")]
    ['required', 'unknown_choice']
    """
    problems = [] if words.strip() else [Problem("words", "required")]
    if len(words) > MAX_WORDS:
        problems.append(Problem("words", "too_long", {"limit": MAX_WORDS}))
    if urgency not in URGENCIES:
        problems.append(Problem("urgency", "unknown_choice" if urgency else "required", {"value": urgency}))
    return tuple(problems)


def check_verdict(verdict: Verdict, today: date) -> tuple[Problem, ...]:
    """All problems of an answer: it says why, and by which day to come where something is planned."""
    problems = []
    if verdict.outcome not in OUTCOMES:
        problems.append(
            Problem(
                "outcome", "unknown_choice" if verdict.outcome else "required", {"value": verdict.outcome}
            )
        )
    if not verdict.reply.strip():
        problems.append(Problem("reply", "required"))
    if len(verdict.reply) > MAX_WORDS:
        problems.append(Problem("reply", "too_long", {"limit": MAX_WORDS}))
    if verdict.outcome == PLANNED and verdict.day is None:
        problems.append(Problem("planned_on", "required"))
    return (*problems, *check_ahead("planned_on", verdict.day, today))


def may_merge(into: Merging, others: Sequence[Merging]) -> bool:
    """Whether others can become part of a request: all stand in the pool themselves, none is answered.

    >>> may_merge(Merging(1, False, False), [Merging(2, False, False)])
    True
    >>> may_merge(Merging(1, False, False), [Merging(1, False, False)])
    False
    """
    if into.merged or into.answered or not others:
        return False
    return all(not (o.merged or o.answered) and o.id != into.id for o in others)
