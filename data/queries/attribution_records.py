"""The records that the evidence of a month's deviations counts, each to be opened (B5, D3)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from core.process.plausibility import CHECKS
from core.terms import ActionStatus
from data.queries.forecast_month_books import midnight
from data.queries.plausibility import entries_of
from data.queries.policies import company_tz, policy_in_force
from data.schema import Action, Demand, ForecastRun, Opportunity, OpportunityChange, Stage, StageEvent

BACK_DAYS = 60
LATE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Record:
    """One record that speaks of a deviation.

    Attributes:
        code: the evidence that counts it, as in `core.forecast.month_causes`; `unseen` for an event from
            before the run that was entered after it.
        what: the action's type, the stage reached, the demand's urgency; "" for a moved close.
        of: the id of the action or the demand, to open it; None for neither.
        signs: what stood out in an action, keys of `core.process.plausibility.CHECKS`.
        moved: the expected close before and after.
    """

    opportunity: int
    code: str
    at: datetime
    recorded_at: datetime
    what: str = ""
    of: int | None = None
    signs: tuple[str, ...] = ()
    moved: tuple[date, date] | None = None


def records_of(session: Session, run: ForecastRun, opportunities: Sequence[int]) -> dict[int, list[Record]]:
    """By opportunity, what is counted of it, in the order in which it happened."""
    found: dict[int, list[Record]] = defaultdict(list)
    for read in (_pushes, _signs, _entered_late, _demands):
        for record in read(session, run, opportunities):
            found[record.opportunity].append(record)
    return {o: sorted(rows, key=lambda r: (r.at, r.recorded_at)) for o, rows in found.items()}


def by_record(found: Sequence[Record]) -> list[tuple[Record, ...]]:
    """Each record once, with all that it speaks of: an action may have stood out and been entered late."""
    together: dict[tuple[str, int], list[Record]] = {}
    for n, record in enumerate(found):
        action = record.of if record.code != "demands" else None
        key = ("row", n) if action is None else ("action", action)
        together.setdefault(key, []).append(record)
    return [tuple(same) for same in together.values()]


def _pushes(session: Session, run: ForecastRun, opportunities: Sequence[int]) -> Iterator[Record]:
    """Expected closes that were moved out of the month while it ran."""
    c, end = OpportunityChange, midnight(run.ends_on, company_tz(session))
    query = select(c).where(
        c.opportunity_id.in_(opportunities),
        c.field == "close_on",
        c.recorded_at >= run.taken_at,
        c.recorded_at < end,
    )
    for row in session.scalars(query):
        if row.before and row.after and _day(row.before) < run.ends_on <= _day(row.after):
            moved = _day(row.before), _day(row.after)
            yield Record(row.opportunity_id, "pushes", row.happened_at, row.recorded_at, moved=moved)


def _day(value: object) -> date:
    return date.fromisoformat(str(value))


def _signs(session: Session, run: ForecastRun, opportunities: Sequence[int]) -> Iterator[Record]:
    """Their actions before the run that stood out among those of their person."""
    policy = policy_in_force(session)
    since = run.taken_at - timedelta(days=policy.plausibility_days)
    owners = select(Action.owner_id).where(Action.opportunity_id.in_(opportunities))
    shown: dict[int, list[str]] = defaultdict(list)
    for entries in entries_of(session, owners, since, run.taken_at).values():
        for kind, check in CHECKS.items():
            if sign := check(entries, policy):
                for action in sign.actions:
                    shown[action].append(kind)
    mine = select(Action).where(
        Action.opportunity_id.in_(opportunities), Action.status == ActionStatus.COMPLETED
    )
    for a in session.scalars(mine):
        if a.id in shown:
            at, signs = a.started_at or a.recorded_at, tuple(shown[a.id])
            yield Record(a.opportunity_id, "signs", at, a.recorded_at, a.type, a.id, signs)


def _entered_late(session: Session, run: ForecastRun, opportunities: Sequence[int]) -> Iterator[Record]:
    """Events before the run that were entered after it; and those entered days late before it."""
    e = StageEvent
    query = (
        select(e.opportunity_id, e.happened_at, e.recorded_at, Stage.key, e.action_id)
        .join(Stage, Stage.id == e.stage_id)
        .where(
            e.opportunity_id.in_(opportunities),
            e.voided_at.is_(None),
            e.batch_id.is_(None),
            e.happened_at < run.taken_at,
            e.happened_at > run.taken_at - timedelta(days=BACK_DAYS),
        )
    )
    for opportunity, happened, recorded, stage, action in session.execute(query):
        if recorded >= run.taken_at:
            yield Record(opportunity, "unseen", happened, recorded, stage, action)
        elif recorded - happened > LATE:
            yield Record(opportunity, "backdated", happened, recorded, stage, action)


def _demands(session: Session, run: ForecastRun, opportunities: Sequence[int]) -> Iterator[Record]:
    """Demands on them that waited for an answer when the run was taken."""
    o, d = Opportunity, Demand
    theirs = or_(d.opportunity_id == o.id, and_(d.opportunity_id.is_(None), d.customer_id == o.customer_id))
    query = (
        select(o.id, d)
        .join(d, theirs)
        .where(
            o.id.in_(opportunities),
            d.recorded_at <= run.taken_at,
            d.taken_back_at.is_(None),
            or_(d.answered_at.is_(None), d.answered_at > run.taken_at),
            or_(d.closed_at.is_(None), d.closed_at > run.taken_at),
        )
    )
    for opportunity, row in session.execute(query):
        yield Record(opportunity, "demands", row.opened_at, row.recorded_at, row.urgency, row.id)
