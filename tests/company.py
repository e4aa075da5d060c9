"""A company of a few people for tests: one team each of Ann's and Bo's, and the other roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.access import Who
from core.terms import Role
from data.engine import Store
from data.schema import Customer, Opportunity, Person, Pipeline, Team


@dataclass(frozen=True)
class Company:
    """Who is who; `rep` and `mate` are of the manager's team, `stranger` of another."""

    rep: Who
    mate: Who
    stranger: Who
    manager: Who
    director: Who
    product: Who
    delivery: Who
    store_manager: Who
    admin: Who
    customer: int
    opportunity: int
    strange_customer: int
    strange_opportunity: int


PEOPLE = {
    "rep": (Role.REP, "East"),
    "mate": (Role.REP, "East"),
    "stranger": (Role.REP, "West"),
    "manager": (Role.MANAGER, "East"),
    "director": (Role.DIRECTOR, None),
    "product": (Role.PRODUCT, None),
    "delivery": (Role.DELIVERY, None),
    "store_manager": (Role.STORE_MANAGER, None),
    "admin": (Role.ADMIN, None),
}


def found(store: Store) -> Company:
    """Write the company's people, a customer with an opportunity for `rep` and one for `stranger`."""
    now = store.clock()
    with store.writing() as session:
        teams = {name: Team(name=name, kind="sales") for name in ("East", "West")}
        session.add_all(teams.values())
        session.flush()
        rows = {
            name: Person(
                username=name,
                name=name.title(),
                role=role,
                team_id=teams[team].id if team else None,
                created_at=now,
            )
            for name, (role, team) in PEOPLE.items()
        }
        session.add_all(rows.values())
        session.flush()
        who = {n: Who(r.id, Role(r.role), r.team_id, r.name) for n, r in rows.items()}
        ids = _opportunities(session, [rows["rep"].id, rows["stranger"].id], now)
    return Company(**who, **dict(zip(IDS, ids, strict=True)))


IDS = ("customer", "strange_customer", "opportunity", "strange_opportunity")


def _opportunities(session, owners: list[int], now: datetime) -> list[int]:
    """A customer with an opportunity for each; ids of the customers, then of the opportunities."""
    customers = [
        Customer(name=name, owner_id=owner, created_at=now)
        for name, owner in zip(("Haihe Pumps", "Taihu Bearings"), owners, strict=True)
    ]
    session.add_all(customers)
    session.flush()
    pipeline = session.query(Pipeline.id).filter_by(key="firebreak").scalar()
    opportunities = [
        Opportunity(
            pipeline_id=pipeline,
            name=f"{customer.name} 2026",
            customer_id=customer.id,
            owner_id=customer.owner_id,
            currency="CNY",
            opened_at=now,
            recorded_at=now,
        )
        for customer in customers
    ]
    session.add_all(opportunities)
    session.flush()
    return [row.id for row in (*customers, *opportunities)]
