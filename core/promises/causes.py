"""A root-cause analysis: who looks into it until when, and what came of it (PRODUCT.md C5)."""

from datetime import date

from core.messages import Problem

MAX_TEXT = 4_000


def check_assignment(owner: int | None, due_on: date | None, today: date) -> tuple[Problem, ...]:
    """All problems of handing an analysis to somebody: a name, and a day that is to come."""
    problems = [] if owner is not None else [Problem("owner", "required")]
    if due_on is None:
        problems.append(Problem("due_on", "required"))
    elif due_on < today:
        problems.append(Problem("due_on", "not_in_future"))
    return tuple(problems)


def check_conclusion(cause: str, outcome: str) -> tuple[Problem, ...]:
    """All problems of closing an analysis: what caused it, and what is done about it.

    >>> [p.field for p in check_conclusion(" ", "A weekly look at the plan")]
    ['cause']
    """
    said = {"cause": cause, "outcome": outcome}
    problems = [Problem(name, "required") for name, text in said.items() if not text.strip()]
    problems += [
        Problem(name, "too_long", {"limit": MAX_TEXT}) for name, text in said.items() if len(text) > MAX_TEXT
    ]
    return tuple(problems)
