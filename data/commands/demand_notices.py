"""Word to whoever waits for a demand: who filed it, who looks after the customer, who promised it."""

from typing import Any

from sqlalchemy import select

from core.notices import Notice
from data.commands.command import Tx
from data.commands.outbox import post
from data.jsontext import to_json
from data.schema import Customer, Demand, Person, Promise

_BRIEF = 80


def tell_asked(tx: Tx, demand: Demand, kind: str, turn: int = 0, **said: Any) -> None:
    """Tell them once, the person who does it left out.

    Args:
        turn: which time it is, of what may happen to a demand several times: another one is told anew.
        said: values for the notice's sentences besides customer and words.
    """
    customer = tx.session.get_one(Customer, demand.customer_id)
    promised = select(Promise.person_id).where(Promise.demand_id == demand.id).order_by(Promise.id)
    people = dict.fromkeys([demand.filed_by, customer.owner_id, *tx.session.scalars(promised)])
    here = select(Person.id).where(Person.id.in_([p for p in people if p is not None]), Person.active)
    active = set(tx.session.scalars(here)) - {tx.who.person_id}
    words = demand.words if len(demand.words) <= _BRIEF else f"{demand.words[:_BRIEF]}…"
    about = to_json({"customer": customer.name, "words": words} | said)
    key = f"{kind}:{demand.id}:{turn}" if turn else f"{kind}:{demand.id}"
    told = (kind, key, about, "demands", {"demand": demand.id})
    post(tx.session, tx.now, [Notice(p, *told) for p in people if p in active])
