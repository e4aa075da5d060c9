"""The path of milestones: launch dates, results as issued, and where it stands today (PRODUCT.md E)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.access import Permission, Reach, Who, reach
from core.milestones.assess import Assessment, State, verdict, whole_chance
from core.milestones.consequences import final
from core.milestones.criteria import BY_NAME, DAYS, window
from core.milestones.evidence import Evidence, between
from core.milestones.path import Phase, phase
from core.policies import Policy
from data.milestone_json import assessments_from, rows_from
from data.once import recalled
from data.queries.milestone_facts import Assessed, assessed
from data.queries.milestone_place import Place, reached_place
from data.queries.policies import policy_in_force
from data.schema import Launch, MilestoneAppeal, MilestoneResult, Person, Team


@dataclass(frozen=True, slots=True)
class LaunchRow:
    """A launch date as it was set; `team_id` None for the company."""

    team_id: int | None
    launched_on: date
    reason: str
    set_at: datetime
    set_by: str | None


@dataclass(frozen=True, slots=True)
class Stop:
    """One milestone on the path.

    Attributes:
        result_id: of its result once it is issued; its figures are those kept then.
        assessments: of its criteria; empty before the launch.
        chance: that all its criteria are reached; None where nothing can be said, or its day has come.
        state: as its figures say; `counts_as`: after appeals.
    """

    day: int
    due_on: date
    phase: Phase
    result_id: int | None
    assessments: tuple[Assessment, ...]
    state: State
    counts_as: State
    chance: float | None


@dataclass(frozen=True, slots=True)
class Path:
    """A place's way.

    Attributes:
        launch: the date that holds: the team's own, else the company's; None before one is set.
        history: every date that was set for it, the latest first.
        today: the day there, and `day_number` counted from the launch; None without one.
    """

    team_id: int | None
    team: str
    launch: LaunchRow | None
    history: tuple[LaunchRow, ...]
    today: date
    stops: tuple[Stop, ...]

    @property
    def day_number(self) -> int | None:
        """Days since the launch; negative before it."""
        return (self.today - self.launch.launched_on).days if self.launch else None


@dataclass(frozen=True, slots=True)
class Proof:
    """The rows behind one criterion of a milestone, those counted; `issued` when they are kept ones."""

    assessment: Assessment
    rows: tuple[Evidence, ...]
    issued: bool


@recalled
def milestone_teams(session: Session, who: Who) -> dict[int | None, str]:
    """Whose milestones `who` may see: the company's first where all are within reach."""
    query = select(Team.id, Team.name).where(Team.kind == "sales").order_by(Team.name, Team.id)
    if reach(who, Permission.SEE_MILESTONES) is Reach.ALL:
        return {None: ""} | {i: name for i, name in session.execute(query)}
    return {i: name for i, name in session.execute(query.where(Team.id == who.team_id))}


@recalled
def milestone_path(session: Session, who: Who, team_id: int | None, now: datetime) -> Path:
    """The path of the company or a team, as it stands now.

    Raises:
        NotAllowed, NotFound: out of reach, or no sales team.
    """
    place = reached_place(session, who, team_id)
    history = _launches(session, Launch.team_id.is_(None) if team_id is None else Launch.team_id == team_id)
    launch = launch_of(session, team_id)
    name = session.scalar(select(Team.name).where(Team.id == team_id)) if team_id else ""
    stops = _stops(session, place, launch.launched_on, now) if launch else ()
    return Path(team_id, name or "", launch, history, place.day(now), stops)


def launch_of(session: Session, team_id: int | None) -> LaunchRow | None:
    """The launch date that holds for a team, its own or the company's, or for the company."""
    own = _launches(session, Launch.team_id == team_id) if team_id else ()
    found = own or _launches(session, Launch.team_id.is_(None))
    return found[0] if found else None


def launch_days(session: Session, places: Iterable[int | None]) -> dict[int | None, date]:
    """The launch date that holds for each of many places; those without one are left out."""
    rows = select(Launch.team_id, Launch.launched_on).order_by(Launch.set_at, Launch.id)
    latest = {team_id: on for team_id, on in session.execute(rows)}  # the last of each stays
    return {place: on for place in places if (on := latest.get(place) or latest.get(None))}


def proof(
    session: Session, who: Who, team_id: int | None, day: int, name: str, now: datetime
) -> Proof | None:
    """The rows that a criterion counts; None before the launch, or for a criterion of no such milestone."""
    place, launch = reached_place(session, who, team_id), launch_of(session, team_id)
    if launch is None or name not in BY_NAME or BY_NAME[name].day != day:
        return None
    if place.day(now) < launch.launched_on:
        return None
    kept = result_of(session, team_id, launch.launched_on, day)
    if kept is not None:
        return _proof(assessments_from(kept.figures), rows_from(kept.rows, name), name, issued=True)
    found = assessed(session, place, launch.launched_on, day, now, policy_in_force(session))
    return _proof(found.assessments, found.rows[name], name, issued=False)


def result_of(session: Session, team_id: int | None, launched_on: date, day: int) -> MilestoneResult | None:
    """A milestone's result; None while it was not issued."""
    key = result_key(team_id, launched_on, day)
    return session.scalar(select(MilestoneResult).where(MilestoneResult.key == key))


def result_key(team_id: int | None, launched_on: date, day: int) -> str:
    """One per place, launch and milestone.

    >>> result_key(None, date(2026, 3, 1), 30)
    'company:2026-03-01:30'
    """
    return f"{team_id or 'company'}:{launched_on.isoformat()}:{day}"


def _proof(
    assessments: tuple[Assessment, ...], rows: tuple[Evidence, ...], name: str, *, issued: bool
) -> Proof:
    told = next(a for a in assessments if a.criterion == name)
    return Proof(told, between(rows, told.first, told.end), issued)


def _launches(session: Session, of: ColumnElement[bool]) -> tuple[LaunchRow, ...]:
    query = (
        select(Launch.team_id, Launch.launched_on, Launch.reason, Launch.set_at, Person.name)
        .outerjoin(Person, Person.id == Launch.set_by)
        .where(of)
        .order_by(Launch.set_at.desc(), Launch.id.desc())
    )
    return tuple(LaunchRow(*row) for row in session.execute(query))


def _stops(session: Session, place: Place, launched_on: date, now: datetime) -> tuple[Stop, ...]:
    policy, today = policy_in_force(session), place.day(now)
    return tuple(_stop(session, place, launched_on, day, today, now, policy) for day in DAYS)


def _stop(
    session: Session, place: Place, launched_on: date, day: int, today: date, now: datetime, policy: Policy
) -> Stop:
    days = window(launched_on, day)
    lies = phase(launched_on, days.first, days.due_on, today)
    kept = result_of(session, place.team_id, launched_on, day) if lies is Phase.OVER else None
    found: tuple[Any, ...] = ()
    if kept is not None:
        found = assessments_from(kept.figures)
    elif today >= launched_on:
        live: Assessed = assessed(session, place, launched_on, day, now, policy)
        found = live.assessments
    chance = whole_chance([a.chance for a in found]) if lies is not Phase.OVER else None
    state = verdict(a.state for a in found)
    counts_as = final(state, kept is not None and _upheld(session, kept.id))
    return Stop(day, days.due_on, lies, kept.id if kept else None, found, state, counts_as, chance)


def _upheld(session: Session, result_id: int) -> bool:
    appeals = select(MilestoneAppeal.id).where(
        MilestoneAppeal.result_id == result_id, MilestoneAppeal.upheld.is_(True)
    )
    return session.scalars(appeals).first() is not None
