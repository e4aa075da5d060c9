"""Talks with a rep, and their steps held against what was recorded since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.messages import NotFound
from core.reports.commitments import Checked, Commitment, Kept, Proof
from core.reports.talks import Step, check_step
from core.terms import Role
from data.once import recalled
from data.queries.calendars import ZONE
from data.queries.commitments import records
from data.queries.named_customers import apart, told_apart
from data.queries.scope import customers, owned
from data.schema import Customer, Person, Talk, TalkStep, Team

TALKS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Rep:
    """Somebody whom talks are held with.

    Attributes:
        zone: of their team; None without one.
        led: whether the person who looks holds the talks; a rep only reads their own.
    """

    id: int
    name: str
    team_id: int | None
    zone: str | None
    led: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A talk that was held, with what was agreed in it."""

    id: int
    held_at: datetime
    by: str | None
    note: str
    steps: tuple[Checked, ...]


@recalled
def reps(session: Session, who: Who) -> tuple[Rep, ...]:
    """Active reps whose sheet this person reads, by name; a rep alone reads their own."""
    query = (
        select(Person.id, Person.name, Person.team_id, Team.timezone)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(Person.role == Role.REP, Person.active, owned(who, Permission.SEE_ONE_TO_ONE, Person.id))
        .order_by(Person.name, Person.id)
    )
    leads = reach(who, Permission.COACH) is not None
    return tuple(Rep(*row, leads and row.id != who.person_id) for row in session.execute(query))


def reached_rep(session: Session, who: Who, rep_id: int) -> Rep:
    """One of them.

    Raises:
        NotFound: no such rep within reach.
    """
    found = next((rep for rep in reps(session, who) if rep.id == rep_id), None)
    if found is None:
        raise NotFound(entity="person")
    return found


def as_rep(rep: Rep) -> Who:
    """The rep's own reach, for what stands on their sheet."""
    return Who(rep.id, Role.REP, rep.team_id, rep.name, timezone=rep.zone or ZONE)


def rep_customers(rep: Rep) -> ColumnElement[bool]:
    """SQL: customers of a rep."""
    return customers(as_rep(rep), Permission.SEE_CUSTOMERS)


@recalled
def customer_choices(session: Session, who: Who, rep: Rep) -> dict[int, str]:
    """The customers of a rep within reach by name; see `told_apart`."""
    reached_rep(session, who, rep.id)
    query = apart(select(Customer.id, Customer.name)).where(rep_customers(rep))
    return told_apart(session.execute(query.order_by(Customer.name, Customer.id)).all())


def held(session: Session, rep: Rep, now: datetime, most: int = TALKS_SHOWN) -> tuple[Held, ...]:
    """The latest talks with a rep, the newest first, their steps as they stand now."""
    query = (
        select(Talk, Person.name)
        .outerjoin(Person, Person.id == Talk.held_by_id)
        .where(Talk.rep_id == rep.id)
        .order_by(Talk.held_at.desc(), Talk.id.desc())
        .limit(most)
    )
    talks = [(talk, by) for talk, by in session.execute(query)]
    steps = _steps(session, rep, [talk.id for talk, _ in talks], now)
    return tuple(
        Held(talk.id, talk.held_at, by, talk.note, tuple(c for of, c in steps if of == talk.id))
        for talk, by in talks
    )


def step_state(session: Session, rep: Rep, step: TalkStep, now: datetime) -> Kept:
    """How one step of a talk with a rep stands."""
    states = {c.commitment.id: c.state for _, c in _steps(session, rep, [step.talk_id], now)}
    return states[step.id]


def _steps(session: Session, rep: Rep, talks: Sequence[int], now: datetime) -> list[tuple[int, Checked]]:
    query = (
        select(TalkStep, func.coalesce(Customer.name, ""))
        .outerjoin(Customer, Customer.id == TalkStep.customer_id)
        .where(TalkStep.talk_id.in_(talks))
        .order_by(TalkStep.due_at, TalkStep.id)
    )
    found = [(row.talk_id, _step(row, rep, customer)) for row, customer in session.execute(query)]
    shown = tuple(records(session, [step.commitment for _, step in found], now))
    return [(talk, check_step(step, shown, now)) for talk, step in found]


def _step(row: TalkStep, rep: Rep, customer: str) -> Step:
    made = Commitment(
        row.id,
        row.what,
        rep.id,
        rep.name,
        row.customer_id,
        customer,
        None,
        Proof(row.expects),
        None,
        row.due_at,
        row.agreed_at,
        row.dropped_at,
        row.drop_reason or "",
    )
    return Step(made, row.settled_at)
