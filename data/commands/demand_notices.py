"""Word to whoever waits for a demand: who filed it, who looks after the customer, who promised it."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission
from core.notices import Notice
from data.commands.command import Tx
from data.commands.outbox import post
from data.jsontext import to_json
from data.queries.scope import customers
from data.queries.sessions import who_of
from data.schema import Customer, Demand, Person, Promise

_BRIEF = 80


def tell_asked(
    tx: Tx, demand: Demand, kind: str, turn: int = 0, but: Collection[int] = (), **said: Any
) -> list[int]:
    """Tell those of them once who still see the customer, the person who does it left out.

    Args:
        turn: which time it is, of what may happen to a demand several times: another one is told anew.
        but: people who hear of it otherwise.
        said: values for the notice's sentences besides customer and words.

    Returns:
        Whom it told, by id.
    """
    customer = tx.session.get_one(Customer, demand.customer_id)
    promised = select(Promise.person_id).where(
        Promise.demand_id == demand.id, Promise.taken_back_at.is_(None)
    )
    people = {demand.filed_by, customer.owner_id, *tx.session.scalars(promised)}
    people -= {None, tx.who.person_id, *but}
    here = select(Person).where(Person.id.in_(people), Person.active).order_by(Person.id)
    about = to_json({"customer": customer.name, "words": brief(demand.words)} | said)
    key = f"{kind}:{demand.id}:{turn}" if turn else f"{kind}:{demand.id}"
    told = (kind, key, about, "demands", {"demand": demand.id})
    reached = [p.id for p in tx.session.scalars(here).all() if sees(tx.session, p, customer.id)]
    post(tx.session, tx.now, [Notice(person_id, *told) for person_id in reached])
    return reached


def brief(words: str) -> str:
    """The beginning of what was said, as a notice names it."""
    return words if len(words) <= _BRIEF else f"{words[:_BRIEF]}…"


def sees(session: Session, person: Person, customer_id: int) -> bool:
    """Whoever filed or promised may have handed the customer over since."""
    within = customers(who_of(session, person, None), Permission.SEE_PROMISES)
    return session.scalar(select(Customer.id).where(Customer.id == customer_id, within)) is not None
