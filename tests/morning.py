"""A team's morning, for tests: three customers at risk of a known value, and a meeting over them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from core.access import OPERATOR
from core.terms import Severity
from data.commands.briefs import issue_brief
from data.commands.morning import CommitmentInput, start_meeting
from data.engine import Store
from data.schema import Alert, Customer, Opportunity, Pipeline
from tests.company import Company, found

SEVEN = datetime(2026, 3, 3, 23, tzinfo=UTC)  # Wednesday, 4 March, 7:00 in Shanghai
RISKS = (("Haihe", 400_000, "red"), ("Minjiang", 900_000, "amber"), ("Wuyi", 100_000, "red"),
         ("Luoyang", 90_000, "amber"))  # fmt: skip


def at_risk(store: Store, clock) -> Company:
    """The company at 7:00 with standing alerts; the values are 200, 180, 50 and 18 thousand."""
    clock.at = SEVEN
    company = found(store)
    with store.writing() as session:
        pipeline = session.scalars(select(Pipeline.id).where(Pipeline.key == "firebreak")).one()
        for n, (name, amount, severity) in enumerate(RISKS):
            customer = Customer(name=name, owner_id=company.rep.person_id, created_at=SEVEN)
            session.add(customer)
            session.flush()
            deal = Opportunity(
                pipeline_id=pipeline, name=f"{name} line", customer_id=customer.id,
                owner_id=company.rep.person_id, amount=Decimal(amount), currency="CNY",
                recorded_at=SEVEN - timedelta(days=30),
            )  # fmt: skip
            session.add(deal)
            session.flush()
            red = severity == "red"
            session.add(
                Alert(
                    key=f"k{n}", rule="demos_without_quote" if red else "next_step_missing",
                    severity=Severity(severity), opportunity_id=deal.id,
                    params={"demos": 3} if red else {"days": 4}, raised_at=SEVEN - timedelta(hours=9),
                )
            )  # fmt: skip
        others = Alert(
            key="other", rule="demos_without_quote", severity=Severity.RED,
            opportunity_id=company.strange_opportunity, params={"demos": 3}, raised_at=SEVEN,
        )  # fmt: skip
        session.add(others)
    return company


def issued(store: Store, company: Company) -> int:
    """Today's brief of the manager's team."""
    return issue_brief(store, OPERATOR, company.rep.team_id)


def meeting(store: Store, company: Company) -> int:
    """Today's brief and its meeting, begun by the manager."""
    return start_meeting(store, company.manager, issued(store, company))


def customer_of(store: Store, name: str) -> int:
    with store.reading() as session:
        return session.scalars(select(Customer.id).where(Customer.name == name)).one()


def deal_of(store: Store, name: str) -> int:
    with store.reading() as session:
        return session.scalars(select(Opportunity.id).where(Opportunity.name == f"{name} line")).one()


def promise_to(store: Store, company: Company, clock, name: str = "Haihe", **more) -> CommitmentInput:
    """Somebody will see a customer by the evening."""
    given = {"what": "See them", "owner_id": company.rep.person_id, "due_at": clock.at + timedelta(hours=10)}
    return CommitmentInput(**given | {"customer_id": customer_of(store, name)} | more)
