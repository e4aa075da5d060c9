"""Rating a report, taking it offline by its ratings, bringing out a revised version (PRODUCT.md D5)."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.messages import Conflict, NotFound, refuse
from core.notices import Notice
from core.reports.library import REPORTS
from core.reports.own import PAGE
from core.reports.ratings import FIRST, check_revision
from data.commands.ballots import vote
from data.commands.command import Tx, command
from data.commands.outbox import post
from data.engine import Store
from data.queries.policies import policy_in_force
from data.queries.ratings import Wanting, rateable, rated, revisers, versions, wanting
from data.schema import Person, ReportOffline, ReportVersion

_PAGES = {report.name: report.page for report in REPORTS}


def rate(store: Store, who: Who, paper: str, report: str, score: int) -> None:
    """Give this month's rating of a report, 1–5, secretly; a later one replaces it.

    Like every ballot it leaves no audit row: docs/decisions/0050.

    Raises:
        NotFound: no such report.
        NotAllowed: the person's role does not read it.
        Invalid: no such score.
        Conflict: it is offline, or the paper is not the person's.
    """
    with store.reading(fresh=True) as session:
        found = rated(session, who, report, store.clock())
    if found.offline is not None:
        raise Conflict("report_is_offline")
    vote(store, who, paper, found.subject, score)


@command("report.take_offline", needs=Permission.REVISE_REPORTS)
def take_offline(tx: Tx) -> list[str]:
    """Take reports offline whose latest ratings lie under the limit, and tell those who may revise them."""
    found = wanting(tx.session)
    for one in found:
        tx.session.add(
            ReportOffline(report=one.report, version=one.version, month=one.month, taken_at=tx.now)
        )
    post(tx.session, tx.now, _told(tx.session, found, tx.policy.rating_limit))
    tx.audit("report", None, after={"reports": [one.report for one in found]})
    return [one.report for one in found]


@command("report.revise", needs=Permission.REVISE_REPORTS)
def revise_report(tx: Tx, report: str, change: str) -> int:
    """Bring out a new version of a report; it is online, and rated afresh. Returns its number.

    Raises:
        NotFound: no such report.
        Invalid: it does not say what is different.
    """
    if report not in rateable(tx.session):
        raise NotFound(entity="report")
    refuse(check_revision(change))
    number = versions(tx.session).get(report, (FIRST, ""))[0] + 1
    row = ReportVersion(
        report=report, number=number, change=change.strip(), made_at=tx.now, made_by_id=tx.who.person_id
    )
    tx.session.add(row)
    tx.session.flush()
    tx.audit("report", row.id, after={"report": report, "version": number, "change": row.change})
    return number


def renew(tx: Tx, reports: Sequence[str], change: str) -> None:
    """A new version of each report that the studio changed, as part of its command."""
    known = versions(tx.session)
    tx.session.add_all(
        ReportVersion(
            report=name,
            number=known.get(name, (FIRST, ""))[0] + 1,
            change=change,
            made_at=tx.now,
            made_by_id=tx.who.person_id,
        )
        for name in reports
    )


def _told(session: Session, found: Sequence[Wanting], limit: float) -> Iterator[Notice]:
    people = session.scalars(select(Person.id).where(revisers()).order_by(Person.id)).all()
    labels = {r.name: dict(r.label) for r in policy_in_force(session).own_reports}
    for one in found:
        about = {
            "report": labels.get(one.report, one.report),
            "month": one.month,
            "mean": f"{one.tally.mean:.1f}",
            "n": one.tally.votes,
            "limit": limit,
        }
        key = f"report_offline:{one.report}:{one.version}"
        for person_id in people:
            yield Notice(person_id, "report_offline", key, about, _PAGES.get(one.report, PAGE))
