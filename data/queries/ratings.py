"""Where a report stands with its readers: its version, its latest rating, and whether it is offline."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.access import GRANTS, Permission, Who, decide
from core.ballots import Tally
from core.messages import NotAllowed, NotFound
from core.policies import Policy
from core.reports.ratings import FIRST, READ_WITH, Verdict, subject_of, verdict
from data.once import recalled
from data.queries.ballots import Opened, month_now, opened
from data.queries.metrics.ask import NEEDS
from data.queries.policies import policy_in_force
from data.queries.reports import reports
from data.schema import Person, ReportOffline, ReportVersion


@dataclass(frozen=True, slots=True)
class Rated:
    """A report in the eyes of its readers.

    Attributes:
        version: 1 is the one that was shipped.
        change: what is different in this version.
        offline: the month whose ratings took it offline, YYYY-MM.
        latest: this version's latest box with enough votes.
        until: the last day on which this month's rating can be given or changed.
        revisers: names of those who may bring out a new version.
    """

    report: str
    version: int
    change: str
    offline: str | None
    latest: Opened | None
    until: date
    revisers: tuple[str, ...]
    policy: Policy

    @property
    def subject(self) -> str:
        """Of its ballot."""
        return subject_of(self.report, self.version)


@recalled
def rated(session: Session, who: Who, report: str, now: datetime) -> Rated:
    """A report's version and rating.

    Raises:
        NotFound: no such report.
        NotAllowed: the person's role does not read it.
    """
    check_reader(session, who, report)
    version, change = versions(session).get(report, (FIRST, ""))
    taken = select(ReportOffline.month).where(
        ReportOffline.report == report, ReportOffline.version == version
    )
    counted = [box for box in opened(session, [subject_of(report, version)]) if box.tally]
    year, month = map(int, month_now(session, who, now).split("-"))
    return Rated(
        report,
        version,
        change,
        session.scalar(taken),
        counted[-1] if counted else None,
        date(year, month, monthrange(year, month)[1]),
        tuple(session.scalars(select(Person.name).where(revisers()).order_by(Person.name))),
        policy_in_force(session),
    )


def check_reader(session: Session, who: Who, report: str) -> None:
    """Only who reads a report rates it; see `rated` for what is raised."""
    needs = rateable(session).get(report)
    if needs is None or (report not in READ_WITH and report not in reports(session, who)):
        raise NotFound(entity="report")
    if not decide(who, needs).allowed:
        raise NotAllowed(permission=needs)


def rateable(session: Session) -> Mapping[str, Permission]:
    """Reports that can be rated, with what reading each needs: those shipped, and the company's own."""
    own = (r.name for r in policy_in_force(session).own_reports if not r.retired)
    return {**READ_WITH, **dict.fromkeys(own, NEEDS)}


def versions(session: Session) -> Mapping[str, tuple[int, str]]:
    """The latest version of each revised report, with what is different in it."""
    rows = select(ReportVersion.report, ReportVersion.number, ReportVersion.change)
    return {
        report: (number, change)
        for report, number, change in session.execute(rows.order_by(ReportVersion.number))
    }


def present_versions(session: Session) -> dict[str, int]:
    """The version in which each report that can be rated stands."""
    revised = versions(session)
    return {report: revised.get(report, (FIRST, ""))[0] for report in rateable(session)}


def revisers() -> ColumnElement[bool]:
    """SQL: people who may revise reports."""
    roles = [role for role, grants in GRANTS.items() if Permission.REVISE_REPORTS in grants]
    return Person.active & Person.role.in_(roles)


@dataclass(frozen=True, slots=True)
class Wanting:
    """A version of a report whose latest ratings take it offline."""

    report: str
    version: int
    month: str
    tally: Tally


def wanting(session: Session) -> list[Wanting]:
    """Reports that are to go offline and have not: judged by the latest box of their present version."""
    policy, present = policy_in_force(session), present_versions(session)
    subjects = {subject_of(*item): item for item in present.items()}
    latest = {box.subject: box for box in opened(session, list(subjects))}  # the last of each stays
    taken = session.execute(select(ReportOffline.report, ReportOffline.version))
    gone = {(report, version) for report, version in taken}
    return [
        Wanting(*subjects[subject], box.month, box.tally)
        for subject, box in latest.items()
        if box.tally and subjects[subject] not in gone and verdict(box.tally, policy) is Verdict.OFFLINE
    ]
