"""What leadership decides: results, appeals, factors asked for, reports to revise; and samples to check."""

from sqlalchemy import select

from core.forecast.findings import ASKED
from core.milestones.consequences import Force
from core.reports.library import REPORTS
from core.reports.own import PAGE
from data.queries.milestone_results import Result, waiting_results
from data.queries.milestone_samples import samples_in_hand
from data.queries.ratings import present_versions
from data.queries.today_kinds.asked import Asked, Group, Kind, ToDo
from data.schema import FactorRequest, Person, ReportOffline


def milestones(asked: Asked, most: int) -> Group:
    """Results that wait for a signature or for the decision of an appeal; appeals first, then the oldest."""
    found = waiting_results(asked.session, asked.who)
    return Group(Kind.MILESTONE, len(found), tuple(map(_milestone, found[:most])))


def _milestone(result: Result) -> ToDo:
    said = {"day": result.day} | ({"team": result.team_id} if result.team_id else {})
    words = "appeal" if result.force is Force.APPEALED else str(result.counts_as)
    return ToDo(
        Kind.MILESTONE, result.id, person=result.team, type=words, on=result.due_on, params=said
    )  # fmt: skip


def samples(asked: Asked, most: int) -> Group:
    """Samples that this person drew, with rows that nobody has looked at yet."""
    found = samples_in_hand(asked.session, asked.who)
    todos = (
        ToDo(
            Kind.SAMPLE,
            one.id,
            person=one.team,
            type=one.criterion,
            at=one.drawn_at,
            params={"day": one.day, "criterion": one.criterion, "left": one.left, "item": one.following}
            | ({"team": one.team_id} if one.team_id else {}),
        )
        for one in found[:most]
    )
    return Group(Kind.SAMPLE, len(found), tuple(todos))


def factors(asked: Asked, most: int) -> Group:
    """Factors that somebody asked for and nobody has answered, the oldest first."""
    query = (
        select(
            FactorRequest.id,
            FactorRequest.asked_at.label("at"),
            FactorRequest.name.label("words"),
            Person.name.label("person"),
        )
        .outerjoin(Person, Person.id == FactorRequest.asked_by_id)
        .where(FactorRequest.state == ASKED)
        .order_by(FactorRequest.asked_at, FactorRequest.id)
    )
    return asked.group(Kind.FACTOR, query, most)


def reports(asked: Asked, most: int) -> Group:
    """Reports that their readers' ratings took offline and that nobody has revised yet."""
    rows = select(ReportOffline).order_by(ReportOffline.taken_at, ReportOffline.id)
    present = present_versions(asked.session)
    found = [row for row in asked.session.scalars(rows) if present.get(row.report) == row.version]
    own = {r.name: dict(r.label) for r in asked.policy.own_reports}
    pages = {r.name: r.page for r in REPORTS}
    todos = (
        ToDo(
            Kind.REPORT,
            row.id,
            type=row.report,
            at=row.taken_at,
            params={"page": pages.get(row.report, PAGE), "label": own.get(row.report, {})},
        )
        for row in found[:most]
    )
    return Group(Kind.REPORT, len(found), tuple(todos))
