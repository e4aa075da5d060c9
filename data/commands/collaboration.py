"""The quarterly collaboration report: issued once, and what is looked into because of it (PRODUCT.md C5)."""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.access import Permission
from core.messages import Conflict, NotFound, Problem, refuse
from core.notices import Notice
from core.promises.causes import check_assignment, check_conclusion
from core.promises.collaboration import (
    Collaboration,
    Figure,
    Level,
    cause_key,
    collaboration,
    quarter_of,
    rows_of,
)
from core.terms import Role
from data.collaboration_json import evidence_json, report_json
from data.commands.command import Tx, command
from data.commands.outbox import post
from data.jsontext import to_json
from data.queries.collaboration import cause_in_reach, owners
from data.queries.collaboration_facts import collaboration_facts, quarter_span
from data.queries.leads import active
from data.queries.policies import company_zone
from data.schema import CollaborationReport, Person, RootCause


@command("collaboration.issue", needs=Permission.ISSUE_COLLABORATION)
def issue_collaboration(tx: Tx, quarter: date, as_of: datetime | None = None) -> int:
    """Issue a quarter's report and open an analysis for whatever fell behind; returns the report's id.

    Args:
        quarter: its first day.
        as_of: nothing that was recorded later counts; now when None.

    Raises:
        Invalid: no quarter's first day, or the quarter is not over.
        Conflict: it was issued already.
    """
    at = as_of or tx.now
    refuse([] if quarter == quarter_of(quarter) else [Problem("quarter", "no_quarter")])
    over = quarter_span(tx.session, quarter)[1] <= min(tx.now, at)
    refuse([] if over else [Problem("quarter", "quarter_not_over")])
    issued = select(CollaborationReport.id).where(CollaborationReport.quarter_start == quarter)
    if tx.session.scalar(issued) is not None:
        raise Conflict("quarter_issued")
    facts = collaboration_facts(tx.session, quarter, at, tx.policy)
    policy = tx.policy
    report = collaboration(quarter, facts, share=policy.collaboration_share, least=policy.collaboration_least)
    row = CollaborationReport(
        quarter_start=quarter,
        timezone=company_zone(tx.session),
        as_of=at,
        issued_at=tx.now,
        issued_by=tx.who.person_id,
        figures=report_json(report),
    )
    tx.session.add(row)
    tx.session.flush()
    opened = [_open(tx, row.id, report, figure) for figure in report.figures if figure.below]
    tx.audit("collaboration_report", row.id, after=to_json({"quarter": quarter, "opened": len(opened)}))
    post(tx.session, tx.now, _issued(tx, report, len(opened)))
    return row.id


@command("cause.assign", needs=Permission.SEE_COLLABORATION)
def assign_cause(tx: Tx, cause_id: int, owner_id: int | None, due_on: date | None) -> int:
    """Give an analysis to somebody until a day; they are told.

    Raises:
        NotFound: no such analysis within reach.
        Conflict: it is closed.
        Invalid: nobody, no day or one that is past, or somebody who cannot see it.
    """
    cause = _open_one(tx, cause_id)
    today = tx.now.astimezone(ZoneInfo(company_zone(tx.session))).date()
    problems = list(check_assignment(owner_id, due_on, today))
    if owner_id is not None and owner_id not in owners(tx.session, cause.team_id):
        problems.append(Problem("owner", "unknown_owner", {"value": owner_id}))
    refuse(problems)
    before = {"owner_id": cause.owner_id, "due_on": cause.due_on}
    cause.owner_id, cause.due_on = owner_id, due_on
    after = {"owner_id": owner_id, "due_on": due_on}
    tx.audit("root_cause", cause.id, before=to_json(before), after=to_json(after))
    if owner_id is not None and owner_id != tx.who.person_id and after != before:
        about = {"by": tx.who.name, "due_on": due_on}
        key = f"root_cause:{cause.id}:{due_on}:{tx.now.isoformat()}"  # it may come back to the same person
        query = {"cause": cause.id}
        post(tx.session, tx.now, [Notice(owner_id, "root_cause", key, about, "collaboration", query)])
    return cause.id


@command("cause.close", needs=Permission.SEE_COLLABORATION)
def close_cause(tx: Tx, cause_id: int, cause: str, outcome: str) -> int:
    """Close an analysis with what caused it and what is done about it; returns its id.

    Raises:
        NotFound: no such analysis within reach.
        Conflict: it is closed already.
        Invalid: the cause or the outcome is missing.
    """
    row = _open_one(tx, cause_id)
    refuse(check_conclusion(cause, outcome))
    row.cause, row.outcome = cause.strip(), outcome.strip()
    row.closed_at, row.closed_by = tx.now, tx.who.person_id
    tx.audit("root_cause", row.id, after={"cause": row.cause, "outcome": row.outcome})
    return row.id


def _open_one(tx: Tx, cause_id: int) -> RootCause:
    query = select(RootCause).where(RootCause.id == cause_id, cause_in_reach(tx.who)).with_for_update()
    row = tx.session.scalar(query)
    if row is None:
        raise NotFound(entity="root_cause")
    if row.closed_at is not None:
        raise Conflict("cause_closed")
    return row


def _open(tx: Tx, report_id: int, report: Collaboration, figure: Figure) -> RootCause:
    cause = RootCause(
        key=cause_key(report.quarter, figure),
        report_id=report_id,
        team_id=figure.team_id,
        person_id=figure.id if figure.level is Level.PERSON else None,
        evidence=evidence_json(figure, rows_of(report, figure)),
        opened_at=tx.now,
    )
    tx.session.add(cause)
    tx.session.flush()
    return cause


def _issued(tx: Tx, report: Collaboration, opened: int) -> Iterator[Notice]:
    """To directors and product, and to managers whose team or people fell behind."""
    told = [*active(tx.session, Role.DIRECTOR), *active(tx.session, Role.PRODUCT)]
    teams = {figure.team_id for figure in report.figures if figure.below}
    manages = (Person.role == Role.MANAGER) & Person.active & Person.team_id.in_(teams - {None})
    told += tx.session.scalars(select(Person.id).where(manages))
    quarter = report.quarter.isoformat()
    for person_id in dict.fromkeys(told):
        params = {"quarter": f"{quarter[:4]} Q{(report.quarter.month + 2) // 3}", "n": opened}
        key = f"collaboration:{quarter}"
        yield Notice(person_id, "collaboration_issued", key, params, "collaboration", {"quarter": quarter})
