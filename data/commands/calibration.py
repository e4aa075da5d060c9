"""Answering a suggestion of the forecast (PRODUCT.md B3)."""

from typing import Any

from sqlalchemy import func, select

from core.access import Permission
from core.forecast.calibration import ACCEPTED, check_decision
from core.messages import Conflict, NotFound, refuse
from core.terms import Outcome
from data.commands.command import Tx, command
from data.queries.policies import company_day
from data.queries.scope import owned
from data.queries.suggestions import due_at, told_of
from data.queries.suggestions_asked import newest_runs
from data.schema import ForecastDecision, ForecastLine, ForecastRun, Opportunity


@command("forecast.decide", needs=Permission.CALIBRATE)
def decide_suggestion(tx: Tx, line_id: int, decision: str, reason: str, note: str = "") -> int:
    """Accept a suggestion, or reject it with a reason; returns the answer's id.

    Until the period's deadline another answer replaces it; what was answered then stands. One that never
    was answered, or first appeared later, can be answered as long as the period runs.

    Raises:
        NotFound: no such suggestion within reach.
        Invalid: no such answer or reason, or a reason without the words that it needs.
        Conflict: the opportunity is closed, the period is over, a newer suggestion is there, or an answer
            stands and the deadline has passed.
    """
    refuse(check_decision(decision, reason, note))
    line, run, opportunity = _reached(tx, line_id)
    _check_current(tx, line, run, opportunity)
    before, late = _latest(tx, line, run), tx.now > due_at(tx.session, run.starts_on)
    if late and before is not None:
        raise Conflict("answer_stands")
    row = ForecastDecision(
        opportunity_id=opportunity.id,
        line_id=line.id,
        period=run.period,
        starts_on=run.starts_on,
        person_id=tx.who.person_id,
        decision=decision,
        reason=reason,
        note=note.strip(),
        suggested=line.value,
        scorecard=line.scorecard_value,
        value=line.value if decision == ACCEPTED else line.scorecard_value,
        model=_version(run, line.layer),
        decided_at=tx.now,
        late=late and _was_asked_in_time(tx, line, run),
    )
    tx.session.add(row)
    tx.session.flush()
    tx.audit("opportunity", opportunity.id, _picture(before), _picture(row))
    return row.id


def _reached(tx: Tx, line_id: int) -> tuple[ForecastLine, ForecastRun, Opportunity]:
    query = (
        select(ForecastLine, ForecastRun, Opportunity)
        .join(ForecastRun, ForecastRun.id == ForecastLine.run_id)
        .join(Opportunity, Opportunity.id == ForecastLine.opportunity_id)
        .where(ForecastLine.id == line_id, owned(tx.who, Permission.CALIBRATE, Opportunity.owner_id))
        .with_for_update(of=Opportunity)
    )
    row = tx.session.execute(query).first()
    if row is None:
        raise NotFound(entity="suggestion")
    return row[0], row[1], row[2]


def _check_current(tx: Tx, line: ForecastLine, run: ForecastRun, opportunity: Opportunity) -> None:
    if opportunity.outcome != Outcome.OPEN:
        raise Conflict("opportunity_closed", name=opportunity.name)
    day = company_day(tx.session, tx.now)
    if not run.starts_on <= day < run.ends_on:
        raise Conflict("period_over")
    newest = select(ForecastLine.id).where(
        ForecastLine.opportunity_id == opportunity.id, ForecastLine.run_id.in_(newest_runs(run.period, day))
    )
    if tx.session.scalar(newest) != line.id:
        raise Conflict("newer_suggestion")


def _latest(tx: Tx, line: ForecastLine, run: ForecastRun) -> ForecastDecision | None:
    d = ForecastDecision
    query = (
        select(d)
        .where(d.opportunity_id == line.opportunity_id, d.period == run.period, d.starts_on == run.starts_on)
        .order_by(d.decided_at.desc(), d.id.desc())
    )
    return tx.session.scalar(query.limit(1))


def _was_asked_in_time(tx: Tx, line: ForecastLine, run: ForecastRun) -> bool:
    """Whether the period had a suggestion on this opportunity before its deadline."""
    query = (
        select(func.min(ForecastRun.taken_at))
        .join(ForecastLine, ForecastLine.run_id == ForecastRun.id)
        .where(ForecastLine.opportunity_id == line.opportunity_id)
        .where(ForecastRun.period == run.period, ForecastRun.starts_on == run.starts_on)
    )
    first = tx.session.scalar(query)
    return first is not None and first < due_at(tx.session, run.starts_on)


def _version(run: ForecastRun, layer: str) -> str:
    """Which model spoke: its kind and its version, else the day whose books it was made from."""
    told = told_of(run, layer)
    return f"{told.get('kind', 'scorecard')} {told.get('version', run.taken_on.isoformat())}"


def _picture(row: ForecastDecision | None) -> dict[str, Any] | None:
    if row is None:
        return None
    said = {"decision": row.decision, "reason": row.reason, "note": row.note}
    return said | {"suggested": str(row.suggested), "scorecard": str(row.scorecard)}
