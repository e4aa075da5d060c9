"""What filing a demand needs: for whom one may, what is known of the customer, what was asked before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.likeness import MOST_ALIKE, enough, likest
from core.messages import NotFound
from core.promises.acceptance import Standing
from core.promises.demands import same_measure, was_there
from core.promises.sla import URGENCIES, Clock, clock
from core.terms import Outcome
from data.once import recalled
from data.queries.acceptance import Wanted, serving
from data.queries.begun_for import Start, start
from data.queries.demands import day_in
from data.queries.policies import company_tz, policy_in_force, working_calendar
from data.queries.promises import ANSWERED_LAST, latest
from data.queries.scope import customers
from data.schema import Contact, Customer, Demand, Feature, Opportunity, PlannedDate

MOST_DEMANDS = 2_000  # newest ones that are searched for similar words
KIND = "demand"


@dataclass(frozen=True, slots=True)
class DemandDesk:
    """What the form knows of the customer.

    Attributes:
        contacts: name and title by id.
        opportunities: names of the open ones by id.
        clocks: by urgency, the clock of a demand that is filed now.
    """

    id: int
    name: str
    contacts: Mapping[int, str]
    opportunities: Mapping[int, str]
    clocks: Mapping[str, Clock]


@dataclass(frozen=True, slots=True)
class Similar:
    """A demand that is like the one looked for.

    Attributes:
        likeness: 0–1, of the words.
        measured: whether it measures the same.
        there: whether the feature that answers it was there already when it was named.
        delivery: how what was delivered for it stands.
    """

    likeness: float
    id: int
    customer: str
    words: str
    metric: str
    feature_id: int | None
    feature: str | None
    planned_on: date | None
    there: bool
    declined_for: str | None
    delivery: Standing
    measured: bool


def demand_start(session: Session, who: Who) -> Start:
    """For whom one may file a demand, and what was begun."""
    return start(session, who, KIND, Permission.FILE_DEMANDS)


@recalled
def demand_desk(session: Session, who: Who, customer_id: int, now: datetime) -> DemandDesk:
    """One customer for the form.

    Raises:
        NotFound: no such customer within reach.
    """
    within = customers(who, Permission.FILE_DEMANDS)
    name = session.scalar(select(Customer.name).where(Customer.id == customer_id, within))
    if name is None:
        raise NotFound("customer_gone")
    contacts = select(Contact.id, Contact.name, Contact.title).where(Contact.customer_id == customer_id)
    running = select(Opportunity.id, Opportunity.name).where(
        Opportunity.customer_id == customer_id, Opportunity.outcome == Outcome.OPEN
    )
    policy, calendar = policy_in_force(session), working_calendar(session)
    return DemandDesk(
        customer_id,
        name,
        {i: " · ".join(p for p in (who_, title) if p) for i, who_, title in session.execute(contacts)},
        {i: title for i, title in session.execute(running.order_by(Opportunity.id.desc()))},
        {u: clock(u, now, None, (), calendar, policy, now) for u in URGENCIES},
    )


def similar_demands(
    session: Session,
    who: Who,
    words: str,
    now: datetime,
    but: int | None = None,
    *,
    metric: str = "",
    customer: int | None = None,
) -> tuple[Similar, ...]:
    """The demands within reach that are most alike in words, or that measure the same.

    The customer's own come first, then the likest; a few letters are not compared.

    Args:
        but: a demand that is not compared with itself.
        metric: what is measured; "" while nothing is.
        customer: whose demand it is.
    """
    if not enough(words) and not metric.strip():
        return ()
    planned = latest(PlannedDate.feature_id, PlannedDate.planned_on, PlannedDate.recorded_at, now)
    query = (
        select(
            Demand.id,
            Customer.name.label("customer"),
            Demand.words,
            Demand.metric,
            Demand.feature_id,
            Feature.name.label("feature"),
            planned.c.day,
            ANSWERED_LAST.label("last"),
            Demand.declined_for,
            Demand.customer_id,
            Demand.opened_at,
        )
        .join(Customer, Customer.id == Demand.customer_id)
        .outerjoin(Feature, Feature.id == Demand.feature_id)
        .outerjoin(planned, planned.c.owner == Feature.id)
        .where(
            customers(who, Permission.SEE_PROMISES), Demand.id != (but or 0), Demand.taken_back_at.is_(None)
        )
        .order_by(Demand.id.desc())
        .limit(MOST_DEMANDS)
    )
    rows = {row.id: row for row in session.execute(query)}
    likeness = {i: score for score, i in likest(words, {i: (r.words,) for i, r in rows.items()})}
    measured = {i for i, row in rows.items() if same_measure(metric, row.metric)}
    order = sorted(
        {*likeness, *measured}, key=lambda i: (rows[i].customer_id != customer, -likeness.get(i, 0.0), -i)
    )
    alike = [rows[i] for i in order[:MOST_ALIKE]]
    wanted = [Wanted(r.id, r.customer_id, r.opened_at, None, r.id, r.feature_id) for r in alike]
    came, zone = serving(session, wanted, now), company_tz(session)
    return tuple(
        Similar(
            likeness.get(row.id, 0.0), row.id, row.customer, row.words, row.metric, row.feature_id,
            row.feature, row.day, was_there(row.day, day_in(row.last, zone)),
            row.declined_for, came[row.id], row.id in measured,
        )
        for row in alike
    )  # fmt: skip
