"""Issuing and exporting the weekly process health report; once issued, it stays as it is (PRODUCT.md A5)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Reach
from core.messages import Conflict, NotFound, Problem, refuse
from core.policies import Policy
from core.process.health import Rows, rows, weekly_health
from core.process.stays import week_of
from data.commands.command import Tx, command
from data.exchange.health_book import health_book
from data.exchange.health_print import health_page
from data.health_json import health_json, rows_json
from data.health_words import team_name
from data.queries.health import Issued, health_rows, health_trend
from data.queries.health_facts import benchmarks, health_cases, optional_stages, zone_of
from data.schema import HealthReport

Writer = Callable[[str, Issued, Rows, Sequence[Issued]], bytes]
FORMS: Mapping[str, Writer] = {"xlsx": health_book, "html": health_page}


@command("health.issue", needs=Permission.ISSUE_HEALTH)
def issue_health(tx: Tx, team_id: int | None, monday: date, as_of: datetime | None = None) -> int:
    """Issue the report of a team, or (None) of the company, for a week that is over; returns its id.

    Args:
        monday: the week's first day.
        as_of: nothing that was recorded later counts; now when None.

    Raises:
        NotFound: no such team within reach.
        Invalid: no Monday, or the week is not over.
        Conflict: it was issued already.
    """
    if tx.reach is not Reach.ALL and (team_id is None or team_id != tx.who.team_id):
        raise NotFound(entity="team")
    report = issue(tx.session, team_id, monday, tx.now, as_of or tx.now, tx.policy)
    report.issued_by = tx.who.person_id
    tx.session.flush()
    tx.audit("health_report", report.id, after={"team_id": team_id, "week_start": monday.isoformat()})
    return report.id


@command("health.export", needs=Permission.SEE_HEALTH)
def export_health(tx: Tx, team_id: int | None, monday: date, form: str, language: str) -> bytes:
    """An issued report with the rows behind it, as a file: `xlsx`, or `html` for printing.

    Raises:
        NotFound: it was not issued, or the team is out of reach.
        Invalid: no such form.
    """
    refuse([] if form in FORMS else [Problem("form", "unknown_choice", {"value": form})])
    found = health_rows(tx.session, tx.who, team_id, monday)
    trend = health_trend(tx.session, tx.who, team_id, monday)
    team = team_name(language, trend[-1])
    counted = len(found.stays) + len(found.marks)
    facts = {"team": team, "week_start": monday.isoformat(), "form": form, "rows": counted}
    tx.audit("export", None, after=facts)
    return FORMS[form](language, trend[-1], found, trend)


def issue(
    session: Session, team_id: int | None, monday: date, now: datetime, as_of: datetime, policy: Policy
) -> HealthReport:
    """Compute a report and keep it; see `issue_health`."""
    zone = zone_of(session, team_id)
    week, key = week_of(monday, zone), report_key(team_id, monday)
    refuse([Problem("week", "no_monday")] if monday.weekday() else [])
    refuse([Problem("week", "week_not_over")] if week.ends_at > min(now, as_of) else [])
    if session.scalar(select(HealthReport.id).where(HealthReport.key == key)) is not None:
        raise Conflict("already_issued")
    held = benchmarks(session)
    cases = health_cases(session, team_id, week, as_of)
    found = rows(cases, tuple(held), held, week, optional_stages(session))
    health = weekly_health(
        found, tuple(held), held, least=policy.health_least_stays, policy_version=policy.version
    )
    report = HealthReport(
        key=key,
        team_id=team_id,
        week_start=monday,
        timezone=zone,
        as_of=as_of,
        issued_at=now,
        figures=health_json(health),
        drivers=rows_json(found),
    )
    session.add(report)
    return report


def report_key(team_id: int | None, monday: date) -> str:
    """One per team and week.

    >>> report_key(None, date(2026, 3, 2))
    'company:2026-03-02'
    """
    return f"{team_id or 'company'}:{monday.isoformat()}"
