"""Customers: the list, what narrows it, and whom they can be given to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.terms import Outcome
from data.once import recalled
from data.queries.customer_changes import passed_on
from data.queries.policies import policy_in_force
from data.queries.scope import customers, owned
from data.schema import (
    Action,
    Customer,
    CustomerState,
    CustomerTag,
    Opportunity,
    OpportunityState,
    Person,
    Tag,
    Team,
)

PAGE = 20
COUNTED = 1_000  # beyond it the list says "more than": counting all would cost more as customers grow
QUIET_DAYS = 30
SORTS = ("name", "recent", "silent", "open", "grade")
SEE = Permission.SEE_CUSTOMERS


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to.

    Attributes:
        quiet: customers without contact for 30 days.
        handed: customers that a hand-over gave to another, by the id of its audit row.
        page: from 1.
    """

    search: str = ""
    owner: int | None = None
    team: int | None = None
    industry: str | None = None
    segment: str | None = None
    grade: str | None = None
    tag: str | None = None
    quiet: bool = False
    handed: int | None = None
    sort: str = "name"
    page: int = 1


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: (id, name) of people and teams within reach, and the words in use."""

    owners: tuple[tuple[int, str], ...]
    teams: tuple[tuple[int, str], ...]
    industries: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer in the list.

    Attributes:
        amounts: sums of the open opportunities, (currency, amount) by currency.
        next_step: (action type, planned instant) of the earliest one.
        tags: keys of its high-value tags.
    """

    id: int
    name: str
    industry: str | None
    grade: str | None
    owner: str | None
    open_opportunities: int
    amounts: tuple[tuple[str, Decimal], ...]
    last_touch_at: datetime | None
    next_step: tuple[str, datetime] | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomerList:
    """One page of the list; `total` is counted up to `COUNTED` + 1."""

    rows: tuple[CustomerRow, ...]
    total: int


@recalled
def customer_list(session: Session, who: Who, filters: Filters, now: datetime) -> CustomerList:
    """One page of the customers within reach, with what stands behind them in three small look-ups."""
    found = _narrowed(who, filters, now)
    total = session.scalar(
        select(func.count()).select_from(found.with_only_columns(Customer.id).limit(COUNTED + 1).subquery())
    )
    rows = session.execute(
        found.order_by(*_order(filters.sort)).limit(PAGE).offset(PAGE * (max(filters.page, 1) - 1))
    ).all()
    ids = [row.id for row in rows]
    amounts, steps = _pipelines_of(session, ids)
    tags = tags_of(session, ids, high_value=True)
    return CustomerList(
        tuple(
            CustomerRow(
                id=r.id,
                name=r.name,
                industry=r.industry,
                grade=r.grade,
                owner=r.owner,
                open_opportunities=r.open_opportunities or 0,
                amounts=tuple(sorted(amounts.get(r.id, {}).items())),
                last_touch_at=r.last_touch_at,
                next_step=steps.get(r.id),
                tags=tuple(key for key, _ in tags.get(r.id, ())),
            )
            for r in rows
        ),
        total or 0,
    )


def _narrowed(who: Who, filters: Filters, now: datetime) -> Any:
    return (
        select(
            Customer.id,
            Customer.name,
            Customer.industry,
            Customer.grade,
            Person.name.label("owner"),
            CustomerState.open_opportunities,
            CustomerState.last_touch_at,
        )
        .outerjoin(CustomerState, CustomerState.customer_id == Customer.id)
        .outerjoin(Person, Person.id == Customer.owner_id)
        .where(customers(who, SEE), *_conditions(filters, now))
    )


def _conditions(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    exact = {"owner_id": filters.owner, "industry": filters.industry, "segment": filters.segment}
    exact["grade"] = filters.grade
    conditions = [getattr(Customer, name) == value for name, value in exact.items() if value is not None]
    if words := filters.search.strip():
        conditions.append(Customer.name.icontains(words, autoescape=True))
    if filters.team is not None:
        conditions.append(Customer.owner_id.in_(select(Person.id).where(Person.team_id == filters.team)))
    if filters.tag:
        carried = select(CustomerTag.customer_id).join(Tag).where(Tag.key == filters.tag)
        conditions.append(Customer.id.in_(carried))
    if filters.handed is not None:
        conditions.append(passed_on(filters.handed))
    if filters.quiet:
        touched = CustomerState.last_touch_at
        conditions.append(or_(touched.is_(None), touched < now - timedelta(days=QUIET_DAYS)))
    return conditions


def _order(sort: str) -> tuple[Any, ...]:
    touched, opened = CustomerState.last_touch_at, CustomerState.open_opportunities
    orders: dict[str, tuple[Any, ...]] = {
        "recent": (touched.desc().nulls_last(), Customer.id),
        "silent": (touched.asc().nulls_first(), Customer.id),
        "open": (opened.desc().nulls_last(), Customer.id),
        "grade": (Customer.grade.asc().nulls_last(), Customer.name, Customer.id),
    }
    return orders.get(sort, (Customer.name, Customer.id))


def _pipelines_of(
    session: Session, ids: list[int]
) -> tuple[dict[int, dict[str, Decimal]], dict[int, tuple[str, datetime]]]:
    """Open amounts by currency, and the earliest next step, of a page's customers."""
    query = (
        select(
            Opportunity.customer_id, Opportunity.currency, Opportunity.amount, Action.type, Action.planned_for
        )
        .outerjoin(OpportunityState, OpportunityState.opportunity_id == Opportunity.id)
        .outerjoin(Action, Action.id == OpportunityState.next_step_id)
        .where(Opportunity.customer_id.in_(ids), Opportunity.outcome == Outcome.OPEN)
    )
    amounts: dict[int, dict[str, Decimal]] = {}
    steps: dict[int, tuple[str, datetime]] = {}
    for customer, currency, amount, type_, at in session.execute(query):
        assert customer is not None
        if amount is not None:
            sums = amounts.setdefault(customer, {})
            sums[currency] = sums.get(currency, Decimal(0)) + amount
        if at is not None and (customer not in steps or at < steps[customer][1]):
            steps[customer] = (type_, at)
    return amounts, steps


def tags_of(
    session: Session, ids: list[int], *, high_value: bool = False
) -> dict[int, list[tuple[str, bool]]]:
    """(key, whether of high value) of each customer's tags, those of high value first."""
    query = select(CustomerTag.customer_id, Tag.key, Tag.high_value).join(Tag, Tag.id == CustomerTag.tag_id)
    query = query.where(CustomerTag.customer_id.in_(ids), Tag.high_value if high_value else true())
    found: dict[int, list[tuple[str, bool]]] = {}
    for customer, key, high in session.execute(query.order_by(Tag.high_value.desc(), Tag.id)):
        found.setdefault(customer, []).append((key, high))
    return found


@recalled
def choices(session: Session, who: Who) -> Choices:
    """What can be chosen in filters and forms, within reach."""
    people = select(Person.id, Person.name).where(
        owned(who, SEE, Person.id), Person.role.in_(("rep", "manager"))
    )
    teams = select(Team.id, Team.name).where(
        Team.id.in_(select(Person.team_id).where(owned(who, SEE, Person.id))), Team.kind == "sales"
    )
    return Choices(
        tuple((r.id, r.name) for r in session.execute(people.order_by(Person.name))),
        tuple((r.id, r.name) for r in session.execute(teams.order_by(Team.name))),
        tuple(session.scalars(select(Customer.industry).where(Customer.industry.is_not(None)).distinct())),
        _offered_tags(session),
    )


def _offered_tags(session: Session) -> tuple[str, ...]:
    """Tags that can be given: those of high value first, retired ones not at all."""
    retired = {tag.key for tag in policy_in_force(session).tags if tag.retired}
    keys = session.scalars(select(Tag.key).order_by(Tag.high_value.desc(), Tag.id))
    return tuple(key for key in keys if key not in retired)


def assignable(session: Session, who: Who) -> tuple[tuple[int, str], ...]:
    """(id, name) of those whom this person may give customers and opportunities to."""
    people = select(Person.id, Person.name).where(
        owned(who, Permission.ASSIGN, Person.id), Person.active, Person.role.in_(("rep", "manager"))
    )
    return tuple((r.id, r.name) for r in session.execute(people.order_by(Person.name)))
