"""Actions, touches and signals as rows to export."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.access import Who
from core.terms import ActionStatus, Outcome
from data.exchange.export_names import CONTACT, CUSTOMER, EXPORT, PLAIN_NAME, Record, ambiguous, word
from data.exchange.own_words import OwnWords
from data.queries import scope
from data.queries.policies import policy_in_force
from data.schema import (
    Action,
    Contact,
    Customer,
    Interaction,
    Opportunity,
    Person,
    Signal,
)


def actions(session: Session, who: Who) -> Iterator[Record]:
    """Actions with what was said, what they follow and what they announced."""
    follows = aliased(Action)
    query = (
        select(
            *Action.__table__.columns,
            Opportunity.ref.label("opportunity"),
            Opportunity.closed_at,
            Opportunity.outcome.label("ended"),
            Person.username.label("owner"),
            follows.ref.label("follows"),
        )
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .join(Person, Person.id == Action.owner_id)
        .outerjoin(follows, follows.id == Action.follows_id)
        .where(Action.voided_at.is_(None), scope.owned(who, EXPORT, Action.owner_id))
        .order_by(Action.id)
    )
    rows = [dict(row) for row in session.execute(query).mappings()]
    by_opportunity: dict[int, list[Record]] = defaultdict(list)
    for row in rows:
        by_opportunity[row["opportunity_id"]].append(row)
    own = OwnWords(session, policy_in_force(session).own_fields, [row["fields"] for row in rows])
    for row in rows:
        shipped = {k: v for k, v in row["fields"].items() if k not in own.own}
        said = _said_fields(shipped) | own.said(row["fields"])
        yield dict(row) | said | _what_next(row, by_opportunity[row["opportunity_id"]])


def _what_next(row: Record, siblings: Sequence[Record]) -> dict[str, Any]:
    """The next step that a completed action announced, or how it closed its opportunity."""
    if row["status"] != ActionStatus.COMPLETED:
        return {}
    if row["ended"] != Outcome.OPEN and row["closed_at"] == row["ended_at"]:
        return {"outcome": row["ended"]}
    ahead = [s for s in siblings if s["planned_for"] and s["planned_for"] > row["recorded_at"]]
    later = [s for s in ahead if s["id"] > row["id"]] or sorted(ahead, key=lambda s: s["planned_for"])
    if not later:
        return {}
    step = later[0]
    return {"next_type": step["type"], "next_at": step["planned_for"], "next_note": step["note"]}


def _said_fields(fields: Record) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for key, value in fields.items():
        if isinstance(value, dict):
            said |= {key: Decimal(str(value["amount"])), "currency": value["currency"]}
        elif isinstance(value, list):
            said[key] = people_text(value)
        else:
            said[key] = value
    return said


def people_text(people: Sequence[Mapping[str, str]]) -> str:
    """People with their roles as one cell.

    >>> people_text([{"name": "Wu", "role": "buyer"}])
    'Wu (buyer)'
    """
    if all(PLAIN_NAME.fullmatch(p["name"]) for p in people):
        return "; ".join(f"{p['name']} ({p['role']})" for p in people)
    return json.dumps(people, ensure_ascii=False)


def interactions(session: Session, who: Who) -> Iterator[Record]:
    """Mails, calls, meetings and other touches."""
    names = ambiguous(session, Customer, Customer.name)
    same = ambiguous(session, Contact, Contact.customer_id, Contact.name)
    query = (
        select(
            *Interaction.__table__.columns,
            *CUSTOMER,
            Opportunity.ref.label("opportunity"),
            *CONTACT,
        )
        .join(Customer, Customer.id == Interaction.customer_id)
        .outerjoin(Opportunity, Opportunity.id == Interaction.opportunity_id)
        .outerjoin(Contact, Contact.id == Interaction.contact_id)
        .where(scope.customers(who, EXPORT))
        .order_by(Interaction.id)
    )
    for row in session.execute(query).mappings():
        contact = word(same, (row["customer_id"], row["contact_name"]), row["contact_ref"])
        yield dict(row) | {"customer": word(names, (row["at"],), row["at_ref"]), "contact": contact}


def signals(session: Session, who: Who) -> Iterator[Record]:
    """Signals that were not withdrawn."""
    names = ambiguous(session, Customer, Customer.name)
    query = (
        select(
            *Signal.__table__.columns,
            *CUSTOMER,
            Opportunity.ref.label("opportunity"),
        )
        .join(Customer, Customer.id == Signal.customer_id)
        .outerjoin(Opportunity, Opportunity.id == Signal.opportunity_id)
        .where(Signal.voided_at.is_(None), scope.customers(who, EXPORT))
        .order_by(Signal.id)
    )
    for row in session.execute(query).mappings():
        yield dict(row) | {"customer": word(names, (row["at"],), row["at_ref"])}
