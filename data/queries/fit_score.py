"""What the product's fit score is made of: commands used, steps recorded in time, days to the first visit."""

from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from core.access import Who
from core.milestones.evidence import Evidence
from core.milestones.fit import CAPABILITIES, FIT_DAYS, Fit, used_of
from core.terms import ActionStatus
from data.once import recalled
from data.queries.milestone_place import Place, reached_place
from data.schema import Action, Audit, Customer, Opportunity, Person

_COMMANDS = tuple(command for commands in CAPABILITIES.values() for command in commands)
_DAY = 86_400


@recalled
def fit_score(session: Session, who: Who, now: datetime) -> Fit:
    """The company's score as of now.

    Raises:
        NotAllowed, NotFound: not all is within reach.
    """
    place = reached_place(session, who, None)
    return Fit(_used(session, place, now), _steps(session, place, now), _setup_days(session))


def _used(session: Session, place: Place, now: datetime) -> dict[str, int]:
    """By people only: what the clock issues is no use."""
    since = place.midnight(place.day(now) - timedelta(days=FIT_DAYS))
    query = (
        select(Audit.command, func.count())
        .where(Audit.at >= since, Audit.actor_id.is_not(None), Audit.command.in_(_COMMANDS))
        .group_by(Audit.command)
    )
    return used_of({command: n for command, n in session.execute(query)})


def _steps(session: Session, place: Place, now: datetime) -> list[Evidence]:
    """Steps planned for the days before today; what was called off before its time is left out."""
    today = place.day(now)
    called_off = and_(Action.status == ActionStatus.CANCELLED, Action.cancelled_at < Action.planned_for)
    query = (
        select(
            Action.id, Action.planned_for, Action.recorded_at, Action.status, Action.customer_id, Person.name,
            func.coalesce(Customer.name, Opportunity.name),
        )
        .join(Person, Person.id == Action.owner_id)
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .outerjoin(Customer, Customer.id == Action.customer_id)
        .where(
            Action.planned_for >= place.midnight(today - timedelta(days=FIT_DAYS)),
            Action.planned_for < place.midnight(today),
            Action.voided_at.is_(None),
            or_(Action.status != ActionStatus.CANCELLED, ~called_off),
        )
        .order_by(Action.planned_for, Action.id)
    )  # fmt: skip
    found = []
    for i, planned_for, recorded_at, status, customer_id, owner, about in session.execute(query):
        assert planned_for is not None  # the query's range leaves no other
        day = place.day(planned_for)
        in_time = status == ActionStatus.COMPLETED and place.day(recorded_at) <= day
        found.append(Evidence(i, day, owner, about, float(in_time), link=customer_id))
    return found


def _setup_days(session: Session) -> float | None:
    first = session.scalar(select(func.min(Person.created_at)))
    recorded = session.scalar(select(func.min(Audit.at)).where(Audit.command == "action.record"))
    if first is None or recorded is None:
        return None
    took: timedelta = recorded - first
    return max(took.total_seconds() / _DAY, 0.0)
