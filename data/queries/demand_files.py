"""The files of a demand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.messages import NotFound
from data.queries.scope import customers
from data.schema import Customer, Demand, DemandAttachment, Person


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a demand; `by` is who added it."""

    id: int
    name: str
    by: str | None
    at: datetime


def demand_attachments(session: Session, who: Who, demand_id: int) -> tuple[Attached, ...]:
    """A demand's files, the oldest first.

    Raises:
        NotFound: no such demand within reach.
    """
    check_demand_seen(session, who, demand_id)
    query = (
        select(DemandAttachment.id, DemandAttachment.file_name, Person.name, DemandAttachment.at)
        .outerjoin(Person, Person.id == DemandAttachment.person_id)
        .where(DemandAttachment.demand_id == demand_id)
        .order_by(DemandAttachment.id)
    )
    return tuple(Attached(*row) for row in session.execute(query))


def demand_file_of(session: Session, who: Who, attachment_id: int) -> str:
    """SHA-256 of an attached file.

    Raises:
        NotFound: no such file of a demand within reach.
    """
    row = session.get(DemandAttachment, attachment_id)
    if row is None:
        raise NotFound(entity="file")
    check_demand_seen(session, who, row.demand_id)
    return row.file


def check_demand_seen(session: Session, who: Who, demand_id: int) -> None:
    """Refuse a demand out of reach.

    Raises:
        NotFound: there is none within reach.
    """
    known = select(Demand.id).join(Customer, Customer.id == Demand.customer_id)
    within = customers(who, Permission.SEE_PROMISES)
    if session.scalar(known.where(Demand.id == demand_id, within)) is None:
        raise NotFound(entity="demand")
