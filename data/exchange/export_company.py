"""People, customers with their contacts, and opportunities with their stages, as rows to export."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from core.access import Who
from data.exchange.export_names import CUSTOMER, EXPORT, Record, ambiguous, word
from data.exchange.own_words import OwnWords
from data.queries import scope
from data.queries.policies import policy_in_force
from data.schema import (
    Contact,
    Customer,
    CustomerTag,
    Opportunity,
    OpportunityState,
    Person,
    Pipeline,
    Stage,
    StageEvent,
    Tag,
    Team,
)


def users(session: Session, who: Who) -> Iterator[Record]:
    """People with their team and its region."""
    query = (
        select(*Person.__table__.columns, Team.name.label("team"), Team.region)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(scope.owned(who, EXPORT, Person.id))
        .order_by(Person.id)
    )
    yield from map(dict, session.execute(query).mappings())


def _with_own(session: Session, found: Iterable[RowMapping]) -> Iterator[dict[str, Any]]:
    """Customers or opportunities with their own fields by column."""
    rows = [dict(row) for row in found]
    own = OwnWords(session, policy_in_force(session).own_fields, [row["fields"] for row in rows])
    for row in rows:
        yield row | own.said(row["fields"])


def customers(session: Session, who: Who) -> Iterator[Record]:
    """Customers with their tags and own fields."""
    tags: dict[int, list[str]] = defaultdict(list)
    carried = select(CustomerTag.customer_id, Tag.key).join(Tag).order_by(CustomerTag.customer_id, Tag.key)
    for customer_id, key in session.execute(carried):
        tags[customer_id].append(key)
    query = (
        select(*Customer.__table__.columns, Person.username.label("owner"))
        .outerjoin(Person, Person.id == Customer.owner_id)
        .where(scope.customers(who, EXPORT))
        .order_by(Customer.id)
    )
    for row in _with_own(session, session.execute(query).mappings().all()):
        yield row | {"tags": "; ".join(tags[row["id"]])}


def contacts(session: Session, who: Who) -> Iterator[Record]:
    """People at customers."""
    names = ambiguous(session, Customer, Customer.name)
    query = (
        select(*Contact.__table__.columns, *CUSTOMER)
        .join(Customer, Customer.id == Contact.customer_id)
        .where(scope.customers(who, EXPORT))
        .order_by(Contact.id)
    )
    for row in session.execute(query).mappings():
        yield dict(row) | {"customer": word(names, (row["at"],), row["at_ref"])}


def opportunities(session: Session, who: Who) -> Iterator[Record]:
    """Opportunities with their stage and own fields."""
    names = ambiguous(session, Customer, Customer.name)
    query = (
        select(
            *Opportunity.__table__.columns,
            Pipeline.name.label("pipeline"),
            Person.username.label("owner"),
            *CUSTOMER,
            Stage.key.label("present_stage"),
        )
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .outerjoin(OpportunityState, OpportunityState.opportunity_id == Opportunity.id)
        .outerjoin(Stage, Stage.id == OpportunityState.stage_id)
        .where(scope.owned(who, EXPORT, Opportunity.owner_id))
        .order_by(Opportunity.id)
    )
    for row in _with_own(session, session.execute(query).mappings().all()):
        yield row | {"customer": word(names, (row["at"],), row["at_ref"])}


def stage_changes(session: Session, who: Who) -> Iterator[Record]:
    """When an opportunity came to a stage."""
    query = (
        select(
            Opportunity.ref.label("opportunity"),
            Stage.key.label("stage"),
            StageEvent.happened_at.label("at"),
            Pipeline.name.label("pipeline"),
            Stage.position,
            StageEvent.gap,
            StageEvent.recorded_at,
        )
        .join(Opportunity, Opportunity.id == StageEvent.opportunity_id)
        .join(Stage, Stage.id == StageEvent.stage_id)
        .join(Pipeline, Pipeline.id == Stage.pipeline_id)
        .where(StageEvent.voided_at.is_(None), scope.owned(who, EXPORT, Opportunity.owner_id))
        .order_by(StageEvent.happened_at, StageEvent.opportunity_id, StageEvent.id)
    )
    yield from map(dict, session.execute(query).mappings())
