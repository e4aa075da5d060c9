"""The rows of each criterion as known at an instant, and the milestone that they make (PRODUCT.md E)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from core.milestones.assess import Assessment, assess
from core.milestones.criteria import Criterion, Window, of_day, window
from core.milestones.evidence import Evidence
from core.milestones.outlook import RECENT_DAYS
from core.policies import Policy
from core.promises.collaboration import Fact, Measure
from data.queries.collaboration_facts import facts_between
from data.queries.milestone_actions import completeness_rows, recording_rows
from data.queries.milestone_forecast import adoption_rows, month_rows
from data.queries.milestone_place import Place
from data.queries.milestone_time import located_rows, reporting_rows

_PROMISES = {"response": Measure.RESPONSE, "kept": Measure.KEPT}


@dataclass(frozen=True, slots=True)
class Assessed:
    """A milestone's criteria with all rows that were looked at, by criterion."""

    assessments: tuple[Assessment, ...]
    rows: Mapping[str, tuple[Evidence, ...]]


def assessed(
    session: Session, place: Place, launched_on: date, day: int, as_of: datetime, policy: Policy
) -> Assessed:
    """A milestone as known at an instant; at its own day and later as it stood when that day began."""
    days = window(launched_on, day)
    as_of = min(as_of, place.midnight(days.due_on) - timedelta(microseconds=1))
    today = place.day(as_of)
    found, rows = [], {}
    for criterion in of_day(day):
        mine, chance = evidence_of(session, place, criterion, days, as_of, policy)
        rows[criterion.name] = mine
        found.append(assess(criterion, mine, days, today, policy, months_chance=chance))
    return Assessed(tuple(found), rows)


def evidence_of(
    session: Session, place: Place, criterion: Criterion, days: Window, as_of: datetime, policy: Policy
) -> tuple[tuple[Evidence, ...], float | None]:
    """The rows of one criterion, and the outlook of whole months where it counts such.

    They reach back far enough for the trend: 56 days before the last day counted.
    """
    today = place.day(as_of)
    shown = days.shown(today)
    first = min(shown.first, shown.due_on - timedelta(days=2 * RECENT_DAYS))
    if criterion.name == "recording":
        return tuple(recording_rows(session, place, shown, as_of)), None
    if criterion.name == "accuracy":
        months = month_rows(session, place, days, today, as_of, criterion.limit(policy))
        return months.rows, months.chance
    return tuple(_rows(session, place, criterion.name, first, shown.due_on, as_of, policy)), None


def _rows(
    session: Session, place: Place, name: str, first: date, end: date, as_of: datetime, policy: Policy
) -> list[Evidence]:
    match name:
        case "completeness":
            return completeness_rows(session, place, first, end, as_of, policy)
        case "adoption":
            return adoption_rows(session, place, first, end, as_of)
        case "reporting":
            return reporting_rows(session, place, first, end)
        case "located":
            return located_rows(session, place, first, end, as_of)
        case _:
            return _promise_rows(session, place, _PROMISES[name], first, end, as_of, policy)


def _promise_rows(
    session: Session,
    place: Place,
    measure: Measure,
    first: date,
    end: date,
    as_of: datetime,
    policy: Policy,
) -> list[Evidence]:
    """As the collaboration report counts them (C5)."""
    found = facts_between(session, first, end, as_of, policy, measures=(measure,), team=place.team_id)
    return [
        Evidence(
            fact.of,
            fact.on or first,
            fact.person,
            fact.about,
            fact.hours if measure is Measure.RESPONSE else fact.value,
            why=_why(measure, fact, policy),
            link=fact.of,
        )
        for fact in found
    ]


def _why(measure: Measure, fact: Fact, policy: Policy) -> str:
    """What speaks against it: an answer's hours are held against the criterion's limit, not its own clock."""
    if measure is Measure.RESPONSE:
        return "late" if fact.hours > policy.milestone_response_hours else ""
    return "" if fact.value else "not_kept"
