"""Alerts as people handle them: what stands, in whose hands, what was put off or settled."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select, true
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Reach, Who, reach
from core.process.alerts.next_step_overdue import NAME, step_of
from core.terms import Outcome, Severity
from data.once import recalled
from data.queries.alert_hands import Hands, hands_of
from data.queries.scope import customers, owned
from data.queries.standing import standing
from data.schema import Alert, Customer, Opportunity, Person

PAGE = 30


class Show(StrEnum):
    """Which alerts are asked for."""

    STANDING = "standing"
    MINE = "mine"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class AlertFilters:
    """What the list shows; None means all."""

    show: Show = Show.STANDING
    rule: str | None = None
    rep: int | None = None
    shown: int = PAGE


@dataclass(frozen=True, slots=True)
class AlertItem:
    """One alert.

    Attributes:
        customer_id: None where this person does not see the customer.
        mine: it is in this person's hands.
        may_handle: whether this person may take it into hand, put it off, settle it.
        hands: who looks after it.
        step: the planned step that it is about, if one.
    """

    id: int
    rule: str
    severity: str
    params: dict[str, Any]
    raised_at: datetime
    customer_id: int | None
    customer: str | None
    opportunity: str
    rep: str | None
    snoozed_until: datetime | None
    resolved_at: datetime | None
    note: str
    mine: bool
    may_handle: bool
    hands: Hands | None = None
    step: int | None = None


@dataclass(frozen=True, slots=True)
class AlertList:
    """The first alerts asked for, how many there are, and of each rule and rep how many stand."""

    items: tuple[AlertItem, ...]
    total: int
    rules: dict[str, int]
    reps: dict[int, tuple[str, int]]


@recalled
def alert_list(session: Session, who: Who, filters: AlertFilters, now: datetime) -> AlertList:
    """Alerts within reach, red before amber, then the oldest; settled ones by their settling, latest first.

    A rule or a rep of whom none is there narrows nothing, as the choices do not offer them.
    """
    among = and_(_within(who), _shown(who, filters.show, now))
    rules, reps = _counts(session, among)
    narrowed = [among]
    if filters.rule in rules:
        narrowed.append(Alert.rule == filters.rule)
    if filters.rep in reps:
        narrowed.append(Opportunity.owner_id == filters.rep)
    items, total = _items(session, who, and_(*narrowed), filters.shown, now)
    return AlertList(items, total, rules, reps)


def one_alert(session: Session, who: Who, alert_id: int, now: datetime) -> AlertItem | None:
    """An alert within reach, whatever the filters say; None when settled or its cause is gone."""
    where = and_(Alert.id == alert_id, _unsettled(), _within(who))
    items, _ = _items(session, who, where, 1, now)
    return items[0] if items else None


def alert_hands(session: Session, who: Who) -> tuple[tuple[int, str], ...]:
    """(id, name) of those into whose hands this person may give an alert, by name."""
    people = select(Person.id, Person.name).where(
        owned(who, Permission.HANDLE_ALERTS, Person.id), Person.active
    )
    return tuple((row.id, row.name) for row in session.execute(people.order_by(Person.name)))


def _within(who: Who) -> ColumnElement[bool]:
    """Alerts at opportunities within reach, and those in one's own hands.

    For less than everybody's reach they are named by id, so that an index finds the few.
    """
    if reach(who, Permission.HANDLE_ALERTS) is Reach.ALL:
        return true()
    one, at = aliased(Alert), aliased(Opportunity)
    theirs = (
        select(one.id)
        .join(at, at.id == one.opportunity_id)
        .where(owned(who, Permission.HANDLE_ALERTS, at.owner_id))
    )
    mine = select(one.id).where(one.assigned_to_id == who.person_id)
    return Alert.id.in_(theirs.union(mine))


def _unsettled() -> ColumnElement[bool]:
    return and_(Alert.cleared_at.is_(None), Alert.resolved_at.is_(None), Opportunity.outcome == Outcome.OPEN)


def _shown(who: Who, show: Show, now: datetime) -> ColumnElement[bool]:
    unsettled = _unsettled()
    match show:
        case Show.MINE:
            return and_(standing(now), unsettled, Alert.assigned_to_id == who.person_id)
        case Show.SNOOZED:
            return and_(unsettled, Alert.snoozed_until > now)
        case Show.RESOLVED:
            return Alert.resolved_at.is_not(None)
        case _:
            return and_(standing(now), unsettled)


def _items(
    session: Session, who: Who, where: ColumnElement[bool], most: int, now: datetime
) -> tuple[tuple[AlertItem, ...], int]:
    owner = aliased(Person)
    red_first = case((Alert.severity == Severity.RED, 0), else_=1)
    order = (Alert.resolved_at.desc().nulls_last(), red_first, Alert.raised_at, Alert.id)
    query = (
        select(
            Alert,
            case((customers(who, Permission.SEE_CUSTOMERS), Opportunity.customer_id)).label("customer_id"),
            Customer.name.label("customer"),
            Opportunity.name.label("opportunity"),
            owner.name.label("rep"),
            func.count().over().label("total"),
        )
        .join(Opportunity, Opportunity.id == Alert.opportunity_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .outerjoin(owner, owner.id == Opportunity.owner_id)
        .where(where)
        .order_by(*order)
        .limit(most)
    )
    leads = reach(who, Permission.HANDLE_ALERTS) in (Reach.TEAM, Reach.ALL)
    found = session.execute(query).all()
    hands = hands_of(session, [row.Alert.id for row in found], now)
    items = tuple(
        AlertItem(
            a.id, a.rule, a.severity, a.params, a.raised_at, row.customer_id, row.customer, row.opportunity,
            row.rep, a.snoozed_until, a.resolved_at, a.note,
            mine := a.assigned_to_id is not None and a.assigned_to_id == who.person_id,
            leads or mine,
            hands.get(a.id),
            step_of(a.key) if a.rule == NAME else None,
        )
        for row in found
        for a in (row.Alert,)
    )  # fmt: skip
    return items, found[0].total if found else 0


def _counts(
    session: Session, among: ColumnElement[bool]
) -> tuple[dict[str, int], dict[int, tuple[str, int]]]:
    query = (
        select(Alert.rule, Person.id, Person.name, func.count())
        .join(Opportunity, Opportunity.id == Alert.opportunity_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .where(among)
        .group_by(Alert.rule, Person.id, Person.name)
        .order_by(Person.name)
    )
    rules: dict[str, int] = {}
    reps: dict[int, tuple[str, int]] = {}
    for rule, person_id, name, count in session.execute(query):
        rules[rule] = rules.get(rule, 0) + count
        if person_id is not None:
            reps[person_id] = (name, reps.get(person_id, (name, 0))[1] + count)
    return rules, reps
