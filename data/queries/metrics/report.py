"""A report as it is asked: its filters resolved, its metrics in both periods (D1, D2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import Who
from core.reports.catalogue import METRICS, Metric
from core.reports.drivers import Change, change
from core.reports.facts import Tallied
from core.reports.library import Only, Report
from core.reports.spans import span
from data.once import recalled
from data.queries.metrics.ask import NEEDS, Ask
from data.queries.metrics.tallies import tallies
from data.queries.policies import company_zone, policy_in_force
from data.queries.scope import owned
from data.schema import Opportunity, Pipeline


@dataclass(frozen=True, slots=True)
class Narrow:
    """A report's filters.

    Attributes:
        period: a name of `core.reports.spans.SPANS`.
        pipeline: its key.
        team, rep: ids; None for all within reach.
        only: groups to which the report itself narrows its rows.
    """

    period: str
    pipeline: str
    team: int | None = None
    rep: int | None = None
    only: Only = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A report's metrics, by name, in its period and in the one before.

    Attributes:
        others: currencies of opportunities within reach whose amounts no sum holds.
    """

    report: Report
    ask: Ask
    now: Mapping[str, Tallied]
    before: Mapping[str, Tallied]
    others: tuple[str, ...]

    def change(self, metric: str, *, why: bool = True) -> Change:
        """How one of its metrics changed, and through which group, if that is wanted."""
        return change(METRICS[metric], self.before[metric], self.now[metric], why=why)


def asked(session: Session, who: Who, now: datetime, narrow: Narrow) -> Ask:
    """What a report's filters ask for, with the policy in force and the pipeline's main currency.

    Asked anew each time: a kept one holds the instant of an earlier run, under which no answer is found.
    """
    del who  # the filters only narrow what a person reaches
    policy = policy_in_force(session)
    zone = company_zone(session)
    chosen = span(narrow.period, now, zone)
    currency = _main_currency(session, narrow.pipeline, policy.currency)
    whose = narrow.team, narrow.rep, narrow.only
    return Ask(chosen, chosen.since, now, policy, narrow.pipeline, currency, zone, *whose)


def _main_currency(session: Session, pipeline: str, own: str) -> str:
    """That of most of its opportunities, of equally many the own; counted only where there are several."""
    o, key = Opportunity, select(Pipeline.id).where(Pipeline.key == pipeline).scalar_subquery()
    ends = (select(f(o.currency)).where(o.pipeline_id == key).scalar_subquery() for f in (func.min, func.max))
    first: str | None
    first, last = session.execute(select(*ends)).one()
    if first == last:
        return first or own
    most = select(o.currency).where(o.pipeline_id == key).group_by(o.currency)
    return session.scalar(most.order_by(func.count().desc(), o.currency != own, o.currency).limit(1)) or own


@recalled
def shown(session: Session, who: Who, report: Report, ask: Ask, focus: Metric | None = None) -> Shown:
    """A report's metrics over its period and the one before.

    Args:
        focus: the metric whose splits are looked at; all are split when None, and where the report narrows
            its rows to groups, whose names the splits say.
    """
    split = None if focus is None or report.only else {focus.name}
    now, before = (tallies(session, who, each, report.metrics, split=split) for each in (ask, ask.before()))
    return Shown(report, ask, now, before, _other_currencies(session, who, ask))


def _other_currencies(session: Session, who: Who, ask: Ask) -> tuple[str, ...]:
    query = (
        select(Opportunity.currency)
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .where(
            Pipeline.key == ask.pipeline,
            Opportunity.currency != ask.currency,
            Opportunity.amount.is_not(None),
            owned(who, NEEDS, Opportunity.owner_id),
        )
        .distinct()
        .order_by(Opportunity.currency)
    )
    return tuple(session.scalars(query))
