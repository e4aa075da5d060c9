"""What every kind of to-do shares: who asks and when, the to-do itself, and columns of its opportunity."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func
from sqlalchemy.orm import Session

from core.access import Who
from core.home import Kind
from core.policies import Policy
from core.process.stages import PIPELINE
from core.terms import Outcome
from data.queries.alert_hands import Hands
from data.schema import Customer, Opportunity, Pipeline

__all__ = ["Asked", "Group", "Kind", "ToDo", "mine", "of_opportunity", "worth"]


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing to do.

    Attributes:
        id: of the action, alert, opportunity, customer, draft, promise, … that it is about.
        type: the action type or stage it concerns; of a commitment, the record that it expects; of a
            demand or request, its urgency; of an analysis, its measure; of a job, its name.
        at: when it is or was due, or since when; UTC.
        on: the day a quote expires, a delivery or a coach's work is due, a customer was promised.
        room_id: of the room whose task it is.
        words: kind's own words: a note, a rule, a grade, a user name, what was agreed.
        hands: who looks after an alert.
    """

    kind: Kind
    id: int
    customer_id: int | None = None
    customer: str | None = None
    opportunity_id: int | None = None
    opportunity: str | None = None
    type: str | None = None
    at: datetime | None = None
    on: date | None = None
    amount: Decimal | None = None
    currency: str | None = None
    person: str | None = None
    room_id: int | None = None
    words: str = ""
    params: dict[str, Any] | None = None
    hands: Hands | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The to-dos of a kind: how many, and the first of them."""

    kind: Kind
    total: int
    todos: tuple[ToDo, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    session: Session
    who: Who
    now: datetime
    policy: Policy

    @property
    def here(self) -> datetime:
        """Now in the person's time zone."""
        return self.now.astimezone(ZoneInfo(self.who.timezone))

    @property
    def midnight(self) -> datetime:
        """The end of the person's day."""
        tomorrow = self.here.date() + timedelta(days=1)
        return datetime.combine(tomorrow, time(), ZoneInfo(self.who.timezone))

    def group(self, kind: Kind, query: Select[*tuple[Any, ...]], most: int) -> Group:
        """The first rows of a query whose columns are attributes of a to-do, and how many there are."""
        counted = query.add_columns(func.count().over().label("total")).limit(most)
        found = self.session.execute(counted).all()
        todos = (ToDo(kind, **{k: v for k, v in row._mapping.items() if k != "total"}) for row in found)
        return Group(kind, found[0].total if found else 0, tuple(todos))


def of_opportunity() -> list[Any]:
    return [
        Opportunity.customer_id,
        Customer.name.label("customer"),
        Opportunity.id.label("opportunity_id"),
        Opportunity.name.label("opportunity"),
        Opportunity.amount,
        Opportunity.currency,
    ]


def worth() -> Any:
    return func.coalesce(Opportunity.amount, 0).desc()


def mine(asked: Asked) -> list[Any]:
    return [
        Opportunity.owner_id == asked.who.person_id,
        Opportunity.outcome == Outcome.OPEN,
        Pipeline.key == PIPELINE,
    ]
