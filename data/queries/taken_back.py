"""Who took a record back, when and why; and what stands in the way of it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.promises.taking_back import Entered
from data.queries.policies import company_day
from data.schema import CustomerDelivery, Demand, Person, Promise, StoreRequest


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of a record that was entered by mistake."""

    at: datetime
    by: str | None
    reason: str


def taken_back(session: Session, row: Promise | Demand | StoreRequest) -> TakenBack | None:
    """Who took it back; None while it stands."""
    if row.taken_back_at is None:
        return None
    by = session.scalar(select(Person.name).where(Person.id == row.taken_back_by))
    return TakenBack(row.taken_back_at, by, row.taken_back_for or "")


def entered_promise(session: Session, promise: Promise, promised_on: date, now: datetime) -> Entered:
    """A promise as taking it back sees it.

    Args:
        promised_on: the day that holds now.
    """
    ready = select(CustomerDelivery.id).where(CustomerDelivery.promise_id == promise.id).limit(1)
    return Entered(
        promise.person_id,
        promise.taken_back_at is not None,
        settled=session.scalar(ready) is not None,
        over=promised_on < company_day(session, now),
    )


def entered_demand(session: Session, demand: Demand) -> Entered:
    """A demand as taking it back sees it."""
    settled = demand.answered_at is not None or handed_over(session, demand.id)
    return Entered(demand.filed_by, demand.taken_back_at is not None, settled)


def handed_over(session: Session, demand_id: int) -> bool:
    """Whether something was marked ready for the customer, for a demand or a promise made of it."""
    promised = select(Promise.id).where(Promise.demand_id == demand_id)
    theirs = or_(CustomerDelivery.demand_id == demand_id, CustomerDelivery.promise_id.in_(promised))
    return session.scalar(select(CustomerDelivery.id).where(theirs).limit(1)) is not None
