"""What a person makes of a month's deviations, and what that leads to: coaching, an event, a factor."""

from datetime import timedelta

from sqlalchemy import select

from core.access import Permission
from core.forecast.findings import ASKED, DECLINED, TAKEN_UP, EventInput, check_cause, check_event
from core.messages import Conflict, Invalid, NotFound, Problem, refuse
from data.commands.coaching import open_tasks, owner_of
from data.commands.command import Tx, command
from data.jsontext import to_json
from data.queries.attribution import Deviation, deviation
from data.queries.policies import company_day
from data.queries.scope import owned
from data.schema import (
    AttributionFinding,
    BusinessEvent,
    CoachingTask,
    FactorRequest,
    ForecastLine,
)


@command("finding.decide", needs=Permission.COACH)
def decide_finding(tx: Tx, run_id: int, opportunity_id: int, cause: str, note: str) -> int:
    """Say why one of a month's largest deviations came about: as proposed, or otherwise; with a note.

    What the rules proposed, and why, is kept with it. Deciding again replaces the decision.

    Raises:
        NotFound: it is none of the month's largest within reach.
        Invalid: no such cause, or no note.
    """
    refuse(check_cause(cause, note))
    item = deviation(tx.session, tx.who, run_id, opportunity_id)
    row = _finding(tx, run_id, opportunity_id)
    before = {"finding": row.cause, "note": row.note} if row else None
    if row is None:
        row = AttributionFinding(run_id=run_id, opportunity_id=opportunity_id)
        tx.session.add(row)
    _fill(row, item)
    row.cause, row.note = cause, note.strip()
    row.decided_at, row.decided_by_id = tx.now, tx.who.person_id
    tx.session.flush()
    tx.audit("opportunity", opportunity_id, before, {"finding": cause, "note": row.note})
    return row.id


def _finding(tx: Tx, run_id: int, opportunity_id: int) -> AttributionFinding | None:
    f = AttributionFinding
    return tx.session.scalar(select(f).where(f.run_id == run_id, f.opportunity_id == opportunity_id))


def _fill(row: AttributionFinding, item: Deviation) -> None:
    row.forecast, row.actual = item.part.forecast, item.part.actual
    row.proposed = item.proposal.cause
    row.evidence = [
        to_json({"cause": e.cause, "code": e.code, "weight": e.weight, "params": dict(e.params)})
        for e in item.proposal.evidence
    ]


@command("finding.coach", needs=Permission.COACH)
def coach_finding(tx: Tx, finding_id: int) -> int:
    """Open a coaching task for whoever made the forecast; the manager has it. Returns the task's id.

    Raises:
        NotFound: no such finding within reach.
        Conflict: it led to coaching already.
        Invalid: nobody owned the opportunity.
    """
    line = _line_of(tx, finding_id)
    if line.owner_id is None:
        raise Invalid([Problem("", "unknown_person")])
    due = company_day(tx.session, tx.now) + timedelta(days=tx.policy.coaching_days)
    cause = f"finding:{finding_id}"
    row = {
        "cause": cause,
        "rep_id": line.owner_id,
        "owner_id": owner_of(tx.session, line.owner_id),
        "finding_id": finding_id,
        "figures": [],
        "due_on": due,
        "opened_at": tx.now,
        "opened_by_id": tx.who.person_id,
        "outcome": "",
    }
    if not open_tasks(tx.session, tx.now, [row], tx.policy):
        raise Conflict("coached_already")
    task_id = tx.session.scalars(select(CoachingTask.id).where(CoachingTask.cause == cause)).one()
    tx.audit("coaching", task_id, None, to_json({"due_on": due}))
    return task_id


def _line_of(tx: Tx, finding_id: int) -> ForecastLine:
    """The forecast line of a finding within reach."""
    f = AttributionFinding
    query = (
        select(ForecastLine)
        .join(f, (f.run_id == ForecastLine.run_id) & (f.opportunity_id == ForecastLine.opportunity_id))
        .where(f.id == finding_id, owned(tx.who, Permission.COACH, ForecastLine.owner_id))
    )
    line = tx.session.scalar(query)
    if line is None:
        raise NotFound(entity="finding")
    return line


@command("event.add", needs=Permission.COACH)
def add_event(tx: Tx, event: EventInput, finding_id: int | None = None) -> int:
    """Put an event into the calendar; forecasts read it from now on, earlier ones stay as they were.

    Raises:
        Invalid: no name, days the wrong way round, or no such industry.
        NotFound: no such finding within reach.
    """
    refuse(check_event(event))
    if finding_id is not None:
        _line_of(tx, finding_id)
    row = BusinessEvent(
        name=event.name.strip(),
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        industry=event.industry,
        note=event.note.strip(),
        finding_id=finding_id,
        recorded_at=tx.now,
        recorded_by_id=tx.who.person_id,
    )
    tx.session.add(row)
    tx.session.flush()
    about = {"name": row.name, "starts_on": row.starts_on, "ends_on": row.ends_on, "industry": row.industry}
    tx.audit("event", row.id, None, to_json(about))
    return row.id


@command("event.withdraw", needs=Permission.COACH)
def withdraw_event(tx: Tx, event_id: int) -> int:
    """Take an event out of the calendar; forecasts made meanwhile keep it.

    Raises:
        NotFound: no such event stands that somebody within reach recorded.
    """
    mine = owned(tx.who, Permission.COACH, BusinessEvent.recorded_by_id)
    row = tx.session.scalar(select(BusinessEvent).where(BusinessEvent.id == event_id, mine).with_for_update())
    if row is None or row.withdrawn_at is not None:
        raise NotFound(entity="event")
    row.withdrawn_at = tx.now
    tx.audit("event", row.id, {"name": row.name}, None)
    return row.id


@command("factor.ask", needs=Permission.COACH)
def ask_for_factor(tx: Tx, name: str, why: str, finding_id: int | None = None) -> int:
    """Ask for a factor that the model should read.

    Raises:
        Invalid: no name, or no reason.
        NotFound: no such finding within reach.
    """
    refuse(
        [
            Problem(field, "reason_required")
            for field, said in (("name", name), ("why", why))
            if not said.strip()
        ]
    )
    if finding_id is not None:
        _line_of(tx, finding_id)
    row = FactorRequest(
        name=name.strip(),
        why=why.strip(),
        finding_id=finding_id,
        state=ASKED,
        asked_at=tx.now,
        asked_by_id=tx.who.person_id,
    )
    tx.session.add(row)
    tx.session.flush()
    tx.audit("factor", row.id, None, {"name": row.name, "note": row.why})
    return row.id


@command("factor.answer", needs=Permission.CHANGE_WEIGHTS)
def answer_factor(tx: Tx, request_id: int, state: str, answer: str) -> int:
    """Take a wished factor up, or decline it, and say why.

    Raises:
        NotFound: no such wish.
        Invalid: neither of the two, or no answer.
        Conflict: it was answered before.
    """
    row = tx.session.get(FactorRequest, request_id, with_for_update=True)
    if row is None:
        raise NotFound(entity="factor")
    if state not in (TAKEN_UP, DECLINED):
        raise Invalid([Problem("state", "unknown_choice", {"value": state})])
    if not answer.strip():
        raise Invalid([Problem("answer", "reason_required")])
    if row.state != ASKED:
        raise Conflict
    row.state, row.answer = state, answer.strip()
    row.answered_at, row.answered_by_id = tx.now, tx.who.person_id
    tx.audit("factor", row.id, {"state": ASKED}, {"state": state, "note": row.answer})
    return row.id
