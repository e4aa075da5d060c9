"""The company on one screen: every part is read where its own page reads it, nothing is counted anew."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.messages import NotAllowed
from core.promises.collaboration import Figure, Level
from core.reports.brief import Brief, brief
from data.once import recalled
from data.queries.brief_facts import brief_facts
from data.queries.calendars import zone_of
from data.queries.collaboration import collaboration_report, quarters
from data.queries.forecast_health import ForecastHealth, forecast_health
from data.queries.health import Issued, health_trend
from data.queries.outlook import offered
from data.queries.outlook_course import Headline, Point, headline, progress
from data.queries.outlook_imports import late_import
from data.queries.policies import company_day, policy_in_force
from data.queries.promise_board import conflicts, totals

BACK = timedelta(days=28)  # with when red promises are compared
MONTHS = 6
PERIOD = "quarter"


@dataclass(frozen=True, slots=True)
class Outlook:
    """The running quarter's latest snapshot in sums, and how its value moved.

    Attributes:
        late: when an import told of opportunities what is not in it.
    """

    now: Headline
    course: tuple[Point, ...]
    late: datetime | None


@dataclass(frozen=True, slots=True)
class Promises:
    """Red promises ahead, as known now and `BACK` ago, and what is at stake, by currency."""

    red: int
    before: int
    at_stake: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Quarter:
    """The company's figures of the latest collaboration report, beside those of the one before."""

    quarter: date
    figures: tuple[Figure, ...]
    before: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Leadership:
    """The screen's parts; None or empty where nothing was taken or issued yet.

    Attributes:
        weeks: the company's weekly health reports, the oldest first.
        risks: all teams' customers at risk, ranked together as in each morning brief, all with their rows.
    """

    outlook: Outlook | None
    health: ForecastHealth
    weeks: tuple[Issued, ...]
    promises: Promises
    collaboration: Quarter | None
    risks: Brief


@recalled
def leadership(session: Session, who: Who, now: datetime) -> Leadership:
    """The company as it stands.

    Raises:
        NotAllowed: the person does not lead the company.
    """
    if reach(who, Permission.SEE_LEADERSHIP) is None:
        raise NotAllowed(permission=Permission.SEE_LEADERSHIP)
    return Leadership(
        _outlook(session, who, now),
        forecast_health(session, who, now, months=MONTHS, pipeline=None, group=None, most=1),
        health_trend(session, who, None, company_day(session, now)),
        _promises(session, who, now),
        _collaboration(session, who, now),
        _risks(session, now),
    )


def _outlook(session: Session, who: Who, now: datetime) -> Outlook | None:
    kept, today = offered(session, who), company_day(session, now)
    pipeline = next(iter(kept.pipelines), "")
    days = {start: taken for start, taken in kept.of(pipeline, PERIOD).items() if start <= today}
    if not days:
        return None
    start = max(days)
    found = headline(session, who, pipeline, PERIOD, days[start][-1])
    if found is None:
        return None
    late = late_import(session, who, pipeline, found.run.taken_at, found.run.recorded_at)
    return Outlook(found, progress(session, who, pipeline, PERIOD, start), late)


def _promises(session: Session, who: Who, now: datetime) -> Promises:
    red, before = (conflicts(session, who, at) for at in (now, now - BACK))
    return Promises(len(red), len(before), totals(stake for row in red for stake in row.stakes))


def _collaboration(session: Session, who: Who, now: datetime) -> Quarter | None:
    issued = [choice.quarter for choice in quarters(session, who, now) if choice.issued]
    reports = [found.report for q in issued[:2] if (found := collaboration_report(session, who, q))]
    if not reports:
        return None
    latest, *earlier = [[f for f in r.figures if f.level is Level.COMPANY] for r in reports]
    return Quarter(reports[0].quarter, tuple(latest), {f.measure: f for each in earlier for f in each})


def _risks(session: Session, now: datetime) -> Brief:
    policy, today = policy_in_force(session), company_day(session, now)
    facts = brief_facts(session, None, today, now, zone_of(session, None), policy)
    return brief(*facts, policy, kept=None)
