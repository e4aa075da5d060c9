"""The quarterly collaboration report: answers in time, promises kept, confirmed again (PRODUCT.md C5)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import fmean


class Measure(StrEnum):
    """What the report compares."""

    RESPONSE = "response"
    KEPT = "kept"
    SECOND = "second"


class Level(StrEnum):
    """Whose figure it is."""

    COMPANY = "company"
    TEAM = "team"
    PERSON = "person"


LOWER_IS_BETTER = frozenset({Measure.RESPONSE})


@dataclass(frozen=True, slots=True)
class Fact:
    """One row that a figure counts.

    Attributes:
        of: id of the demand (RESPONSE) or of the promise (KEPT, SECOND).
        about: what the row says of it, the customer's name.
        person_id: who answered the demand, or who made the promise; None where nobody is known.
        team_id: the sales team whose customer waited, or of who promised.
        peers: people of one number are held against one another's mean.
        value: share of the allowed time used (RESPONSE, 0 and up); 1 for kept or confirmed, else 0.
        hours: hours until the answer, working ones unless the urgency runs round the clock.
        on: the day on which it was answered or ran out, or for which it was promised; None in reports issued
            before it was kept.
    """

    measure: Measure
    of: int
    about: str
    person_id: int | None
    person: str
    team_id: int | None
    team: str
    peers: int
    value: float
    hours: float = 0.0
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the report.

    Attributes:
        id: of the team or person; 0 for the company.
        value: mean of the rows' values: share of the allowed time used, or a rate 0–1.
        hours: mean hours until the answer, for RESPONSE.
        team_id: whose affair it is; None for the company, and for who answers demands of every team.
        n: rows that it counts.
        mean: what it is held against: of the team's people, or of all teams; None for the company.
        below: whether it is worse than the mean by the policy's share or more, with rows enough to say so.
    """

    measure: Measure
    level: Level
    id: int
    name: str
    team_id: int | None
    value: float
    hours: float
    n: int
    mean: float | None
    below: bool


@dataclass(frozen=True, slots=True)
class Collaboration:
    """A quarter's report.

    Attributes:
        quarter: its first day.
        facts: every row that was counted, so that each figure can be added up again.
        unmeasured: measures without a single row: nothing is said about them.
        share, least: the policy that it was judged by.
    """

    quarter: date
    figures: tuple[Figure, ...]
    facts: tuple[Fact, ...]
    unmeasured: tuple[Measure, ...]
    share: float
    least: int


def collaboration(quarter: date, facts: Sequence[Fact], *, share: float, least: int) -> Collaboration:
    """A quarter's report from its rows.

    Args:
        share: how much worse than the mean opens an analysis, 0–1.
        least: rows from which a figure is judged at all.
    """
    figures = tuple(f for measure in Measure for f in _figures(measure, facts, share, least))
    known = {fact.measure for fact in facts}
    return Collaboration(
        quarter, figures, tuple(facts), tuple(m for m in Measure if m not in known), share, least
    )


def rows_of(report: Collaboration, figure: Figure) -> tuple[Fact, ...]:
    """The rows that a figure counts; their mean is its value."""
    return tuple(fact for fact in report.facts if fact.measure is figure.measure and _counts(figure, fact))


def cause_key(quarter: date, figure: Figure) -> str:
    """What names the cause of a figure that fell: once per quarter, measure, and team or person."""
    return f"{quarter.isoformat()}:{figure.measure}:{figure.level}:{figure.id}"


def falls_behind(measure: Measure, value: float, mean: float, share: float) -> bool:
    """Whether a figure is worse than the mean by a share of it or more.

    >>> falls_behind(Measure.KEPT, 0.64, 0.80, 0.2), falls_behind(Measure.KEPT, 0.65, 0.80, 0.2)
    (True, False)
    >>> falls_behind(Measure.RESPONSE, 0.60, 0.50, 0.2), falls_behind(Measure.RESPONSE, 0.59, 0.50, 0.2)
    (True, False)
    """
    if measure in LOWER_IS_BETTER:
        return mean > 0 and value >= mean * (1 + share) - _ROUNDING
    return mean > 0 and value <= mean * (1 - share) + _ROUNDING


def quarter_of(day: date) -> date:
    """The first day of a day's quarter.

    >>> quarter_of(date(2026, 5, 31))
    datetime.date(2026, 4, 1)
    """
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def next_quarter(quarter: date) -> date:
    """The first day of the quarter after.

    >>> next_quarter(date(2026, 10, 1))
    datetime.date(2027, 1, 1)
    """
    return date(quarter.year + (quarter.month == 10), (quarter.month + 2) % 12 + 1, 1)


def last_quarter(quarter: date) -> date:
    """The first day of the quarter before.

    >>> last_quarter(date(2026, 1, 1))
    datetime.date(2025, 10, 1)
    """
    return date(quarter.year - (quarter.month == 1), (quarter.month - 4) % 12 + 1, 1)


_ROUNDING = 1e-9


def _counts(figure: Figure, fact: Fact) -> bool:
    match figure.level:
        case Level.COMPANY:
            return True
        case Level.TEAM:
            return fact.team_id == figure.id
        case _:
            return fact.person_id == figure.id


def _figures(measure: Measure, facts: Sequence[Fact], share: float, least: int) -> Iterator[Figure]:
    mine = [fact for fact in facts if fact.measure is measure]
    if not mine:
        return
    whole = fmean(fact.value for fact in mine)
    yield _figure(measure, Level.COMPANY, 0, mine, None, share, least)
    for team_id in dict.fromkeys(fact.team_id for fact in mine if fact.team_id is not None):
        theirs = [fact for fact in mine if fact.team_id == team_id]
        yield _figure(measure, Level.TEAM, team_id, theirs, whole, share, least)
    for person_id in dict.fromkeys(fact.person_id for fact in mine if fact.person_id is not None):
        theirs = [fact for fact in mine if fact.person_id == person_id]
        peers = _mean_of(fact for fact in mine if fact.peers == theirs[-1].peers)
        yield _figure(measure, Level.PERSON, person_id, theirs, peers, share, least)


def _figure(
    measure: Measure,
    level: Level,
    number: int,
    rows: Sequence[Fact],
    mean: float | None,
    share: float,
    least: int,
) -> Figure:
    value = fmean(fact.value for fact in rows)
    name = {Level.COMPANY: "", Level.TEAM: rows[-1].team, Level.PERSON: rows[-1].person}[level]
    judged = mean is not None and len(rows) >= least
    return Figure(
        measure,
        level,
        number,
        name,
        rows[-1].team_id if _within_team(measure, level) else None,
        value,
        fmean(fact.hours for fact in rows),
        len(rows),
        mean,
        judged and falls_behind(measure, value, mean or 0.0, share),
    )


def _within_team(measure: Measure, level: Level) -> bool:
    """Whether a figure is a team's own affair; who answers demands does so for every team."""
    return level is Level.TEAM or (level is Level.PERSON and measure is not Measure.RESPONSE)


def _mean_of(facts: Iterable[Fact]) -> float:
    return fmean(fact.value for fact in facts)
