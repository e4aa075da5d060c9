"""Day 30's rows: which reps record follow-ups, and what the records lack (PRODUCT.md E)."""

from collections.abc import Hashable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from core.milestones.completeness import Follow, missing, weakest
from core.milestones.criteria import Window
from core.milestones.evidence import Evidence
from core.policies import Policy
from core.terms import ActionStatus, Role
from data.queries.milestone_place import Place
from data.schema import Action, Customer, Opportunity, Person, Team


def recording_rows(session: Session, place: Place, days: Window, as_of: datetime) -> list[Evidence]:
    """Each active rep: whether they recorded a follow-up in these days, and on which first."""
    starts, ends = place.midnight(days.first), min(place.midnight(days.due_on), as_of)
    firsts = (
        select(Action.owner_id, func.min(Action.recorded_at).label("at"), func.count().label("n"))
        .where(
            Action.status == ActionStatus.COMPLETED,
            Action.recorded_at >= starts,
            Action.recorded_at <= ends,
            _living(as_of),
            place.owns(Action.owner_id),
        )
        .group_by(Action.owner_id)
        .subquery()
    )
    query = (
        select(Person.id, Person.name, Team.name.label("team"), firsts.c.at)
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(firsts, firsts.c.owner_id == Person.id)
        .where(Person.role == Role.REP, Person.active, Person.created_at <= ends, place.owns(Person.id))
        .order_by(Person.name, Person.id)
    )
    last = days.due_on - timedelta(days=1)
    return [
        Evidence(
            row.id,
            place.day(row.at) if row.at else last,
            row.name,
            row.team or "",
            float(row.at is not None),
            why="" if row.at else "nothing_recorded",
        )
        for row in session.execute(query)
    ]


def completeness_rows(
    session: Session, place: Place, first: date, end: date, as_of: datetime, policy: Policy
) -> list[Evidence]:
    """Each follow-up that was done or due in these days as known then: complete, or what it lacks.

    Records of one kind on one opportunity by one person on one day are one follow-up.
    """
    starts, ends = place.midnight(first), min(place.midnight(end), as_of)
    done = and_(
        Action.status == ActionStatus.COMPLETED,
        Action.recorded_at <= as_of,
        Action.ended_at >= starts,
        Action.ended_at < ends,
    )
    given_up = min(ends, as_of - timedelta(hours=policy.overdue_hours))
    left = and_(_still_planned(as_of), Action.planned_for >= starts, Action.planned_for < given_up)
    query = _follow_ups(place, or_(done, left), as_of)
    return weakest(_evidence(row, place, as_of, policy) for row in session.execute(query))


def _living(as_of: datetime) -> ColumnElement[bool]:
    return or_(Action.voided_at.is_(None), Action.voided_at > as_of)


def _still_planned(as_of: datetime) -> ColumnElement[bool]:
    """Planned at that instant: now still, or recorded or called off only afterwards."""
    return or_(
        and_(Action.status == ActionStatus.PLANNED, Action.recorded_at <= as_of),
        and_(Action.status == ActionStatus.COMPLETED, Action.recorded_at > as_of),
        and_(Action.status == ActionStatus.CANCELLED, Action.cancelled_at > as_of),
    )


def _follow_ups(place: Place, chosen: ColumnElement[bool], as_of: datetime) -> Select[*tuple[Any, ...]]:
    wanted = and_(chosen, place.owns(Action.owner_id))
    opportunities = select(Action.opportunity_id).where(wanted)
    customers = select(Action.customer_id).where(wanted)
    plans = (
        select(Action.opportunity_id, func.max(Action.planned_for).label("latest"))
        .where(Action.opportunity_id.in_(opportunities), Action.planned_for.is_not(None))
        .group_by(Action.opportunity_id)
        .subquery()
    )
    firsts = (
        select(Action.customer_id, func.min(Action.ended_at).label("first"))
        .where(
            Action.customer_id.in_(customers),
            Action.status == ActionStatus.COMPLETED,
            Action.voided_at.is_(None),
        )
        .group_by(Action.customer_id)
        .subquery()
    )
    linked = or_(
        Action.follows_id.is_not(None), Action.ended_at <= func.coalesce(firsts.c.first, Action.ended_at)
    )
    continued = or_(plans.c.latest > Action.ended_at, Opportunity.closed_at >= Action.ended_at)
    return (
        select(
            Action,
            Person.name,
            func.coalesce(Customer.name, Opportunity.name),
            linked,
            continued,
        )
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .join(Person, Person.id == Action.owner_id)
        .outerjoin(Customer, Customer.id == Action.customer_id)
        .outerjoin(plans, plans.c.opportunity_id == Action.opportunity_id)
        .outerjoin(firsts, firsts.c.customer_id == Action.customer_id)
        .where(wanted, _living(as_of))
        .order_by(Action.id)
    )


def _evidence(row: Any, place: Place, as_of: datetime, policy: Policy) -> tuple[Hashable, Evidence]:
    """A follow-up, with what it is about: a step that was not recorded only itself."""
    action, person, about, linked, continued = row
    recorded = action.status == ActionStatus.COMPLETED and action.recorded_at <= as_of
    lacks = missing(
        Follow(
            action.type,
            recorded,
            action.fields,
            action.summary,
            action.recording is not None,
            bool(linked),
            bool(continued),
        ),
        policy,
    )
    at = action.ended_at if recorded else action.planned_for
    about_it = (action.opportunity_id, action.owner_id, action.type, place.day(at))
    return about_it if recorded else action.id, Evidence(
        action.id,
        place.day(at),
        person,
        about,
        float(not lacks),
        why=" ".join(lacks),
        link=action.customer_id,
    )
