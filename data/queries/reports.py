"""The reports that a person may open: those shipped, and those that the company made for them (D1, F2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import GRANTS, OPERATOR, Permission, Who, reach
from core.messages import NotAllowed
from core.promises.sla import URGENCIES
from core.reports.catalogue import Dimension
from core.reports.library import DRAWN, Report
from core.reports.own import readable
from core.vocabulary import all_types
from data.once import recalled
from data.queries.board_choices import choices
from data.queries.metrics.report import Narrow, Shown, asked, shown
from data.queries.policies import policy_in_force
from data.schema import Customer, Opportunity, Person, Team

Named = Mapping[str, str | None]  # by key, a name that is no word of the field


@recalled
def reports(session: Session, who: Who) -> Mapping[str, Report]:
    """Reports of the reports page by name, the shipped ones first."""
    own = policy_in_force(session).own_reports
    return {**DRAWN, **{r.name: r for r in own if readable(r, who)}}


@dataclass(frozen=True, slots=True)
class Offered:
    """What a report can be narrowed to, and for whom it can be.

    Attributes:
        groups: by dimension, the groups that records have.
        teams, people: by id; people are those whose role reads reports.
    """

    groups: Mapping[Dimension, Named]
    teams: Mapping[int, str]
    people: Mapping[int, str]


def offered(session: Session, who: Who) -> Offered:
    """What the builder of reports offers.

    Raises:
        NotAllowed: the person may not change the studio.
    """
    _may_build(who)
    teams = {id_: name for id_, name in session.execute(select(Team.id, Team.name).order_by(Team.name))}
    people = session.execute(
        select(Person.id, Person.name).where(Person.active, Person.role.in_(READERS)).order_by(Person.name)
    )
    sellers = choices(session, OPERATOR, Permission.SEE_REPORTS)
    types = [one.key for one in all_types(policy_in_force(session).stages)]
    groups: dict[Dimension, Named] = {
        Dimension.TEAM: {c.key: c.name for c in sellers.teams},
        Dimension.REP: {c.key: c.name for c in sellers.reps},
        Dimension.STAGE: dict.fromkeys(types),
        Dimension.TYPE: dict.fromkeys(types),
        Dimension.URGENCY: dict.fromkeys(URGENCIES),
    }
    for dimension, column in _SPOKEN.items():
        found = session.scalars(select(column).distinct())
        groups[dimension] = dict.fromkeys(sorted(key for key in found if key))
    return Offered(groups, teams, {id_: name for id_, name in people})


READERS = tuple(role for role, grants in GRANTS.items() if Permission.SEE_REPORTS in grants)
"""Roles that read reports."""
_SPOKEN = {
    Dimension.INDUSTRY: Customer.industry,
    Dimension.SEGMENT: Customer.segment,
    Dimension.PRODUCT: Opportunity.product,
}


def report_preview(session: Session, who: Who, report: Report, now: datetime) -> Shown:
    """A report that is being made, over the whole company's records as they stand.

    Raises:
        NotAllowed: the person may not change the studio.
    """
    _may_build(who)
    pipelines = [c.key for c in choices(session, OPERATOR, Permission.SEE_REPORTS).pipelines]
    narrow = Narrow(report.period, next(iter(pipelines), ""), only=report.only)
    return shown(session, OPERATOR, report, asked(session, OPERATOR, now, narrow))


def _may_build(who: Who) -> None:
    if reach(who, Permission.CHANGE_STUDIO) is None:
        raise NotAllowed(permission=Permission.CHANGE_STUDIO)
