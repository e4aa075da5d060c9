"""Today: what a person must do now, by kind, the most urgent first (PRODUCT.md F1).

Everything is read from present state and the person's own planned actions; each kind is one small
statement that returns its first lines and how many there are.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from core.access import Permission, Who, decide
from core.policies import Policy
from core.process.stages import PIPELINE
from core.terms import ActionStatus, Outcome, Severity
from data.queries.commitments import own_commitments
from data.queries.drafts import touched
from data.queries.policies import company_day, policy_in_force
from data.queries.scope import in_room, owned
from data.queries.standing import standing, task_open
from data.queries.suggestions import ASKED, answered, asked_lines
from data.schema import (
    Action,
    Alert,
    CoachingTask,
    Customer,
    CustomerState,
    Draft,
    ForecastLine,
    ForecastRun,
    Opportunity,
    OpportunityState,
    Person,
    Pipeline,
    Room,
    RoomTask,
    Stage,
)

FIRST = 5
MOST = 200
QUOTE_GONE_DAYS = 30  # an expired quote is a to-do for so long


class Kind(StrEnum):
    """Kinds of to-dos, in the order in which they are shown."""

    OVERDUE = "overdue"
    RED = "red"
    ASSIGNED = "assigned"
    COMMITMENT = "commitment"
    ROOM_TASK = "room_task"
    COACHING = "coaching"
    DUE = "due"
    SUGGESTION = "suggestion"
    EXPIRING = "expiring"
    DRAFT = "draft"
    UNPLANNED = "unplanned"
    GRADE = "grade"
    PASSWORD = "password"  # noqa: S105 - a kind of to-do


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing to do.

    Attributes:
        id: of the action, alert, opportunity, customer, draft or person that it is about.
        type: the action type or stage it concerns; of a commitment, the record that it expects.
        at: when it is or was due, or since when; UTC.
        on: the day a quote expires.
        room_id: of the room whose task it is.
        words: kind's own words: a note, a rule, a grade, a user name, what was agreed.
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


@dataclass(frozen=True, slots=True)
class Group:
    """The to-dos of a kind: how many, and the first of them."""

    kind: Kind
    total: int
    todos: tuple[ToDo, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
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


def today(session: Session, who: Who, now: datetime, *, whole: str | None = None) -> tuple[Group, ...]:
    """What `who` must do now; kinds without a to-do are left out.

    Args:
        whole: the kind of which all to-dos are wanted, up to 200, not just the first five.
    """
    asked = _Asked(session, who, now, policy_in_force(session))
    groups = (
        read(asked, MOST if kind == whole else FIRST)
        for kind, (needs, read) in _KINDS.items()
        if decide(who, needs).allowed
    )
    return tuple(g for g in groups if g.total)


def _of_opportunity() -> list[Any]:
    return [
        Opportunity.customer_id,
        Customer.name.label("customer"),
        Opportunity.id.label("opportunity_id"),
        Opportunity.name.label("opportunity"),
        Opportunity.amount,
        Opportunity.currency,
    ]


def _worth() -> Any:
    return func.coalesce(Opportunity.amount, 0).desc()


def _planned(asked: _Asked, most: int, kind: Kind, when: Any) -> Group:
    query = (
        select(
            Action.id,
            *_of_opportunity(),
            Action.type,
            Action.planned_for.label("at"),
            Action.note.label("words"),
        )
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(
            Action.owner_id == asked.who.person_id,
            Action.status == ActionStatus.PLANNED,
            Action.voided_at.is_(None),
            Opportunity.outcome == Outcome.OPEN,
            when,
        )
        .order_by(Action.planned_for, _worth(), Action.id)
    )
    return asked.group(kind, query, most)


def _overdue(asked: _Asked, most: int) -> Group:
    return _planned(asked, most, Kind.OVERDUE, Action.planned_for < asked.now)


def _due(asked: _Asked, most: int) -> Group:
    when = and_(Action.planned_for >= asked.now, Action.planned_for < asked.midnight)
    return _planned(asked, most, Kind.DUE, when)


def _mine(asked: _Asked) -> list[Any]:
    return [
        Opportunity.owner_id == asked.who.person_id,
        Opportunity.outcome == Outcome.OPEN,
        Pipeline.key == PIPELINE,
    ]


def _unplanned(asked: _Asked, most: int) -> Group:
    """Open opportunities without a next step; those longest without any event first."""
    since = func.coalesce(OpportunityState.last_event_at, Opportunity.opened_at, Opportunity.recorded_at)
    query = (
        select(Opportunity.id, *_of_opportunity(), Stage.key.label("type"), since.label("at"))
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(OpportunityState, OpportunityState.opportunity_id == Opportunity.id)
        .outerjoin(Stage, Stage.id == OpportunityState.stage_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(*_mine(asked), OpportunityState.next_step_id.is_(None))
        .order_by(since, _worth(), Opportunity.id)
    )
    return asked.group(Kind.UNPLANNED, query, most)


def _expiring(asked: _Asked, most: int) -> Group:
    """Latest quotes of open opportunities that expire soon, then those that expired of late."""
    day = asked.here.date()
    newest = func.row_number().over(
        partition_by=Action.opportunity_id, order_by=(Action.ended_at.desc(), Action.id.desc())
    )
    quotes = (
        select(
            Action.id,
            Action.opportunity_id,
            Action.fields["valid_until"].as_string().label("valid_until"),
            newest.label("rank"),
        )
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .where(
            *_mine(asked),
            Action.type == "quote_confirmation",
            Action.status == ActionStatus.COMPLETED,
            Action.voided_at.is_(None),
        )
        .subquery()
    )
    last = (day + timedelta(days=asked.policy.quote_expiry_days)).isoformat()
    first = (day - timedelta(days=QUOTE_GONE_DAYS)).isoformat()
    gone = case((quotes.c.valid_until < day.isoformat(), 1), else_=0)
    query = (
        select(quotes.c.id, *_of_opportunity(), quotes.c.valid_until.label("on"))
        .join(Opportunity, Opportunity.id == quotes.c.opportunity_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(quotes.c.rank == 1, quotes.c.valid_until.between(first, last))
        .order_by(gone, quotes.c.valid_until, _worth(), quotes.c.id)
    )
    return _with_days(asked.group(Kind.EXPIRING, query, most))


def _with_days(group: Group) -> Group:
    todos = (replace(todo, on=date.fromisoformat(str(todo.on))) for todo in group.todos)
    return Group(group.kind, group.total, tuple(todos))


def _grades(asked: _Asked, most: int) -> Group:
    """Customers with open opportunities whose grade is missing or old."""
    old = asked.now - timedelta(days=asked.policy.grade_days)
    query = (
        select(
            Customer.id,
            Customer.id.label("customer_id"),
            Customer.name.label("customer"),
            Customer.graded_at.label("at"),
            func.coalesce(Customer.grade, "").label("words"),
        )
        .join(CustomerState, CustomerState.customer_id == Customer.id)
        .where(
            Customer.owner_id == asked.who.person_id,
            CustomerState.open_opportunities > 0,
            or_(Customer.graded_at.is_(None), Customer.graded_at < old),
        )
        .order_by(
            Customer.graded_at.is_not(None),
            Customer.graded_at,
            CustomerState.high_value_tags.desc(),
            Customer.name,
            Customer.id,
        )
    )
    return asked.group(Kind.GRADE, query, most)


def _drafts(asked: _Asked, most: int) -> Group:
    """Records that were begun and not submitted."""
    drafts = asked.session.scalars(
        select(Draft)
        .where(
            Draft.person_id == asked.who.person_id,
            Draft.kind == "action",
            Draft.body["sent"].as_string().is_(None),
        )
        .order_by(Draft.updated_at.desc(), Draft.id.desc())
    )
    begun = [d for d in drafts if touched(d.body)]
    values = {d.id: d.body.get("values") or {} for d in begun}
    ids = {v["customer"] for v in values.values() if v.get("customer")}
    named = asked.session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(ids)))
    names = {row.id: row.name for row in named}
    todos = tuple(
        ToDo(
            Kind.DRAFT,
            d.id,
            customer_id=values[d.id].get("customer"),
            customer=names.get(values[d.id].get("customer")),
            type=values[d.id].get("type"),
            at=d.updated_at,
        )
        for d in begun[:most]
    )
    return Group(Kind.DRAFT, len(begun), todos)


def _red(asked: _Asked, most: int) -> Group:
    """The team's standing red alerts."""
    query = (
        select(
            Alert.id,
            *_of_opportunity(),
            Alert.raised_at.label("at"),
            Alert.rule.label("words"),
            Alert.params,
            Person.name.label("person"),
        )
        .join(Opportunity, Opportunity.id == Alert.opportunity_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .where(
            standing(asked.now),
            Alert.severity == Severity.RED,
            Opportunity.outcome == Outcome.OPEN,
            owned(asked.who, Permission.SEE_BOARD, Opportunity.owner_id),
        )
        .order_by(Alert.raised_at, _worth(), Alert.id)
    )
    return asked.group(Kind.RED, query, most)


def _assigned(asked: _Asked, most: int) -> Group:
    """Alerts that somebody put into this person's hands."""
    query = (
        select(
            Alert.id,
            *_of_opportunity(),
            Alert.due_at.label("at"),
            Alert.rule.label("words"),
            Alert.params,
        )
        .join(Opportunity, Opportunity.id == Alert.opportunity_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(
            standing(asked.now),
            Opportunity.outcome == Outcome.OPEN,
            Alert.assigned_to_id == asked.who.person_id,
        )
        .order_by(func.coalesce(Alert.due_at, asked.midnight), Alert.id)
    )
    return asked.group(Kind.ASSIGNED, query, most)


def _commitments(asked: _Asked, most: int) -> Group:
    """What this person took over in morning meetings and no record shows done, due today or before."""
    found = own_commitments(asked.session, asked.who.person_id or 0, asked.midnight, asked.now)
    todos = tuple(
        ToDo(
            Kind.COMMITMENT,
            c.id,
            customer_id=c.customer_id,
            customer=c.customer,
            opportunity_id=c.opportunity_id,
            type=c.expects,
            at=c.due_at,
            words=c.what,
            params={"about": c.about},
        )
        for c in found[:most]
    )
    return Group(Kind.COMMITMENT, len(found), todos)


def _room_tasks(asked: _Asked, most: int) -> Group:
    """This person's tasks in rooms that they are in, due today or before."""
    query = (
        select(
            RoomTask.id,
            Room.id.label("room_id"),
            Customer.name.label("customer"),
            RoomTask.due_at.label("at"),
            RoomTask.text.label("words"),
        )
        .join(Room, Room.id == RoomTask.room_id)
        .join(Customer, Customer.id == Room.customer_id)
        .where(
            RoomTask.owner_id == asked.who.person_id,
            task_open(),
            RoomTask.due_at < asked.midnight,
            Room.closed_at.is_(None),
            in_room(asked.who),
        )
        .order_by(RoomTask.due_at, RoomTask.id)
    )
    return asked.group(Kind.ROOM_TASK, query, most)


def _coaching(asked: _Asked, most: int) -> Group:
    """Coaching tasks in this person's hands."""
    query = (
        select(CoachingTask.id, Person.name.label("person"), CoachingTask.due_on.label("on"))
        .join(Person, Person.id == CoachingTask.rep_id)
        .where(CoachingTask.owner_id == asked.who.person_id, CoachingTask.closed_at.is_(None))
        .order_by(CoachingTask.due_on, CoachingTask.id)
    )
    return asked.group(Kind.COACHING, query, most)


def _suggestions(asked: _Asked, most: int) -> Group:
    """Suggestions of the forecast that wait for this person's answer, the biggest change first."""
    change = ForecastLine.value - ForecastLine.scorecard_value
    query = (
        select(Opportunity.id, *_of_opportunity(), ForecastRun.starts_on.label("on"))
        .select_from(ForecastLine)
        .join(ForecastRun, ForecastRun.id == ForecastLine.run_id)
        .join(Opportunity, Opportunity.id == ForecastLine.opportunity_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(
            *asked_lines(ASKED, company_day(asked.session, asked.now)),
            Opportunity.owner_id == asked.who.person_id,
            ~answered(),
        )
        .order_by(func.abs(change).desc(), Opportunity.id)
    )
    return asked.group(Kind.SUGGESTION, query, most)


def _without_password(asked: _Asked, most: int) -> Group:
    """People who should work with the product and cannot sign in yet."""
    query = (
        select(
            Person.id,
            Person.name.label("person"),
            Person.username.label("words"),
            Person.role.label("type"),
            Person.created_at.label("at"),
        )
        .where(Person.active, Person.password_hash.is_(None))
        .order_by(Person.created_at, Person.name, Person.id)
    )
    return asked.group(Kind.PASSWORD, query, most)


_KINDS: dict[Kind, tuple[Permission, Callable[[_Asked, int], Group]]] = {
    Kind.OVERDUE: (Permission.RECORD_ACTIONS, _overdue),
    Kind.RED: (Permission.SEE_BOARD, _red),
    Kind.ASSIGNED: (Permission.HANDLE_ALERTS, _assigned),
    Kind.COMMITMENT: (Permission.SEE_MORNING, _commitments),
    Kind.ROOM_TASK: (Permission.FOLLOW_UP, _room_tasks),
    Kind.COACHING: (Permission.COACH, _coaching),
    Kind.DUE: (Permission.RECORD_ACTIONS, _due),
    Kind.SUGGESTION: (Permission.CALIBRATE, _suggestions),
    Kind.EXPIRING: (Permission.RECORD_ACTIONS, _expiring),
    Kind.DRAFT: (Permission.RECORD_ACTIONS, _drafts),
    Kind.UNPLANNED: (Permission.RECORD_ACTIONS, _unplanned),
    Kind.GRADE: (Permission.EDIT_CUSTOMERS, _grades),
    Kind.PASSWORD: (Permission.MANAGE_PEOPLE, _without_password),
}
