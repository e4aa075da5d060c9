"""One promise with its history, and what is known of a customer when a new one is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.messages import NotFound
from core.promises.taking_back import hindrance
from data.queries.begun_for import Start, start
from data.queries.demands import DECLINED
from data.queries.policies import company_day, policy_in_force
from data.queries.promise_board import BoardRow, Escalated, escalations_of, stakes_behind, told_of
from data.queries.promise_origins import KIND
from data.queries.promise_plans import plans_beside
from data.queries.promises import promises
from data.queries.schedule import DateChange
from data.queries.scope import customers
from data.queries.taken_back import TakenBack, entered_promise, taken_back
from data.schema import Contact, Customer, Demand, Person, Promise, PromisedDate

MOST_DEMANDS = 50
BRIEF = 80  # letters of a demand's words in a list


@dataclass(frozen=True, slots=True)
class PromiseFile:
    """One promise in full; the histories oldest first.

    Attributes:
        planned: the plan that it was held against; before an answer anew, or until another feature was
            named, that of the feature before; each with its feature, where there was more than one.
        told_of: whom the conflict of its present dates was told to.
        taken_back: by whom, when and why, where it was entered by mistake.
        may_take_back: whether who looks at it may do so now.
    """

    row: BoardRow
    contact: str | None
    made_at: datetime
    demand_words: str | None
    told: tuple[DateChange, ...]
    planned: tuple[DateChange, ...]
    escalations: tuple[Escalated, ...]
    today: date
    told_of: tuple[str, ...]
    taken_back: TakenBack | None
    may_take_back: bool


@dataclass(frozen=True, slots=True)
class PromiseDesk:
    """What the form for a promise knows: contacts by id, demands by id with the beginning of their words.

    Attributes:
        declined: which of the demands product will not do.
    """

    id: int
    customer: str
    contacts: Mapping[int, str]
    demands: Mapping[int, str]
    declined: frozenset[int]


def promise_file(session: Session, who: Who, promise_id: int, now: datetime) -> PromiseFile:
    """One promise.

    Raises:
        NotFound: there is none within reach.
    """
    found = promises(session, who, policy_in_force(session), now, Promise.id == promise_id, taken_back=None)
    if not found:
        raise NotFound(entity="promise")
    row = found[0]
    kept, contact, words = session.execute(
        select(Promise, Contact.name, Demand.words)
        .outerjoin(Contact, Contact.id == Promise.contact_id)
        .outerjoin(Demand, Demand.id == Promise.demand_id)
        .where(Promise.id == promise_id)
    ).one()
    escalations = escalations_of(session, {row.id})
    present = next((e for e in escalations if e.cause == row.cause), None)
    return PromiseFile(
        BoardRow(row, stakes_behind(session, [row])[row.id], present),
        contact,
        kept.made_at,
        words,
        _told(session, row.id),
        plans_beside(session, kept, row.feature_id),
        escalations,
        company_day(session, now),
        told_of(session, [row])[row.id],
        taken_back(session, kept),
        hindrance(entered_promise(session, kept, row.promised_on, now), who, Permission.MAKE_PROMISES)
        is None,
    )


def promise_start(session: Session, who: Who) -> Start:
    """To whom one may record a promise, and what was begun."""
    return start(session, who, KIND, Permission.MAKE_PROMISES)


def promise_desk(session: Session, who: Who, customer_id: int) -> PromiseDesk:
    """One customer for a new promise.

    Raises:
        NotFound: no such customer within reach.
    """
    within = customers(who, Permission.MAKE_PROMISES)
    name = session.scalar(select(Customer.name).where(Customer.id == customer_id, within))
    if name is None:
        raise NotFound("customer_gone")
    contacts = select(Contact.id, Contact.name).where(Contact.customer_id == customer_id)
    asked = (
        select(Demand.id, Demand.words, DECLINED)
        .where(Demand.customer_id == customer_id, Demand.taken_back_at.is_(None))
        .order_by(Demand.id.desc())
        .limit(MOST_DEMANDS)
    )
    found = session.execute(asked).all()
    return PromiseDesk(
        customer_id,
        name,
        {i: said for i, said in session.execute(contacts)},
        {i: said if len(said) <= BRIEF else f"{said[:BRIEF]}…" for i, said, _ in found},
        frozenset(i for i, _, declined in found if declined),
    )


def _told(session: Session, promise_id: int) -> tuple[DateChange, ...]:
    history = (
        select(PromisedDate.promised_on, PromisedDate.reason, Person.name, PromisedDate.recorded_at)
        .outerjoin(Person, Person.id == PromisedDate.person_id)
        .where(PromisedDate.promise_id == promise_id)
        .order_by(PromisedDate.id)
    )
    return tuple(DateChange(*row) for row in session.execute(history))
