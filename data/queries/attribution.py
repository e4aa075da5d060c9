"""A month's miss in parts that add up, each of the largest with what the records say of it (B5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Reach, Who, reach
from core.forecast.health import Figures, company_figures, group_figures
from core.forecast.month_attribution import Attribution, Part, attribute
from core.forecast.month_causes import Proposal, propose
from core.forecast.month_surroundings import surroundings
from core.forecast.months import Line
from core.messages import NotFound
from data.once import recalled
from data.queries.attribution_facts import facts_of
from data.queries.attribution_records import Record, records_of
from data.queries.forecast_months import LineNames, Months, counting_runs, forecast_pipelines, with_outcomes
from data.schema import AttributionFinding, CoachingTask, ForecastLine, ForecastRun, Person, Pipeline, Team

MONTHS = 12
_AT_ONCE = 5_000  # parameters of a statement: SQLite allows 32,766


@dataclass(frozen=True, slots=True)
class Coached:
    """The coaching that a deviation led to: its task, in whose hands it is, and until when."""

    task: int
    owner: str | None
    due_on: date


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided of a deviation, and what it led to."""

    id: int
    cause: str
    proposed: str
    note: str
    by: str | None
    decided_at: datetime
    coached: Coached | None


@dataclass(frozen=True, slots=True)
class Deviation:
    """One of the largest deviations of a month; `records` is what is on record around it."""

    line: Line
    part: Part
    names: LineNames
    proposal: Proposal
    decided: Decided | None
    records: tuple[Record, ...] = ()

    @property
    def behind(self) -> tuple[Record, ...]:
        """The records that the evidence counts."""
        codes = {evidence.code for evidence in self.proposal.evidence}
        codes |= {"unseen"} if "backdated" in codes else set()
        return tuple(record for record in self.records if record.code in codes)


@dataclass(frozen=True, slots=True)
class MonthAttribution:
    """A month with its parts.

    Attributes:
        team: whose it is; None of the whole company.
    """

    run_id: int
    pipeline: str
    month: date
    currency: str
    team: int | None
    figures: Figures
    parts: Attribution
    deviations: tuple[Deviation, ...]


@dataclass(frozen=True, slots=True)
class Attributions:
    """The months that can be asked for, newest first, and the one that is shown.

    Attributes:
        teams: by id those of the month shown that can be asked for, by name; none where one's own is all.
        month: the one shown; None before the first.
        chosen: what it came to; None where there is nothing to attribute in it.
    """

    pipelines: dict[str, str]
    teams: dict[int, str]
    months: tuple[date, ...]
    month: date | None
    chosen: MonthAttribution | None


@recalled
def attribution(
    session: Session,
    who: Who,
    now: datetime,
    *,
    pipeline: str | None,
    month: str | None,
    team: int | None = None,
) -> Attributions:
    """The company's month where all of it is within reach, or a team's that had something in it; else one's
    own team's.

    Unless another is asked for, it is the latest in whose forecast the team had something open or in which
    it won something; where there is no such month, the latest.
    """
    known = forecast_pipelines(session)
    key = pipeline if pipeline in known else next(iter(known), None)
    runs = counting_runs(session, key, now)[-MONTHS:][::-1] if key else []
    months = tuple(run.starts_on for run in runs)
    for run in [r for r in runs if r.starts_on.isoformat() == month] or runs:
        if chosen := _month(session, who, run, team):
            return Attributions(known, _teams(session, who, run), months, run.starts_on, chosen)
    if team is not None:  # it had nothing in the month
        return attribution(session, who, now, pipeline=pipeline, month=month)
    asked = next((m for m in months if m.isoformat() == month), months[0] if months else None)
    return Attributions(known, {}, months, asked, None)


def _teams(session: Session, who: Who, run: ForecastRun) -> dict[int, str]:
    """Teams that had something open in a month's forecast, for whoever reaches all of them."""
    if reach(who, Permission.SEE_FORECAST_HEALTH) is not Reach.ALL:
        return {}
    there = select(ForecastLine.team_id).where(ForecastLine.run_id == run.id).distinct()
    rows = session.execute(select(Team.id, Team.name).where(Team.id.in_(there)).order_by(Team.name, Team.id))
    found = {number: name for number, name in rows}
    return found if len(found) > 1 else {}


def deviation(session: Session, who: Who, run_id: int, opportunity_id: int) -> Deviation:
    """One of a run's largest deviations within reach, or of its team's.

    Raises:
        NotFound: it is none of them.
    """
    line = ForecastLine
    of_it = select(line.team_id).where(line.run_id == run_id, line.opportunity_id == opportunity_id)
    team, run = session.scalar(of_it), session.get(ForecastRun, run_id)
    if run is None:
        raise NotFound(entity="finding")
    for whose in dict.fromkeys((None, team)):
        found = _month(session, who, run, whose)
        for item in found.deviations if found else ():
            if item.line.opportunity == opportunity_id:
                return item
    raise NotFound(entity="finding")


def _month(session: Session, who: Who, row: ForecastRun, team: int | None) -> MonthAttribution | None:
    """A month of the company or a team; None where a team had nothing in it.

    Args:
        team: asked for; whoever reaches one team alone has that one's.
    """
    far = reach(who, Permission.SEE_FORECAST_HEALTH)
    of = who.team_id if far is Reach.TEAM else team if far is Reach.ALL else None
    company = far is Reach.ALL and of is None
    found = with_outcomes(session, who, [row], team=of)
    if not (company or found.lines or found.wins):
        return None
    (run,) = found.runs
    key = session.scalars(select(Pipeline.key).where(Pipeline.id == row.pipeline_id)).one()
    figures = (company_figures if company else group_figures)(run, found.lines, found.wins)
    parts = attribute(run, figures, found.lines, found.wins, company=company)
    largest = _deviations(session, found, parts, row)
    return MonthAttribution(row.id, key, run.month, found.currency, of, figures, parts, largest)


def _deviations(
    session: Session, found: Months, parts: Attribution, row: ForecastRun
) -> tuple[Deviation, ...]:
    factors = _factors(session, row.id, [line.id for line in found.lines])
    places = {o: (names.industry, names.customer) for o, names in found.names.items()}
    around = surroundings(found.lines, factors, places)
    asked = [line for line, _ in parts.largest]
    records = records_of(session, row, [line.opportunity for line in asked])
    facts = facts_of(session, row, asked, records)
    decided = _decided(session, row.id, [line.opportunity for line in asked])
    return tuple(
        Deviation(
            line,
            part,
            found.names[line.opportunity],
            propose(line, part, facts[line.opportunity], factors.get(line.id, {}), around),
            decided.get(line.opportunity),
            tuple(records.get(line.opportunity, ())),
        )
        for line, part in parts.largest
    )


def _factors(session: Session, run_id: int, lines: Sequence[int]) -> dict[int, Mapping[str, float]]:
    wanted = set(lines)
    query = select(ForecastLine.id, ForecastLine.factors).where(ForecastLine.run_id == run_id)
    if len(wanted) <= _AT_ONCE:  # a team's, not the whole run's
        query = query.where(ForecastLine.id.in_(wanted))
    return {row.id: row.factors for row in session.execute(query) if row.id in wanted}


def _decided(session: Session, run_id: int, opportunities: Sequence[int]) -> dict[int, Decided]:
    f = AttributionFinding
    query = (
        select(f, Person.name)
        .outerjoin(Person, Person.id == f.decided_by_id)
        .where(f.run_id == run_id, f.opportunity_id.in_(opportunities))
    )
    rows = session.execute(query).all()
    coached = _coached(session, [row.id for row, _ in rows])
    return {
        row.opportunity_id: Decided(
            row.id, row.cause, row.proposed, row.note, by, row.decided_at, coached.get(row.id)
        )
        for row, by in rows
    }


def _coached(session: Session, findings: Sequence[int]) -> dict[int | None, Coached]:
    task = CoachingTask
    query = (
        select(task.finding_id, task.id, Person.name, task.due_on)
        .outerjoin(Person, Person.id == task.owner_id)
        .where(task.finding_id.in_(findings))
    )
    rows = session.execute(query).all() if findings else []
    return {row[0]: Coached(row[1], row[2], row[3]) for row in rows}
