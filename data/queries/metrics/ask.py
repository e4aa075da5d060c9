"""What a report is asked, and the columns and filters that every row source shares (D1)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, case, literal, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from core.access import Permission, Reach, Who, reach
from core.policies import Policy
from core.reports.catalogue import Dimension
from core.reports.library import Only
from core.reports.spans import Span
from data.queries.scope import owned
from data.schema import Customer, Opportunity, Person, Pipeline, Team

NEEDS = Permission.SEE_REPORTS


@dataclass(frozen=True, slots=True)
class Ask:
    """What a report is asked.

    Attributes:
        span: the period whose rows count.
        against: the instant with which what stands at the period's end is compared.
        now: what is known now is known.
        pipeline: its key; what belongs to no opportunity counts in every pipeline.
        currency: amounts in other currencies are no part of any sum.
        zone: the company's time zone, in which a planned step's day ends.
        team, rep: only rows of this team's or this person's; None for all within reach.
        only: groups to which the report itself narrows its rows.
    """

    span: Span
    against: datetime
    now: datetime
    policy: Policy
    pipeline: str
    currency: str
    zone: str
    team: int | None = None
    rep: int | None = None
    only: Only = ()

    def before(self) -> "Ask":
        """The same of the period before."""
        return replace(self, span=self.span.before, against=self.span.until)

    def holds(self, instant: Any) -> ColumnElement[bool]:
        """Instants within the period."""
        within: ColumnElement[bool] = (instant >= self.span.since) & (instant < self.span.until)
        return within


class units(FunctionElement[float]):
    """SQL: an amount as a number of whole units of its currency."""

    type = Float()
    inherit_cache = True
    name = "units"


@compiles(units)
def _units(element: units, compiler: SQLCompiler, **kw: Any) -> str:
    (amount,) = (compiler.process(c, **kw) for c in element.clauses)
    return f"CAST({amount} AS DOUBLE PRECISION)"


@compiles(units, "sqlite")
def _units_sqlite(element: units, compiler: SQLCompiler, **kw: Any) -> str:
    (amount,) = (compiler.process(c, **kw) for c in element.clauses)
    return f"({amount} / 10000.0)"


ABOUT = (
    Opportunity.id.label("opportunity_id"),
    Opportunity.name.label("opportunity"),
    Opportunity.product.label("product"),
    Customer.id.label("customer_id"),
    Customer.name.label("customer"),
    Customer.industry.label("industry"),
    Customer.segment.label("segment"),
    Person.id.label("rep_id"),
    Person.name.label("rep"),
    Team.id.label("team_id"),
    Team.name.label("team"),
)
"""What every row says of its opportunity, customer, rep and team."""

GROUPS: dict[Dimension, tuple[str, str]] = {
    Dimension.TEAM: ("team_id", "team"),
    Dimension.REP: ("rep_id", "rep"),
    Dimension.CUSTOMER: ("customer_id", "customer"),
} | {
    d: (d.value, d.value)
    for d in (
        Dimension.STAGE,
        Dimension.INDUSTRY,
        Dimension.SEGMENT,
        Dimension.PRODUCT,
        Dimension.TYPE,
        Dimension.URGENCY,
    )
}
"""By dimension, the columns of its groups' keys and names."""


def narrowed(who: Who, ask: Ask, owner: Any = Opportunity.owner_id) -> list[ColumnElement[bool]]:
    """Scope and filters on rows joined with `owner` as Person."""
    wanted = [owned(who, NEEDS, owner)]
    if ask.team is not None:
        wanted.append(Person.team_id == ask.team)
    if ask.rep is not None:
        wanted.append(owner == ask.rep)
    return wanted


def deals(who: Who, ask: Ask) -> list[ColumnElement[bool]]:
    """The same for opportunities, joined with their pipeline."""
    return [*narrowed(who, ask), Pipeline.key == ask.pipeline]


def within(who: Who, ask: Ask) -> list[ColumnElement[bool]]:
    """Scope on opportunities alone, asked early so that a team's report reads what the team has; empty where
    everything is within reach."""
    return (
        [] if reach(who, NEEDS) is Reach.ALL and ask.rep is None else _owners(who, ask, Opportunity.owner_id)
    )


def about_theirs(who: Who, ask: Ask, opportunity: Any, customer: Any) -> list[ColumnElement[bool]]:
    """Conditions that every row meets whose opportunity's or customer's owner `narrowed` lets pass, asked
    early as `within` is; empty where everything is within reach."""
    if reach(who, NEEDS) is Reach.ALL and ask.rep is None:
        return []
    looked_after = select(Customer.id).where(*_owners(who, ask, Customer.owner_id))
    nobodys = Opportunity.owner_id.is_(None) & Opportunity.customer_id.in_(looked_after)
    theirs = select(Opportunity.id).where(or_(and_(*_owners(who, ask, Opportunity.owner_id)), nobodys))
    return [or_(opportunity.in_(theirs), customer.in_(looked_after))]


def _owners(who: Who, ask: Ask, owner: Any) -> list[ColumnElement[bool]]:
    mine = [owned(who, NEEDS, owner)]
    return mine if ask.rep is None else [*mine, owner == ask.rep]


def counts(name: str, top: Any, of: Any = None) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """A metric's numerator and denominator (1 unless given) of a row; NULL where it does not count it."""
    under = literal(1.0) if of is None else of
    return top.label(name), case((top.is_not(None), under)).label(f"{name}_of")


def paid(ask: Ask) -> ColumnElement[float | None]:
    """An opportunity's amount in the report's currency; NULL in another."""
    return case((Opportunity.currency == ask.currency, units(Opportunity.amount)))
