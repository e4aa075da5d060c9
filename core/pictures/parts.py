"""Pictures of parts: which is the largest, and which step of a waterfall moved the most (D1, B5, B7)."""

from collections.abc import Mapping
from typing import Any

from core.pictures.said import Said


def leading(parts: Mapping[Any, float], whole: float | None = None) -> Said:
    """The largest part.

    Args:
        parts: amounts from 0 on, by key.
        whole: what its share is of; their sum without it.

    Returns:
        `nothing` when all are 0, `alone` when one is not, `tied` when several are the largest, `leads`.

    >>> said = leading({"a": 6, "b": 2})
    >>> said.code, said.names["most"], said.shares["share"]
    ('leads', 'a', 0.75)
    """
    total = sum(parts.values()) if whole is None else whole
    first = max(parts, key=lambda key: parts[key], default=None)
    if first is None or parts[first] <= 0 or total <= 0:
        return Said("nothing")
    top = [key for key, part in parts.items() if part == parts[first]]
    some = sum(part > 0 for part in parts.values())
    code = "alone" if some == 1 else "tied" if len(top) > 1 else "leads"
    return Said(
        code,
        {"most": first},
        {"value": parts[first], "total": total},
        {"share": parts[first] / total},
        {"tied": len(top)},
    )


def step(parts: Mapping[Any, float], before: float, after: float) -> Said:
    """The step that moved an amount the most.

    Returns:
        `still` without any step, otherwise `added` or `took`; the amount before and after beside it.

    >>> step({"won": 2.0, "lost": -5.0}, 10.0, 7.0).code
    'took'
    """
    ends = {"before": before, "after": after, "change": abs(after - before)}
    first = max(parts, key=lambda key: abs(parts[key]), default=None)
    if first is None or not parts[first]:
        return Said("still", values=ends)
    code = "added" if parts[first] > 0 else "took"
    return Said(code, {"most": first}, {**ends, "value": abs(parts[first])})
