"""Samples drawn to be checked, with what was found, and what a checker needs to look at (PRODUCT.md E)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Reach, Who, reach
from core.messages import NotFound
from core.milestones.criteria import BY_NAME
from core.milestones.evidence import Evidence
from core.milestones.samples import Found, Tally, tally
from data.milestone_json import evidence_from
from data.queries.milestone_place import reached_place
from data.queries.milestones import launch_of
from data.schema import Action, Person, Promise, ProofCheck, ProofSample, Team


@dataclass(frozen=True, slots=True)
class Check:
    """What somebody found."""

    result: Found
    note: str
    at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """A drawn row with its latest check; None while nobody looked."""

    row: Evidence
    check: Check | None


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample; `earlier` how many were drawn before it for the same criterion."""

    id: int
    team_id: int | None
    criterion: str
    key: str
    population: int
    drawn_at: datetime
    drawn_by: str | None
    items: tuple[Item, ...]
    tally: Tally
    earlier: int

    @property
    def drawn_on(self) -> date:
        """The day of its place on which it was drawn; a second one of that day is refused."""
        return date.fromisoformat(self.key.rpartition(":")[2])


@dataclass(frozen=True, slots=True)
class Looked:
    """What a checker looks at: an action's words and recording, or a promise's words."""

    words: str
    recording: str | None
    transcript: str | None


def sample_of(session: Session, who: Who, team_id: int | None, criterion: str) -> Sample | None:
    """The latest sample of a criterion since the launch; None where none was drawn."""
    reached_place(session, who, team_id)
    launch = launch_of(session, team_id)
    if launch is None:
        return None
    place = ProofSample.team_id.is_(None) if team_id is None else ProofSample.team_id == team_id
    drawer = aliased(Person)
    query = (
        select(ProofSample, drawer.name)
        .outerjoin(drawer, drawer.id == ProofSample.drawn_by)
        .where(place, ProofSample.criterion == criterion, ProofSample.launched_on == launch.launched_on)
        .order_by(ProofSample.drawn_at.desc(), ProofSample.id.desc())
    )
    found = session.execute(query).all()
    return _sample(session, found[0][0], found[0][1], len(found) - 1) if found else None


@dataclass(frozen=True, slots=True)
class InHand:
    """A sample that its drawer has not finished: `left` rows not looked at yet, `following` the first."""

    id: int
    team_id: int | None
    team: str
    criterion: str
    day: int
    drawn_at: datetime
    left: int
    following: int


def samples_in_hand(session: Session, who: Who) -> list[InHand]:
    """The latest samples of their place and criterion that this person drew and that are not all checked."""
    newest = func.max(ProofSample.id)
    latest = select(newest).group_by(ProofSample.team_id, ProofSample.criterion)
    query = (
        select(ProofSample, Team.name)
        .outerjoin(Team, Team.id == ProofSample.team_id)
        .where(ProofSample.id.in_(latest), ProofSample.drawn_by == who.person_id)
        .order_by(ProofSample.drawn_at, ProofSample.id)
    )
    return [one for row, team in session.execute(query) if (one := _in_hand(session, who, row, team))]


def _in_hand(session: Session, who: Who, row: ProofSample, team: str | None) -> InHand | None:
    launch = launch_of(session, row.team_id)
    checked = _checks(session, row.id)
    left = [of for of in dict.fromkeys(item["of"] for item in row.items) if of not in checked]
    granted = reach(who, Permission.CHECK_PROOFS)
    lost = granted is not Reach.ALL and row.team_id != who.team_id  # moved to another team since
    if lost or not left or launch is None or launch.launched_on != row.launched_on:
        return None
    day = BY_NAME[row.criterion].day
    return InHand(row.id, row.team_id, team or "", row.criterion, day, row.drawn_at, len(left), left[0])


def looked_at(session: Session, who: Who, sample_id: int, of: int) -> Looked:
    """What a drawn row's record says.

    Raises:
        NotAllowed, NotFound: out of reach, or not drawn.
    """
    row = sample_within(session, who, sample_id)
    if of not in [item["of"] for item in row.items]:
        raise NotFound(entity="proof_sample")
    if row.criterion == "kept":
        return Looked(session.scalar(select(Promise.words).where(Promise.id == of)) or "", None, None)
    action = session.get_one(Action, of)
    return Looked(action.summary, action.recording, action.transcript)


def sample_within(session: Session, who: Who, sample_id: int) -> ProofSample:
    """A sample that `who` may check.

    Raises:
        NotAllowed, NotFound: out of reach.
    """
    row = session.get(ProofSample, sample_id)
    if row is None:
        raise NotFound(entity="proof_sample")
    reached_place(session, who, row.team_id, Permission.CHECK_PROOFS)
    return row


def sample_key(team_id: int | None, launched_on: date, criterion: str, day: date) -> str:
    """One per place, launch, criterion and day; it is the seed too.

    >>> sample_key(3, date(2026, 3, 1), "kept", date(2026, 5, 4))
    '3:2026-03-01:kept:2026-05-04'
    """
    return f"{team_id or 'company'}:{launched_on.isoformat()}:{criterion}:{day.isoformat()}"


def recorded_by_voice(session: Session, ids: Sequence[int]) -> set[int]:
    """Those of some actions with which a recording stands."""
    query = select(Action.id).where(Action.id.in_(ids), Action.recording.is_not(None))
    return set(session.scalars(query))


def _sample(session: Session, row: ProofSample, drawn_by: str | None, earlier: int) -> Sample:
    checks = _checks(session, row.id)
    items = tuple(Item(found := evidence_from(kept), checks.get(found.of)) for kept in row.items)
    told = tally(len(items), [item.check.result for item in items if item.check], row.population)
    return Sample(
        row.id,
        row.team_id,
        row.criterion,
        row.key,
        row.population,
        row.drawn_at,
        drawn_by,
        items,
        told,
        earlier,
    )


def _checks(session: Session, sample_id: int) -> dict[int, Check]:
    """The latest check of each row."""
    query = (
        select(ProofCheck, Person.name)
        .outerjoin(Person, Person.id == ProofCheck.checked_by)
        .where(ProofCheck.sample_id == sample_id)
        .order_by(ProofCheck.id)
    )
    return {
        row.of: Check(Found(row.result), row.note, row.checked_at, by) for row, by in session.execute(query)
    }
