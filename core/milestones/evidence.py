"""The rows that a milestone's criterion counts, and what they say (PRODUCT.md E)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row that a criterion counts; a criterion's value is the mean of its rows' values by weight.

    Attributes:
        of: id of the record: of a person, action, decision, demand, promise, month's run or brief.
        on: the day for which it counts.
        whose: the person or team that it is about; "" where nobody is known.
        about: what it says of it: a customer's or an opportunity's name.
        value: 1 or 0 for yes and no; a rate, hours or minutes, as the criterion says.
        weight: how much it counts.
        why: a code: what is missing, why it was rejected, how urgent it is; "" for nothing.
        link: id by which the page of the criterion opens it.
        currency: of the amounts of a month; "" where they are counts, or the row was kept without it.
    """

    of: int
    on: date
    whose: str
    about: str
    value: float
    weight: float = 1.0
    why: str = ""
    link: int | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Week:
    """A week's value; `starts_on` its first day, `n` its rows."""

    starts_on: date
    value: float
    n: int


def mean(rows: Iterable[Evidence]) -> float | None:
    """The mean of the values by weight; None where nothing weighs.

    >>> row = lambda value, weight: Evidence(1, date(2026, 3, 1), "", "", value, weight)
    >>> mean([row(1.0, 3.0), row(0.0, 1.0)]), mean([])
    (0.75, None)
    """
    found = tuple(rows)
    weight = sum(row.weight for row in found)
    return sum(row.value * row.weight for row in found) / weight if weight > 0 else None


def between(rows: Iterable[Evidence], first: date, end: date) -> tuple[Evidence, ...]:
    """The rows from a day up to, and without, another."""
    return tuple(row for row in rows if first <= row.on < end)


def weeks(rows: Sequence[Evidence], first: date, end: date) -> tuple[Week, ...]:
    """Values by week, counted back from `end`; weeks without a row are left out."""
    found = []
    start = end - WEEK * -(-(end - first).days // 7)
    while start < end:
        mine = between(rows, max(start, first), start + WEEK)
        value = mean(mine)
        if value is not None:
            found.append(Week(max(start, first), value, len(mine)))
        start += WEEK
    return tuple(found)


def worst(rows: Sequence[Evidence], *, lower_is_better: bool) -> str:
    """Whose mean is farthest on the wrong side; "" where nobody is known. Ties go to more rows."""
    people = {row.whose for row in rows if row.whose}
    sign = -1 if lower_is_better else 1

    def rank(name: str) -> tuple[float, int, str]:
        mine = [row for row in rows if row.whose == name]
        return sign * (mean(mine) or 0.0), -len(mine), name

    return min(people, key=rank, default="")


def commonest(rows: Iterable[Evidence]) -> tuple[tuple[str, int], ...]:
    """The codes of the rows and how often each stands there, the commonest first."""
    counted = Counter(code for row in rows for code in row.why.split() if code)
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
