"""Who is told about a customer's troubles: who leads its owner, and the people of product."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.terms import Role
from data.schema import Customer, Person


def leads(session: Session, customer_ids: Collection[int]) -> dict[int, list[int]]:
    """By customer, the active managers of its owner's team; the directors where it has none."""
    owner, manager = aliased(Person), aliased(Person)
    query = (
        select(Customer.id, manager.id)
        .join(owner, owner.id == Customer.owner_id)
        .join(manager, manager.team_id == owner.team_id)
        .where(Customer.id.in_(customer_ids), manager.role == Role.MANAGER, manager.active)
        .order_by(manager.id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for customer_id, person_id in session.execute(query):
        found[customer_id].append(person_id)
    directors = active(session, Role.DIRECTOR) if set(customer_ids) - set(found) else []
    return {customer_id: found.get(customer_id) or directors for customer_id in customer_ids}


def active(session: Session, role: Role) -> list[int]:
    """The active people of a role."""
    query = select(Person.id).where(Person.role == role, Person.active).order_by(Person.id)
    return list(session.scalars(query))


def reached(session: Session, people: Iterable[int | None]) -> list[int]:
    """Those of them who are active, each once; the active people of delivery where nobody is."""
    wanted = list(dict.fromkeys(p for p in people if p is not None))
    here = set(session.scalars(select(Person.id).where(Person.id.in_(wanted), Person.active)))
    return [p for p in wanted if p in here] or active(session, Role.DELIVERY)
