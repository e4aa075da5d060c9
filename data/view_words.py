"""What a saved view finds now, in one sentence of a language, as far as its reader sees it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.messages import AppError, NotFound
from core.process.stages import PIPELINE
from core.reports.catalogue import METRICS
from core.reports.spans import SPANS
from data.health_words import verdict
from data.queries.board import board
from data.queries.board_ask import Ask
from data.queries.board_choices import choices
from data.queries.health import health_report, health_teams, health_weeks
from data.queries.metrics.report import Narrow, asked, shown
from data.queries.outlook import offered as kept_days
from data.queries.outlook import snapshot
from data.queries.reports import reports
from data.report_words import driver_line, money_words
from data.text import LANGUAGES, translate

Query = Mapping[str, str]
Finding = Callable[[Session, Who, Query, datetime], Callable[[str], str]]


def findings(session: Session, who: Who, page: str, query: Query, now: datetime) -> dict[str, str]:
    """The sentence in each language; empty where the page has none, or nothing is there to be seen."""
    if page not in _FINDINGS:
        return {}
    try:
        say = _FINDINGS[page](session, who, query, now)
    except AppError:  # what the view narrows to is gone, or no longer theirs
        return {}
    said = {language: say(language) for language in LANGUAGES}
    return said if all(said.values()) else {}


def _board(session: Session, who: Who, query: Query, now: datetime) -> Callable[[str], str]:
    pipeline = query.get("pipeline", PIPELINE)
    found = board(session, who, Ask(now, pipeline=pipeline, team=_id(query, "team"), rep=_id(query, "rep")))
    return lambda language: translate(
        language, "views.finding.board", open=found.open, past=found.past, red=found.red.total
    )


def _health(session: Session, who: Who, query: Query, now: datetime) -> Callable[[str], str]:
    teams = [choice.team_id for choice in health_teams(session, who)]
    team = _id(query, "team") if _id(query, "team") in teams else teams[0] if teams else None
    weeks = [week for week in health_weeks(session, who, team, now) if week.issued]
    report = health_report(session, who, team, weeks[0].monday) if weeks else None
    return lambda language: verdict(language, report.health).sentence if report else ""


def _outlook(session: Session, who: Who, query: Query, now: datetime) -> Callable[[str], str]:
    del now
    kept, period = kept_days(session, who), query.get("period", "quarter")
    pipeline = query.get("pipeline") or next(iter(kept.pipelines), "")
    days = [day for taken in kept.of(pipeline, period).values() for day in taken]
    found = snapshot(session, who, pipeline, period, max(days)) if days else None
    if found is None:
        return lambda language: ""
    value = found.run.value if found.whole else found.won + found.open
    parts = {"won": found.won, "value": value if value is not None else found.won + found.open}
    return lambda language: translate(
        language,
        f"views.finding.outlook_{period}",
        n=len(found.lines),
        **{k: money_words(language, float(v), found.run.currency) for k, v in parts.items()},
    )


def _report(session: Session, who: Who, query: Query, now: datetime) -> Callable[[str], str]:
    offered = reports(session, who)
    report = offered.get(query.get("report") or next(iter(offered)))
    if report is None:
        raise NotFound(entity="report")
    pipelines = [choice.key for choice in choices(session, who, Permission.SEE_REPORTS).pipelines]
    period = query.get("period", report.period)
    narrow = Narrow(
        period if period in SPANS else report.period,
        query.get("pipeline") or next(iter(pipelines), ""),
        _id(query, "team"),
        _id(query, "rep"),
        report.only,
    )
    name = report.metrics[0]
    found = shown(session, who, report, asked(session, who, now, narrow), METRICS[name])
    whole = (found.before[name].whole, found.now[name].whole)
    return lambda language: driver_line(language, found.change(name), whole, found.ask.currency).text


def _id(query: Query, name: str) -> int | None:
    value = query.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


_FINDINGS: Mapping[str, Finding] = {
    "board": _board,
    "health": _health,
    "outlook": _outlook,
    "reports": _report,
}
