"""Snapshots of forecasts within reach: which there are, and one day's with its rows (B2, B7).

What a snapshot says comes from its own rows, as they were written; only names, and answers to suggestions,
are looked up.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from core.access import OPERATOR, Permission, Reach, Who, reach
from core.policies import Policy
from data.once import recalled
from data.queries.own_amounts import Unpriced
from data.queries.policies import company_day, policy_in_force
from data.queries.scope import kept, owned
from data.queries.snapshots import COMPUTED, SHOWN, UNKEPT, ZERO, Line, RunRow, Snapshot, Win
from data.queries.stage_gaps import told_after
from data.schema import (
    Customer,
    ForecastDecision,
    ForecastLine,
    ForecastRun,
    ForecastWin,
    Opportunity,
    Person,
    Pipeline,
    Stage,
    Team,
)

_SAID = ("layer", "close_on", "booked", "amount", "chance", "value", "scorecard_chance", "scorecard_value")
_TOLD = ("stage_id", *_SAID)
_WHOSE = ("opportunity_id", "owner_id", "team_id")


@dataclass(frozen=True, slots=True)
class Offered:
    """What there is to look at: pipelines with snapshots by key, and each one's days by period and start."""

    pipelines: Mapping[str, str]
    days: Mapping[tuple[str, str], Mapping[date, tuple[date, ...]]]

    def of(self, pipeline: str, period: str) -> Mapping[date, tuple[date, ...]]:
        """Days with a snapshot by the start of their period, both ascending."""
        return self.days.get((pipeline, period), {})


@recalled
def offered(session: Session, who: Who) -> Offered:
    """Everything that was kept."""
    del who  # that a snapshot exists is no secret
    query = (
        select(Pipeline.key, Pipeline.name, ForecastRun.period, ForecastRun.starts_on, ForecastRun.taken_on)
        .join(Pipeline, Pipeline.id == ForecastRun.pipeline_id)
        .order_by(Pipeline.id, ForecastRun.starts_on, ForecastRun.taken_on)
    )
    names: dict[str, str] = {}
    days: dict[tuple[str, str], dict[date, tuple[date, ...]]] = defaultdict(dict)
    for row in session.execute(query):
        names[row.key] = row.name
        mine = days[row.key, row.period]
        mine[row.starts_on] = (*mine.get(row.starts_on, ()), row.taken_on)
    return Offered(names, days)


@recalled
def snapshot(session: Session, who: Who, pipeline: str, period: str, day: date) -> Snapshot | None:
    """The snapshot that was taken on a day, as far as `who` sees it; None where none was kept."""
    row = run_on(session, pipeline, period, day)
    if row is None or row.id is None or row.recorded_at is None:
        return None
    late = company_day(session, row.recorded_at) > row.taken_on
    lines, wins = (
        [dict(r._mapping) for r in session.execute(_rows(who, table, row.id))]
        for table in (ForecastLine, ForecastWin)
    )
    whole = sees_whole(who)
    if not whole:
        row = without_company(row, sum((w["amount"] for w in wins), ZERO))
    names = _Names(session, who, pipeline, row)
    return _made(names, pipeline, row, lines, wins, COMPUTED if late else SHOWN, whole)


def run_on(session: Session, pipeline: str, period: str, day: date) -> RunRow | None:
    """What was kept on a day of the period as a whole."""
    run = session.scalars(
        select(ForecastRun)
        .join(Pipeline, Pipeline.id == ForecastRun.pipeline_id)
        .where(Pipeline.key == pipeline, ForecastRun.period == period, ForecastRun.taken_on == day)
    ).first()
    return None if run is None else RunRow(**{f.name: getattr(run, f.name) for f in fields(RunRow)})


def sees_whole(who: Who) -> bool:
    """Whether somebody sees the company's forecast, and not only the lines and wins within reach."""
    return reach(who, Permission.SEE_FORECAST) is Reach.ALL


def without_company(run: RunRow, won: Decimal) -> RunRow:
    """The run as those see it who see a part alone, of which so much was won."""
    return replace(
        run, value=None, low=None, high=None, won_so_far=won, fresh=ZERO, undone=None, parts={}, weights={}
    )


def snapshot_on(session: Session, pipeline: str, period: str, day: date) -> Snapshot | None:
    """The operator's view of a kept snapshot."""
    return snapshot(session, OPERATOR, pipeline, period, day)


def computed(
    session: Session,
    pipeline: str,
    run: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
    wins: Sequence[Mapping[str, Any]],
) -> Snapshot:
    """A snapshot of rows that were computed and not kept."""
    row = RunRow(id=None, recorded_at=None, **{k: v for k, v in run.items() if k != "pipeline_id"})
    names = _Names(session, OPERATOR, pipeline, row)
    return _made(names, pipeline, row, lines, wins, UNKEPT, True)


def _within(who: Who, table: Any) -> ColumnElement[bool]:
    """Whoever came or went since: a day's number stays the one that was shown that day."""
    return kept(who, Permission.SEE_FORECAST, table.owner_id, table.team_id)


def _rows(who: Who, table: Any, run_id: int) -> Any:
    """What is told of each row; a line's factors and reasons, most of it by far, are not."""
    columns = _TOLD if table is ForecastLine else ("closed_at", "amount")
    told = [getattr(table, name) for name in (*_WHOSE, *columns)]
    return select(*told).where(table.run_id == run_id, _within(who, table)).order_by(table.id)


def _made(
    names: "_Names",
    pipeline: str,
    run: RunRow,
    lines: Sequence[Mapping[str, Any]],
    wins: Sequence[Mapping[str, Any]],
    source: str,
    whole: bool,
) -> Snapshot:
    unknown = any(r["stage_id"] is None for r in lines)
    later = told_after(names.session, names.mine, run.taken_at) if unknown else {}
    return Snapshot(
        pipeline,
        run,
        tuple(
            Line(
                **names(r),
                stage=names.stages.get(r["stage_id"]),
                told_later=None if r["stage_id"] else names.stages.get(later.get(r["opportunity_id"])),
                decision=names.decisions.get(r["opportunity_id"]),
                **{name: r[name] for name in _SAID},
            )
            for r in lines
        ),
        tuple(Win(**names(r), closed_at=r["closed_at"], amount=r["amount"]) for r in wins),
        source,
        whole,
    )


class _Names:
    """Names of what a snapshot's rows within reach point to, each table read once."""

    def __init__(self, session: Session, who: Who, pipeline: str, run: RunRow) -> None:
        self.session, self.mine = session, _concerned(who, pipeline, run)
        self._unpriced = Unpriced(session, run.currency, run.taken_at)
        o = Opportunity
        opportunities = (
            select(o.id, o.name, o.customer_id, Customer.name.label("customer"), o.amount, o.currency)
            .outerjoin(Customer, Customer.id == o.customer_id)
            .where(self.mine)
        )
        self._opportunities = {row.id: row for row in session.execute(opportunities)}
        people = select(Person.id, Person.name).where(_named(who, run))
        self._people = {key: value for key, value in session.execute(people)}
        self._teams = {key: value for key, value in session.execute(select(Team.id, Team.name))}
        stages = select(Stage.id, Stage.key).join(Pipeline).where(Pipeline.key == pipeline)
        self.stages: dict[int | None, str] = {key: value for key, value in session.execute(stages)}
        self.decisions = _decisions(session, run, self.mine)

    def __call__(self, row: Mapping[str, Any]) -> dict[str, Any]:
        of = self._opportunities[row["opportunity_id"]]
        own = self._unpriced(of.amount, of.currency, row.get("closed_at"))
        return {
            "opportunity_id": row["opportunity_id"],
            "opportunity": of.name,
            "customer_id": of.customer_id,
            "customer": of.customer,
            "rep_id": row["owner_id"] or 0,
            "rep": self._people.get(row["owner_id"]),
            "team_id": row["team_id"] or 0,
            "team": self._teams.get(row["team_id"]),
            "unpriced": None if row.get("booked") else own,
        }


def _named(who: Who, run: RunRow) -> ColumnElement[bool]:
    """Who is within reach, and whose a kept run's rows within reach are."""
    owners = [
        Person.id.in_(select(table.owner_id).where(table.run_id == run.id, _within(who, table)))
        for table in (ForecastLine, ForecastWin)
    ]
    return or_(owned(who, Permission.SEE_FORECAST, Person.id), *owners)


def _concerned(who: Who, pipeline: str, run: RunRow) -> ColumnElement[bool]:
    """The opportunities of a kept run within reach; all of the pipeline's for one that is not kept."""
    if run.id is None:
        return Opportunity.pipeline_id.in_(select(Pipeline.id).where(Pipeline.key == pipeline))
    lines, wins = (
        select(table.opportunity_id).where(table.run_id == run.id, _within(who, table))
        for table in (ForecastLine, ForecastWin)
    )
    return Opportunity.id.in_(lines.union_all(wins))


def _decisions(session: Session, run: RunRow, mine: ColumnElement[bool]) -> dict[int, str]:
    """The latest answer for each opportunity in this period, given by the end of the snapshot's day."""
    d = ForecastDecision
    answered = and_(
        d.period == run.period,
        d.starts_on == run.starts_on,
        d.decided_at < run.taken_at + timedelta(days=1),
    )
    query = (
        select(d.opportunity_id, d.decision)
        .join(Opportunity, Opportunity.id == d.opportunity_id)
        .where(answered, mine)
        .order_by(d.decided_at, d.id)
    )
    return {key: value for key, value in session.execute(query)}


@recalled
def policy(session: Session, who: Who) -> Policy:
    """The policy in force, for the rules of categories."""
    del who  # rules are for all to see
    return policy_in_force(session)
