"""What the morning brief is made of: a team's open opportunities and every cause of risk at them (D4)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.access import Who
from core.calendar import WorkCalendar, next_workday
from core.policies import Policy
from core.process.timing import overdue_before
from core.promises.sla import SlaState
from core.reports.brief import Cause, Deal, Source
from core.terms import ActionStatus, Outcome, Role, Severity
from data.jsontext import to_json
from data.queries.calendars import calendar_of
from data.queries.demands import waiting
from data.queries.promise_board import conflicts
from data.queries.standing import standing
from data.queries.today import QUOTE_GONE_DAYS
from data.schema import Action, Alert, Customer, Demand, Opportunity, Person, Team


@dataclass(frozen=True, slots=True)
class Evenings:
    """The end of the brief's day and of the next working day, UTC."""

    today: datetime
    next: datetime

    def by(self, severity: Severity) -> datetime:
        """When something of this severity is to be dealt with: red today, the rest until the next evening."""
        return self.today if severity is Severity.RED else self.next


@dataclass(frozen=True, slots=True)
class _Asked:
    session: Session
    team_id: int | None
    day: date
    now: datetime
    zone: str
    policy: Policy
    evenings: Evenings
    deals: dict[int, Deal]

    @property
    def team(self) -> Who:
        """The team's reach, as its manager has it; of all teams as their director has it."""
        if self.team_id is None:
            return Who(0, Role.DIRECTOR, None, "", timezone=self.zone)
        return team_reach(self.team_id, self.zone)

    def of_customer(self, customer_id: int) -> tuple[int, ...]:
        """The team's open opportunities of a customer."""
        return tuple(deal.id for deal in self.deals.values() if deal.customer_id == customer_id)


def team_reach(team_id: int, zone: str) -> Who:
    """A team's reach, as its manager has it, of nobody in person: 0 is no person's id, so nothing that is
    in somebody's own hands comes in."""
    return Who(0, Role.MANAGER, team_id, "", timezone=zone)


def team_zone(session: Session, team_id: int) -> str | None:
    """A sales team's time zone; None for any other team."""
    query = select(Team.timezone).where(Team.id == team_id, Team.kind == "sales")
    return session.scalar(query)


def team_calendar(session: Session, team_id: int | None) -> WorkCalendar:
    """The working days and hours of a team, as the company keeps them; the company's own for None."""
    return calendar_of(session, team_id)


def evenings(calendar: WorkCalendar, day: date) -> Evenings:
    """When a brief's day and the next working day end."""
    return Evenings(_evening(calendar, day), _evening(calendar, next_workday(calendar, day)))


def _evening(calendar: WorkCalendar, day: date) -> datetime:
    last = calendar.hours[-1][1]
    return datetime.combine(day, last, ZoneInfo(calendar.timezone)).astimezone(ZoneInfo("UTC"))


def brief_facts(
    session: Session, team_id: int | None, day: date, now: datetime, zone: str, policy: Policy
) -> tuple[list[Deal], list[Cause]]:
    """A team's open opportunities, and what puts them at risk as things stand now.

    Args:
        team_id: None reads all sales teams at once, by the company's own calendar.
    """
    deals = {deal.id: deal for deal in team_deals(session, team_id)}
    held = evenings(team_calendar(session, team_id), day)
    asked = _Asked(session, team_id, day, now, zone, policy, held, deals)
    causes = [cause for read in (_promises, _demands, _alerts, _quotes, _steps) for cause in read(asked)]
    return list(deals.values()), causes


def team_deals(session: Session, team_id: int | None) -> Iterator[Deal]:
    """Open opportunities whose owner is of the team, or of any sales team."""
    query = (
        select(
            Opportunity.id, Opportunity.name, Opportunity.customer_id, Customer.name, Opportunity.owner_id,
            Person.name, Opportunity.amount, Opportunity.currency,
        )
        .join(Person, Person.id == Opportunity.owner_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(Opportunity.outcome == Outcome.OPEN, _of_team(team_id))
        .order_by(Opportunity.id)
    )  # fmt: skip
    for i, name, customer_id, customer, owner_id, owner, amount, currency in session.execute(query):
        if owner_id is not None:
            yield Deal(i, name, customer_id, customer, owner_id, owner, amount, currency)


def _of_team(team_id: int | None) -> ColumnElement[bool]:
    if team_id is None:
        return Person.team_id.in_(select(Team.id).where(Team.kind == "sales"))
    return Person.team_id == team_id


def _mine(asked: _Asked) -> ColumnElement[bool]:
    members = select(Person.id).where(_of_team(asked.team_id))
    return (Opportunity.outcome == Outcome.OPEN) & Opportunity.owner_id.in_(members)


def _promises(asked: _Asked) -> Iterator[Cause]:
    """Red promises that still lie ahead, at the opportunities behind them."""
    for row in conflicts(asked.session, asked.team, asked.now):
        p = row.promise
        about = {
            "feature": p.feature or p.words,
            "promised_on": p.promised_on,
            "planned_on": p.planned_on,
            "code": p.state.code,
        }
        deals = tuple(stake.opportunity_id for stake in row.stakes)
        red = Severity.RED
        yield Cause(Source.PROMISE, p.id, red, deals, asked.evenings.by(red), params=to_json(about))


def _demands(asked: _Asked) -> Iterator[Cause]:
    """Demands whose answer is overdue, at their opportunity, or at all of their customer's."""
    late = [d for d in waiting(asked.session, asked.team, asked.now) if d.state is SlaState.BREACHED]
    query = select(Demand.id, Demand.opportunity_id).where(Demand.id.in_([d.id for d in late]))
    named = {i: opportunity for i, opportunity in asked.session.execute(query)}
    for d in late:
        of = named[d.id]
        deals = (of,) if of in asked.deals else asked.of_customer(d.customer_id)
        about = {"metric": d.metric, "urgency": d.urgency, "due_at": d.clock.due_at, "zone": asked.zone}
        red = Severity.RED
        yield Cause(Source.DEMAND, d.id, red, deals, asked.evenings.by(red), params=to_json(about))


def _alerts(asked: _Asked) -> Iterator[Cause]:
    """The team's standing alerts; one in somebody's hands keeps the time that was set for it."""
    query = (
        select(Alert)
        .join(Opportunity, Opportunity.id == Alert.opportunity_id)
        .where(standing(asked.now), _mine(asked))
        .order_by(Alert.id)
    )
    for a in asked.session.scalars(query):
        severity = Severity(a.severity)
        due_at = a.due_at if a.due_at and a.due_at > asked.now else asked.evenings.by(severity)
        yield Cause(Source.ALERT, a.id, severity, (a.opportunity_id,), due_at, a.rule, dict(a.params))


def _quotes(asked: _Asked) -> Iterator[Cause]:
    """Latest quotes that end soon, or ended of late and were not renewed."""
    valid = Action.fields["valid_until"].as_string()
    newest = func.row_number().over(
        partition_by=Action.opportunity_id, order_by=(Action.ended_at.desc(), Action.id.desc())
    )
    quotes = (
        select(Action.id, Action.opportunity_id, valid.label("until"), newest.label("rank"))
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .where(
            _mine(asked),
            Action.type == "quote_confirmation",
            Action.status == ActionStatus.COMPLETED,
            Action.voided_at.is_(None),
        )
        .subquery()
    )
    first = (asked.day - timedelta(days=QUOTE_GONE_DAYS)).isoformat()
    last = (asked.day + timedelta(days=asked.policy.quote_expiry_days)).isoformat()
    due = select(quotes).where(quotes.c.rank == 1, quotes.c.until.between(first, last)).order_by(quotes.c.id)
    for row in asked.session.execute(due):
        gone = row.until <= asked.day.isoformat()
        by = asked.evenings.today if gone else asked.evenings.next
        about = {"valid_on": row.until, "gone": row.until < asked.day.isoformat()}
        yield Cause(Source.QUOTE, row.id, Severity.AMBER, (row.opportunity_id,), by, params=about)


def _steps(asked: _Asked) -> Iterator[Cause]:
    """Planned steps whose day is over; the oldest of each opportunity."""
    query = (
        select(Action)
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .where(
            _mine(asked),
            Action.status == ActionStatus.PLANNED,
            Action.voided_at.is_(None),
            Action.planned_for < overdue_before(asked.now, asked.zone),
        )
        .order_by(Action.planned_for.desc(), Action.id.desc())
    )
    oldest: dict[int, Action] = defaultdict()
    oldest.update({step.opportunity_id: step for step in asked.session.scalars(query)})
    for step in oldest.values():
        about = to_json({"type": step.type, "planned_at": step.planned_for, "zone": asked.zone})
        amber = Severity.AMBER
        yield Cause(
            Source.STEP, step.id, amber, (step.opportunity_id,), asked.evenings.by(amber), params=about
        )
