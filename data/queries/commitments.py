"""Commitments of a team's morning meetings, held against what was recorded since (PRODUCT.md D4)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from core.reports.commitments import (
    Checked,
    Commitment,
    Kept,
    Proof,
    Record,
    asked_anew,
    asked_once,
    check,
    thing,
)
from core.terms import ActionStatus
from data.schema import (
    Action,
    Audit,
    Customer,
    Demand,
    Escalation,
    MorningBrief,
    MorningMeeting,
    Opportunity,
    OpportunityState,
    Person,
    PlannedDate,
    Promise,
    PromisedDate,
)
from data.schema import Commitment as Row

FOLLOWED_DAYS = 14  # what was missed is asked for again so long
SETTLED = (Kept.KEPT, Kept.LATE, Kept.DROPPED)


def followed(session: Session, team_id: int, day: date, now: datetime) -> tuple[Checked, ...]:
    """What a meeting of this day asks for: all that the meeting before agreed on, and what is still not done.

    What was given up since the day's brief stays where it stood. The missed ones come first.
    """
    earlier = (
        MorningBrief.team_id == team_id,
        MorningBrief.day < day,
        MorningBrief.day >= day - timedelta(days=FOLLOWED_DAYS),
    )
    last = session.scalar(
        select(func.max(Row.meeting_id))
        .join(MorningMeeting, MorningMeeting.id == Row.meeting_id)
        .join(MorningBrief, MorningBrief.id == MorningMeeting.brief_id)
        .where(*earlier)
    )
    issued_at = session.scalar(
        select(MorningBrief.issued_at).where(MorningBrief.team_id == team_id, MorningBrief.day == day)
    )

    def given_up_now(c: Commitment) -> bool:
        return bool(c.dropped_at and issued_at and c.dropped_at >= issued_at)

    found = checked(session, now, *earlier)
    asked = [
        c for meeting, c in found if meeting == last or c.state not in SETTLED or given_up_now(c.commitment)
    ]
    again = asked_anew(found)
    stands = [c for c in asked_once(asked) if c.commitment.id not in again]
    return tuple(sorted(stands, key=lambda c: (list(Kept).index(_stood(c, now)), c.commitment.due_at)))


def _stood(one: Checked, now: datetime) -> Kept:
    """How it stands; of what was given up, how it stood."""
    if one.state is not Kept.DROPPED:
        return one.state
    return Kept.OPEN if now <= one.commitment.due_at else Kept.MISSED


def made_in(session: Session, meeting_id: int, now: datetime) -> tuple[Checked, ...]:
    """What one meeting agreed on, in its order."""
    return tuple(c for _, c in checked(session, now, Row.meeting_id == meeting_id))


def agreed_already(session: Session, new: Row, now: datetime) -> Row | None:
    """What its meeting agreed on already, word for word, with the same person, and is not done."""
    wanted = new.owner_id, new.customer_id, new.opportunity_id, new.expects, new.about, new.what
    for _, one in checked(session, now, Row.meeting_id == new.meeting_id):
        if one.state not in SETTLED and thing(one.commitment) == wanted:
            return session.get_one(Row, one.commitment.id)
    return None


def own_commitments(session: Session, person_id: int, until: datetime, now: datetime) -> list[Commitment]:
    """What a person took over that is due before `until` and not done, the earliest first.

    What was agreed on again is due when it was agreed on last, of whoever took it over last.
    """
    near = (Row.due_at >= now - timedelta(days=FOLLOWED_DAYS), Row.dropped_at.is_(None))
    there = select(Row.customer_id).where(Row.owner_id == person_id, *near)
    mine = or_(Row.owner_id == person_id, Row.customer_id.in_(there))
    found = [(m, c) for m, c in checked(session, now, mine, *near) if c.state not in SETTLED]
    again = asked_anew(found)
    waiting = (c.commitment for c in asked_once(c for _, c in found))
    due = (c for c in waiting if c.owner_id == person_id and c.due_at < until and c.id not in again)
    return sorted(due, key=lambda c: (c.due_at, c.id))


def step_now(session: Session, step_id: int | None) -> int | None:
    """The planned step that stands for one that a brief names: its record may be undone since, and it is
    planned again as a row of its own."""
    anew = (
        select(OpportunityState.next_step_id)
        .join(Action, Action.opportunity_id == OpportunityState.opportunity_id)
        .where(Action.id == step_id, Action.voided_at.is_not(None))
    )
    return session.scalar(anew) or step_id


def undone(session: Session, person_id: int, now: datetime) -> list[int]:
    """Commitments of a person that are still asked for, whenever they are due."""
    mine = (Row.owner_id == person_id, Row.due_at >= now - timedelta(days=FOLLOWED_DAYS))
    return [c.commitment.id for _, c in checked(session, now, *mine) if c.state not in SETTLED]


def checked(session: Session, now: datetime, *where: ColumnElement[bool]) -> list[tuple[int, Checked]]:
    """Commitments with their meeting's id, each held against the records."""
    query = (
        select(Row, Person.name, func.coalesce(Customer.name, Opportunity.name, ""))
        .join(Person, Person.id == Row.owner_id)
        .join(MorningMeeting, MorningMeeting.id == Row.meeting_id)
        .join(MorningBrief, MorningBrief.id == MorningMeeting.brief_id)
        .outerjoin(Customer, Customer.id == Row.customer_id)
        .outerjoin(Opportunity, Opportunity.id == Row.opportunity_id)
        .where(*where)
        .order_by(Row.id)
    )
    found = [(row.meeting_id, _commitment(row, *names)) for row, *names in session.execute(query)]
    shown = tuple(records(session, [c for _, c in found], now))
    return [(meeting, check(c, shown, now)) for meeting, c in found]


def _commitment(row: Row, owner: str, customer: str) -> Commitment:
    return Commitment(
        row.id,
        row.what,
        row.owner_id,
        owner,
        row.customer_id,
        customer,
        row.opportunity_id,
        Proof(row.expects),
        row.about,
        row.due_at,
        row.made_at,
        row.dropped_at,
        row.drop_reason,
    )


def records(session: Session, of: Sequence[Commitment], now: datetime) -> Iterator[Record]:
    """Everything recorded since the first of these commitments that could prove one of them."""
    if not of:
        return
    since = min(c.made_at for c in of)
    customers = {c.customer_id for c in of if c.customer_id}
    deals = {c.opportunity_id for c in of if c.opportunity_id}
    wanted = {c.expects for c in of}
    if wanted & {Proof.ACTION, Proof.QUOTE, Proof.STEP}:
        yield from _actions(session, customers, deals, since, now)
    if Proof.STEP in wanted:
        yield from _steps(session, {c.about for c in of if c.expects is Proof.STEP}, since)
    if Proof.PROMISE in wanted:
        yield from _dates(session, customers, since)
    if Proof.DEMAND in wanted:
        yield from _answers(session, customers, since)


def _actions(
    session: Session, customers: set[int], deals: set[int], since: datetime, now: datetime
) -> Iterator[Record]:
    query = (
        select(Action, Person.name)
        .join(Person, Person.id == Action.owner_id)
        .where(
            or_(Action.customer_id.in_(customers), Action.opportunity_id.in_(deals)),
            Action.status == ActionStatus.COMPLETED,
            Action.voided_at.is_(None),
            Action.ended_at > since,
            Action.ended_at <= now,
        )
    )
    for a, by in session.execute(query):
        if a.ended_at is None:
            continue
        kind = Proof.QUOTE if a.type == "quote_confirmation" else Proof.ACTION
        yield Record(kind, a.id, a.customer_id, a.opportunity_id, a.ended_at, a.type, by, a.started_at)


def _steps(session: Session, steps: set[int | None], since: datetime) -> Iterator[Record]:
    """Planned actions that were recorded, whenever they took place, or called off since."""
    query = (
        select(Action, Person.name)
        .join(Person, Person.id == Action.owner_id)
        .where(Action.id.in_([step for step in steps if step]), Action.voided_at.is_(None))
        .where(
            or_(
                and_(Action.status == ActionStatus.COMPLETED, Action.recorded_at > since),
                Action.cancelled_at > since,
            )
        )
    )
    for a, by in session.execute(query):
        at, word = (a.cancelled_at, "called_off") if a.cancelled_at else (a.recorded_at, a.type)
        yield Record(Proof.STEP, a.id, a.customer_id, a.opportunity_id, at, word, by)


def _dates(session: Session, customers: set[int], since: datetime) -> Iterator[Record]:
    """New dates agreed with the customer, moved plans, planned features that are to keep it, escalations."""
    planned = func.coalesce(Promise.feature_id, Demand.feature_id) == PlannedDate.feature_id
    named = (Audit.command == "promise.plan") & (Audit.entity == "promise") & (Audit.entity_id == Promise.id)
    of_demand = (Audit.entity == "demand") & (Audit.entity_id == Promise.demand_id)
    answered = (Audit.command == "demand.answer") & of_demand
    of_promise: tuple[tuple[str, Any, Any, Any, Any], ...] = (
        ("promised", PromisedDate, PromisedDate.promise_id == Promise.id, PromisedDate.recorded_at,
         PromisedDate.person_id),
        ("planned", PlannedDate, planned, PlannedDate.recorded_at, PlannedDate.person_id),
        ("named", Audit, named, Audit.at, Audit.actor_id),
        ("answered", Audit, answered, Audit.at, Audit.actor_id),
        ("escalated", Escalation, Escalation.promise_id == Promise.id, Escalation.at, Escalation.person_id),
    )  # fmt: skip
    for word, table, joined, at, person in of_promise:
        query = (
            select(Promise.id, Promise.customer_id, at, Person.name)
            .outerjoin(Demand, Demand.id == Promise.demand_id)
            .join(table, joined)
            .outerjoin(Person, Person.id == person)
            .where(Promise.customer_id.in_(customers), at > since, Promise.recorded_at < at)
        )
        for promise_id, customer_id, happened_at, by in session.execute(query):
            yield Record(Proof.PROMISE, promise_id, customer_id, None, happened_at, word, by)
    yield from _mistakes(session, Proof.PROMISE, Promise, customers, since)


def _mistakes(
    session: Session, kind: Proof, table: type[Promise | Demand], customers: set[int], since: datetime
) -> Iterator[Record]:
    """What was taken back: nothing is left to be done about it."""
    query = (
        select(table.id, table.customer_id, table.taken_back_at, Person.name)
        .outerjoin(Person, Person.id == table.taken_back_by)
        .where(table.customer_id.in_(customers), table.taken_back_at > since)
    )
    for row_id, customer_id, at, by in session.execute(query):
        if at is not None:
            yield Record(kind, row_id, customer_id, None, at, "taken_back", by)


def _answers(session: Session, customers: set[int], since: datetime) -> Iterator[Record]:
    query = select(Demand.id, Demand.customer_id, Demand.answered_at).where(
        Demand.customer_id.in_(customers), Demand.answered_at > since
    )
    for demand_id, customer_id, at in session.execute(query):
        if at is not None:
            yield Record(Proof.DEMAND, demand_id, customer_id, None, at, "answered", None)
