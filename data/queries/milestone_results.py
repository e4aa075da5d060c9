"""Results of milestones with what people made of them: signatures, appeals, consequences (PRODUCT.md E)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Who, decide
from core.messages import NotFound, Problem
from core.milestones.assess import State
from core.milestones.consequences import Consequence, Force, appeal_until, consequence, final, force
from core.milestones.criteria import DAYS
from core.policies import Policy
from data.once import recalled
from data.queries.milestone_place import reached_place
from data.queries.milestones import launch_days, launch_of, result_key
from data.queries.policies import policies_of
from data.schema import Audit, MilestoneAppeal, MilestoneResult, MilestoneSignature, Person, Team


@dataclass(frozen=True, slots=True)
class Decision:
    """How an appeal was decided by mistake, until `ended_at`."""

    upheld: bool
    answer: str
    by: str | None
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Appeal:
    """What a manager holds against a result, and what was decided; `upheld` None while it waits.

    Attributes:
        earlier: decisions that gave way to the other one, oldest first.
    """

    id: int
    words: str
    made_at: datetime
    made_by_id: int | None
    made_by: str | None
    upheld: bool | None
    answer: str
    decided_at: datetime | None
    decided_by: str | None
    earlier: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A milestone's result and what hangs on it, by the policy under which it was issued.

    Attributes:
        team_id: None for the company's.
        verdict: as it was issued; `counts_as`: after appeals.
        signed_at: None while nobody has signed.
        appeal_until: until when it can be appealed.
        brings: None where the policy ties nothing to this milestone.
    """

    id: int
    team_id: int | None
    team: str
    day: int
    due_on: date
    issued_at: datetime
    verdict: State
    counts_as: State
    signed_at: datetime | None
    signed_by: str | None
    note: str
    appeals: tuple[Appeal, ...]
    appeal_until: datetime
    force: Force
    brings: Consequence | None


@dataclass(frozen=True, slots=True)
class Freeze:
    """No new feature is planned for days of this quarter; `since` it was signed."""

    result_id: int
    day: int
    brings: Consequence
    since: datetime


@recalled
def results(session: Session, who: Who, team_id: int | None, day: int) -> tuple[Result, ...]:
    """A milestone's results that bear on a place: its own, and for a team the company's.

    Raises:
        NotAllowed, NotFound: out of reach, or no sales team.
    """
    reached_place(session, who, team_id)
    keys = [result_key(i, launch.launched_on, day) for i in dict.fromkeys((team_id, None))
            if (launch := launch_of(session, i))]  # fmt: skip
    return _results(session, MilestoneResult.key.in_(keys))


def all_results(session: Session, who: Who, days: Collection[int] = DAYS) -> tuple[Result, ...]:
    """The company's and every team's results of milestones, since the launch that holds.

    Raises:
        NotAllowed, NotFound: not all are within reach.
    """
    reached_place(session, who, None)
    teams = session.scalars(select(Team.id).where(Team.kind == "sales")).all()
    launched = launch_days(session, [None, *teams])
    keys = [result_key(place, on, day) for place, on in launched.items() for day in days]
    return _results(session, MilestoneResult.key.in_(keys))


def waiting_results(session: Session, who: Who) -> tuple[Result, ...]:
    """Those that wait for a signature or for the decision of an appeal; appeals first, then the oldest.

    Raises:
        NotAllowed, NotFound: not all are within reach.
    """
    found = (r for r in all_results(session, who) if r.force is not Force.IN_FORCE)
    return tuple(sorted(found, key=lambda r: (r.force is not Force.APPEALED, r.due_on, r.team, r.id)))


def result_within(session: Session, who: Who, result_id: int, needs: Permission) -> Result:
    """One result: of all for whoever reaches all; for a manager the team's and the company's.

    Raises:
        NotAllowed, NotFound: out of reach.
    """
    found = _results(session, MilestoneResult.id == result_id)
    if not found:
        raise NotFound(entity="milestone_result")
    bears_on_all = found[0].team_id is None and decide(who, needs).allowed
    reached_place(session, who, who.team_id if bears_on_all else found[0].team_id, needs)
    return found[0]


def freeze_in_force(session: Session, day: date) -> Freeze | None:
    """The first freeze that holds on a day or begins after it; None where new features may be planned."""
    return min(freezes_in_force(session, day), key=lambda f: (f.brings.frozen_until, f.day), default=None)


def freezes_in_force(session: Session, day: date) -> Iterator[Freeze]:
    """Every freeze that holds on a day or begins after it."""
    company = (MilestoneResult.team_id.is_(None)) & (MilestoneResult.verdict == State.MISSED)
    for result in _results(session, company):
        brings, signed_at = result.brings, result.signed_at
        if result.force is not Force.IN_FORCE or brings is None or signed_at is None:
            continue
        if brings.frozen_until is not None and day < brings.frozen_until:
            yield Freeze(result.id, result.day, brings, signed_at)


def check_freeze(freezes: Iterable[Freeze], planned_on: date | None, known_at: datetime) -> list[Problem]:
    """A feature that came after a freeze was signed is not planned for its days (PRODUCT.md E).

    Args:
        known_at: when the feature became known.
    """
    held = [f.brings for f in freezes if known_at >= f.since and f.brings.freezes(planned_on)]
    return [Problem("planned_on", "features_frozen", {"until": str(f.frozen_until)}) for f in held[:1]]


@recalled
def freeze_now(session: Session, who: Who, day: date) -> Freeze | None:
    """The same for whoever sees plans and promises."""
    return freeze_in_force(session, day) if decide(who, Permission.SEE_PROMISES).allowed else None


def _results(session: Session, chosen: ColumnElement[bool]) -> tuple[Result, ...]:
    query = (
        select(MilestoneResult, Team.name, MilestoneSignature, Person.name)
        .outerjoin(Team, Team.id == MilestoneResult.team_id)
        .outerjoin(MilestoneSignature, MilestoneSignature.result_id == MilestoneResult.id)
        .outerjoin(Person, Person.id == MilestoneSignature.signed_by)
        .where(chosen)
        .order_by(MilestoneResult.team_id.is_(None), Team.name, MilestoneResult.id)
    )
    found = session.execute(query).all()
    appeals = _appeals(session, [row.id for row, *_ in found])
    policies = policies_of(session, {row.policy_version for row, *_ in found})
    return tuple(
        _result(row, team, sign, by, appeals[row.id], policies[row.policy_version])
        for row, team, sign, by in found
    )


def _appeals(session: Session, result_ids: Sequence[int]) -> dict[int, list[Appeal]]:
    maker, decider, a = aliased(Person), aliased(Person), MilestoneAppeal
    query = (
        select(a, maker.name, decider.name)
        .outerjoin(maker, maker.id == a.made_by)
        .outerjoin(decider, decider.id == a.decided_by)
        .where(a.result_id.in_(result_ids))
        .order_by(a.id)
    )
    rows = session.execute(query).all()
    earlier = _earlier(session, [row.id for row, *_ in rows]) if rows else {}
    found: dict[int, list[Appeal]] = defaultdict(list)
    for row, made_by, decided_by in rows:
        found[row.result_id].append(
            Appeal(row.id, row.words, row.made_at, row.made_by, made_by, row.upheld, row.answer,
                   row.decided_at, decided_by, tuple(earlier.get(row.id, ())))
        )  # fmt: skip
    return found


def _earlier(session: Session, appeal_ids: Sequence[int]) -> dict[int, list[Decision]]:
    """Decisions that gave way, by appeal: all but the last of each."""
    decided = Audit.command.in_(("milestone.decide", "milestone.decide_anew"))
    query = (
        select(Audit.entity_id, Audit.after, Person.name, Audit.at)
        .outerjoin(Person, Person.id == Audit.actor_id)
        .where(Audit.entity == "milestone_appeal", Audit.entity_id.in_(appeal_ids), decided)
        .order_by(Audit.entity_id, Audit.id)
    )
    found: dict[int, list[Decision]] = defaultdict(list)
    rows = session.execute(query).all()
    for (of, said, by, _), (then, _, _, ended_at) in pairwise(rows):
        if of == then:
            found[of].append(Decision(said["upheld"], said["reason"], by, ended_at))
    return found


def _result(
    row: MilestoneResult,
    team: str | None,
    sign: MilestoneSignature | None,
    by: str | None,
    appeals: Sequence[Appeal],
    policy: Policy,
) -> Result:
    counts_as = final(State(row.verdict), any(appeal.upheld for appeal in appeals))
    whole = row.team_id is None
    return Result(
        row.id,
        row.team_id,
        team or "",
        row.day,
        row.due_on,
        row.issued_at,
        State(row.verdict),
        counts_as,
        sign.signed_at if sign else None,
        by,
        sign.note if sign else "",
        tuple(appeals),
        appeal_until(row.issued_at, policy),
        force(sign is not None, [appeal.upheld for appeal in appeals]),
        consequence(row.day, row.due_on, counts_as, whole_company=whole, policy=policy),
    )
