"""What the records say of a few opportunities around their month's forecast: the evidence of a class (B5)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from core.forecast.month_causes import Facts, touches
from core.forecast.months import Line
from core.process.plausibility import CHECKS
from core.terms import ActionStatus
from data.queries.attribution_since import since_of
from data.queries.forecast_month_books import midnight
from data.queries.plausibility import entries_of
from data.queries.policies import company_tz, policy_in_force
from data.schema import (
    Action,
    BusinessEvent,
    Customer,
    Demand,
    ForecastRun,
    Opportunity,
    OpportunityChange,
    StageEvent,
)

BACK_DAYS = 60
LATE = timedelta(days=2)


def facts_of(session: Session, run: ForecastRun, lines: Sequence[Line]) -> dict[int, Facts]:
    """The facts of the opportunity of each of these lines, as known now."""
    opportunities = [line.opportunity for line in lines]
    pushes = _pushes(session, run, opportunities)
    signs = _signs(session, run, opportunities)
    unseen, backdated = _entered_late(session, run, opportunities)
    demands = _demands(session, run, opportunities)
    industries = _industries(session, opportunities)
    events, since = _events(session, run), since_of(session, run, lines)
    return {
        o: Facts(
            pushes[o],
            signs[o],
            unseen[o],
            backdated[o],
            demands[o],
            tuple(name for name, industry in events if industry in (None, industries.get(o))),
            industries.get(o),
            since.get(o),
        )
        for o in opportunities
    }


def _pushes(session: Session, run: ForecastRun, opportunities: Sequence[int]) -> Counter[int]:
    """Expected closes that were moved out of the month while it ran."""
    c, end = OpportunityChange, midnight(run.ends_on, company_tz(session))
    query = select(c.opportunity_id, c.before, c.after).where(
        c.opportunity_id.in_(opportunities),
        c.field == "close_on",
        c.recorded_at >= run.taken_at,
        c.recorded_at < end,
    )
    found: Counter[int] = Counter()
    for opportunity, before, after in session.execute(query):
        if before and after and _day(before) < run.ends_on <= _day(after):
            found[opportunity] += 1
    return found


def _day(value: object) -> date:
    return date.fromisoformat(str(value))


def _signs(session: Session, run: ForecastRun, opportunities: Sequence[int]) -> Counter[int]:
    """Their actions before the run that stood out among those of their person."""
    policy = policy_in_force(session)
    since = run.taken_at - timedelta(days=policy.plausibility_days)
    owners = select(Action.owner_id).where(Action.opportunity_id.in_(opportunities))
    found: Counter[int] = Counter()
    shown: set[int] = set()
    for entries in entries_of(session, owners, since, run.taken_at).values():
        for check in CHECKS.values():
            if sign := check(entries, policy):
                shown.update(sign.actions)
    mine = select(Action.id, Action.opportunity_id).where(
        Action.opportunity_id.in_(opportunities), Action.status == ActionStatus.COMPLETED
    )
    for action, opportunity in session.execute(mine):
        found[opportunity] += action in shown
    return found


def _entered_late(
    session: Session, run: ForecastRun, opportunities: Sequence[int]
) -> tuple[Counter[int], Counter[int]]:
    """Events before the run that were entered after it; and those entered days late before it."""
    e = StageEvent
    query = select(e.opportunity_id, e.happened_at, e.recorded_at).where(
        e.opportunity_id.in_(opportunities),
        e.voided_at.is_(None),
        e.batch_id.is_(None),
        e.happened_at < run.taken_at,
        e.happened_at > run.taken_at - timedelta(days=BACK_DAYS),
    )
    unseen: Counter[int] = Counter()
    backdated: Counter[int] = Counter()
    for opportunity, happened, recorded in session.execute(query):
        if recorded >= run.taken_at:
            unseen[opportunity] += 1
        elif recorded - happened > LATE:
            backdated[opportunity] += 1
    return unseen, backdated


def _demands(session: Session, run: ForecastRun, opportunities: Sequence[int]) -> Counter[int]:
    """Demands on them that waited for an answer when the run was taken."""
    o, d = Opportunity, Demand
    theirs = or_(d.opportunity_id == o.id, and_(d.opportunity_id.is_(None), d.customer_id == o.customer_id))
    query = (
        select(o.id)
        .join(d, theirs)
        .where(
            o.id.in_(opportunities),
            d.recorded_at <= run.taken_at,
            or_(d.answered_at.is_(None), d.answered_at > run.taken_at),
            or_(d.closed_at.is_(None), d.closed_at > run.taken_at),
        )
    )
    return Counter(session.scalars(query))


def _industries(session: Session, opportunities: Sequence[int]) -> dict[int, str | None]:
    query = (
        select(Opportunity.id, Customer.industry)
        .join(Customer, Customer.id == Opportunity.customer_id)
        .where(Opportunity.id.in_(opportunities))
    )
    return {row.id: row.industry for row in session.execute(query)}


def _events(session: Session, run: ForecastRun) -> list[tuple[str, str | None]]:
    """The calendar's events that touch the month, with their industry."""
    rows = session.scalars(
        select(BusinessEvent).where(BusinessEvent.withdrawn_at.is_(None)).order_by(BusinessEvent.starts_on)
    )
    return [(e.name, e.industry) for e in rows if touches(e.starts_on, e.ends_on, run.starts_on, run.ends_on)]
