"""Demands and promises as rows to export.

What was taken back is none of them: an import would make it count again.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Who
from data.exchange.export_names import CONTACT, CUSTOMER, EXPORT, PLAIN_NAME, Record, ambiguous, word
from data.jsontext import to_json
from data.queries import scope
from data.schema import (
    Contact,
    Customer,
    Demand,
    DemandPause,
    Feature,
    Opportunity,
    Person,
    PlannedDate,
    Promise,
    PromisedDate,
)

_FEATURE = (
    Feature.name.label("feature"),
    Feature.ref.label("feature_ref"),
    Feature.deliverable,
    Feature.reference,
)


def demands(session: Session, who: Who) -> Iterator[Record]:
    """Demands with their pauses and the feature that answers them."""
    names = ambiguous(session, Customer, Customer.name)
    same = ambiguous(session, Contact, Contact.customer_id, Contact.name)
    planned = latest_plan(session)
    query = (
        select(
            *Demand.__table__.columns,
            *CUSTOMER,
            Opportunity.ref.label("opportunity"),
            *CONTACT,
            Person.username.label("owner"),
            *_FEATURE,
        )
        .join(Customer, Customer.id == Demand.customer_id)
        .outerjoin(Opportunity, Opportunity.id == Demand.opportunity_id)
        .outerjoin(Contact, Contact.id == Demand.contact_id)
        .outerjoin(Person, Person.id == Demand.filed_by)
        .outerjoin(Feature, Feature.id == Demand.feature_id)
        .where(scope.customers(who, EXPORT), Demand.taken_back_at.is_(None))
        .order_by(Demand.id)
    )
    stood: dict[int, list[DemandPause]] = defaultdict(list)
    for pause in session.scalars(select(DemandPause).order_by(DemandPause.started_at)):
        stood[pause.demand_id].append(pause)
    for row in session.execute(query).mappings():
        contact = word(same, (row["customer_id"], row["contact_name"]), row["contact_ref"])
        yield dict(row) | {
            "customer": word(names, (row["at"],), row["at_ref"]),
            "contact": contact,
            "before": row["effect_before"],
            "after": row["effect_after"],
            "pauses": spans_text(stood[row["id"]]),
            "planned_on": planned.get(row["feature_id"]),
        }


def promises(session: Session, who: Who) -> Iterator[Record]:
    """Promises with the latest of their dates and the plan."""
    names = ambiguous(session, Customer, Customer.name)
    same = ambiguous(session, Contact, Contact.customer_id, Contact.name)
    planned = latest_plan(session)
    query = (
        select(
            *Promise.__table__.columns,
            *CUSTOMER,
            *CONTACT,
            Person.username.label("owner"),
            Demand.ref.label("demand"),
            *_FEATURE,
        )
        .join(Customer, Customer.id == Promise.customer_id)
        .outerjoin(Contact, Contact.id == Promise.contact_id)
        .outerjoin(Person, Person.id == Promise.person_id)
        .outerjoin(Demand, (Demand.id == Promise.demand_id) & Demand.taken_back_at.is_(None))
        .outerjoin(Feature, Feature.id == Promise.feature_id)
        .where(scope.customers(who, EXPORT), Promise.taken_back_at.is_(None))
        .order_by(Promise.id)
    )
    dates = select(PromisedDate.promise_id, PromisedDate.promised_on).order_by(PromisedDate.id)
    told = {promise_id: day for promise_id, day in session.execute(dates)}
    for row in session.execute(query).mappings():
        yield dict(row) | {
            "customer": word(names, (row["at"],), row["at_ref"]),
            "contact": word(same, (row["customer_id"], row["contact_name"]), row["contact_ref"]),
            "promised_on": told[row["id"]],
            "planned_on": planned.get(row["feature_id"]),
        }


def latest_plan(session: Session) -> dict[int | None, date | None]:
    """The planned date of every feature as it stands."""
    dates = select(PlannedDate.feature_id, PlannedDate.planned_on).order_by(PlannedDate.id)
    return {feature_id: day for feature_id, day in session.execute(dates)}


def spans_text(pauses: Sequence[DemandPause]) -> str:
    """Pauses with what was asked and answered in them as one cell, instants in UTC."""
    if all(PLAIN_NAME.fullmatch(p.reason) and not p.answer for p in pauses):
        return "; ".join(f"{_ends(p)} ({p.reason})" if p.reason else _ends(p) for p in pauses)
    kept = [
        {"from": p.started_at, "to": p.ended_at, "reason": p.reason, "answer": p.answer or ""} for p in pauses
    ]
    return json.dumps(to_json(kept), ensure_ascii=False)


def _ends(pause: DemandPause) -> str:
    end = pause.ended_at.isoformat() if pause.ended_at else ""
    return f"{pause.started_at.isoformat()}/{end}"
