"""A walk through the demo company: per role, the pages where its planted stories show (docs/demo.md)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import Who
from core.terms import Role
from data.demo.staff import LEAVER, SKIPPING_TEAM, STUCK_TEAM, TEAMS
from data.queries.policies import is_demo
from data.queries.today import Kind, ToDo, today
from data.schema import Alert, Opportunity, PlannedDate, Promise, Team

Query = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Stop:
    """One page of the walk.

    Attributes:
        name: what is to be seen there; its words stand under `[stop]` of tour.toml.
        page: the page's name.
        query: what its address says.
    """

    name: str
    page: str
    query: Query = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the walk leads to.

    Attributes:
        todos: the first to-do of each kind.
        teams: the regions of the stories by their index in `TEAMS`.
        shown: the customer who saw three demos and got no quote.
        slipped: the promise in conflict whose plan was moved.
    """

    todos: Mapping[Kind, ToDo]
    teams: Mapping[int, int]
    shown: int | None
    slipped: int | None

    def record(self, kind: Kind, name: str) -> Query:
        todo = self.todos.get(kind)
        return {name: todo.id} if todo else {}

    def conflict(self) -> Query:
        return {"promise": self.slipped} if self.slipped else {}

    def team(self, index: int) -> Query:
        return {"team": self.teams[index]} if index in self.teams else {}


def stops(session: Session, who: Who, now: datetime) -> tuple[Stop, ...]:
    """The walk for this person; none in a real company."""
    if who.role is None or not is_demo(session):
        return ()
    groups = today(session, who, now, whole=Kind.CONFLICT)
    first = {group.kind: group.todos[0] for group in groups if group.todos}
    red = {todo.id for group in groups if group.kind is Kind.CONFLICT for todo in group.todos}
    named = {name: i for i, name in enumerate(TEAMS)}
    teams = {named[n]: i for i, n in session.execute(select(Team.id, Team.name)) if n in named}
    return _WALKS[who.role](_Found(first, teams, _shown(session, who), _slipped(session, red)))


def _shown(session: Session, who: Who) -> int | None:
    raised = select(Opportunity.customer_id).join(Alert, Alert.opportunity_id == Opportunity.id)
    standing = raised.where(Alert.rule == "demos_without_quote", Alert.cleared_at.is_(None))
    own = standing.where(Opportunity.owner_id == who.person_id, Opportunity.customer_id.is_not(None))
    return session.scalar(own.order_by(Alert.id).limit(1))


def _slipped(session: Session, red: Collection[int]) -> int | None:
    moved = select(PlannedDate.feature_id).group_by(PlannedDate.feature_id).having(func.count() > 1)
    behind = select(Promise.id).where(Promise.id.in_(red), Promise.feature_id.in_(moved))
    return session.scalar(behind.order_by(Promise.id).limit(1))


def _rep(found: _Found) -> tuple[Stop, ...]:
    shown = {"customer": found.shown} if found.shown else {}
    return (
        Stop("todos", "today"),
        *((Stop("three_demos", "customer", shown),) if shown else ()),
        Stop("evidence", "record", shown),
        Stop("suggestion", "calibrate", found.record(Kind.SUGGESTION, "opportunity")),
        Stop("conflict", "promises", found.conflict()),
        Stop("own_report", "reports"),
    )


def _manager(found: _Found) -> tuple[Stop, ...]:
    del found
    return (
        Stop("meeting", "morning"),
        Stop("board", "board"),
        Stop("alerts", "alerts"),
        Stop("week", "health"),
        Stop("outlook", "outlook"),
        Stop("luck", "forecast_health"),
        Stop("quarter", "collaboration"),
    )


def _director(found: _Found) -> tuple[Stop, ...]:
    return (
        Stop("one_look", "leadership"),
        Stop("stuck_region", "board", found.team(STUCK_TEAM)),
        Stop("skipping_team", "health", found.team(SKIPPING_TEAM)),
        Stop("padding", "plausibility"),
        Stop("replay", "replay"),
        Stop("milestones", "milestones"),
        Stop("studio", "studio"),
    )


def _product(found: _Found) -> tuple[Stop, ...]:
    return (
        Stop("clocks", "demands"),
        Stop("slipped", "promises", found.conflict()),
        Stop("alike", "store_requests"),
        Stop("rooms", "rooms"),
        Stop("quarter", "collaboration"),
    )


def _delivery(found: _Found) -> tuple[Stop, ...]:
    return (
        Stop("deliveries", "deliveries"),
        Stop("problem", "deliveries", found.record(Kind.REPORTED, "delivery")),
        Stop("rooms", "rooms"),
    )


def _store(found: _Found) -> tuple[Stop, ...]:
    del found
    return (Stop("pool", "store_requests"),)


def _admin(found: _Found) -> tuple[Stop, ...]:
    del found
    return (
        Stop("import", "exchange"),
        Stop("leaver", "people", {"search": LEAVER[0], "active": "0"}),
        Stop("channels", "channels"),
        Stop("jobs", "jobs"),
        Stop("audit", "audit"),
    )


_WALKS = {
    Role.REP: _rep,
    Role.MANAGER: _manager,
    Role.DIRECTOR: _director,
    Role.PRODUCT: _product,
    Role.DELIVERY: _delivery,
    Role.STORE_MANAGER: _store,
    Role.ADMIN: _admin,
}
