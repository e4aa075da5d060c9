"""What the board may be filtered by, and a mark that tells when it has changed."""

from dataclasses import dataclass

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from core.access import GRANTS, Permission, Reach, Who, reach
from core.terms import Outcome, Role
from data.once import recalled
from data.queries.scope import owned
from data.schema import Audit, Opportunity, Person, Pipeline, Team


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to filter by.

    Attributes:
        count: open opportunities within reach.
        team: key of a person's team.
    """

    key: str
    name: str
    count: int
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What this person may filter by; pipelines with the most open opportunities first."""

    teams: tuple[Choice, ...]
    reps: tuple[Choice, ...]
    pipelines: tuple[Choice, ...]


@recalled
def choices(session: Session, who: Who, needs: Permission = Permission.SEE_BOARD) -> Choices:
    """Teams and people within the reach of a permission that sell, and the pipelines."""
    theirs = (Opportunity.owner_id == Person.id) & (Opportunity.outcome == Outcome.OPEN)
    people = session.execute(
        select(Person.id, Person.name, Team.id, Team.name, func.count(Opportunity.id))
        .outerjoin(Opportunity, theirs)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(owned(who, needs, Person.id))
        .group_by(Person.id, Person.name, Person.role, Person.active, Team.id, Team.name)
        .having(or_(and_(Person.role == Role.REP, Person.active), func.count(Opportunity.id) > 0))
        .order_by(Person.name, Person.id)
    ).all()
    teams: dict[tuple[str, int], int] = {}
    for _, _, team_id, team, count in people:
        if team_id is not None:
            teams[(team, team_id)] = teams.get((team, team_id), 0) + count
    return Choices(
        teams=tuple(Choice(str(i), name, n) for (name, i), n in sorted(teams.items())),
        reps=tuple(Choice(str(i), name, n, str(team)) for i, name, team, _, n in people),
        pipelines=tuple(Choice(*row) for row in session.execute(_pipelines(who, needs))),
    )


def _pipelines(who: Who, needs: Permission) -> Select[str, str, int]:
    theirs = (
        select(Opportunity.pipeline_id, func.count().label("n"))
        .where(Opportunity.outcome == Outcome.OPEN, owned(who, needs, Opportunity.owner_id))
        .group_by(Opportunity.pipeline_id)
        .subquery()
    )
    count = func.coalesce(theirs.c.n, 0)
    return (
        select(Pipeline.key, Pipeline.name, count)
        .outerjoin(theirs, theirs.c.pipeline_id == Pipeline.id)
        .order_by(count.desc(), Pipeline.id)
    )


def version(session: Session, who: Who, floor: int | None = None) -> tuple[int, int]:
    """A mark that moves when somebody whose work `who` sees changes something: (floor, changes since).

    Ask again with the returned floor and compare. The floor lies a little back, so that a change that
    was committed late is counted too.
    """
    if floor is None:
        floor = max((session.scalar(select(func.max(Audit.id))) or 0) - 100, 0)
    changes = select(func.count()).where(Audit.id > floor)
    if reach(who, Permission.SEE_BOARD) is not Reach.ALL:
        far = [role for role, granted in GRANTS.items() if Reach.ALL in granted.values()]
        seen = select(Person.id).where(or_(Person.team_id == who.team_id, Person.role.in_(far)))
        changes = changes.where(or_(Audit.actor_id.is_(None), Audit.actor_id.in_(seen)))
    return floor, session.scalar(changes) or 0
