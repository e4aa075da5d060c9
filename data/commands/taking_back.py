"""Taking back what was entered by mistake: it stays, marked, and counts no more (PRODUCT.md C1, C3, C6)."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from core.access import Permission
from core.messages import Conflict, NotFound, refuse
from core.notices import Notice
from core.promises.taking_back import Entered, check_reason, hindrance
from data.commands.command import Tx, command
from data.commands.demand_notices import brief, sees
from data.commands.outbox import post
from data.commands.webhook_promises import tell_taken_back
from data.jsontext import to_json
from data.queries.promises import promises
from data.queries.scope import customers
from data.queries.taken_back import entered_promise
from data.schema import Customer, Message, Person, Promise


@command("promise.take_back", needs=Permission.MAKE_PROMISES)
def take_back_promise(tx: Tx, promise_id: int, reason: str) -> int:
    """Take a promise back that was recorded by mistake; whoever knew of it is told.

    Raises:
        NotFound: no such promise within reach.
        Conflict: it was taken back or marked ready before, somebody else's, or its day is past.
        Invalid: no reason.
    """
    promise = tx.session.get(Promise, promise_id, with_for_update=True)  # two who do so at once wait in turn
    mine = Promise.id == promise_id, customers(tx.who, Permission.MAKE_PROMISES)
    found = promises(tx.session, tx.who, tx.policy, tx.now, *mine, taken_back=None)
    if promise is None or not found:
        raise NotFound(entity="promise")
    row = found[0]
    _mark(tx, promise, entered_promise(tx.session, promise, row.promised_on, tx.now), reason)
    tx.audit("promise", promise_id, after=to_json({"promised_on": row.promised_on, "reason": reason.strip()}))
    tell_taken_back(tx.session, tx.now, row)
    said = {"words": brief(promise.words), "promised_on": row.promised_on, "reason": reason.strip()}
    _tell(tx, promise, "promises", [promise.person_id], said)
    return promise_id


def _mark(tx: Tx, row: Promise, entered: Entered, reason: str) -> None:
    if hinders := hindrance(entered, tx.who, _NEEDS[type(row)]):
        raise Conflict(hinders)
    refuse(check_reason(reason))
    row.taken_back_at, row.taken_back_by, row.taken_back_for = tx.now, tx.who.person_id, reason.strip()


_NEEDS = {Promise: Permission.MAKE_PROMISES}


def _tell(
    tx: Tx, row: Promise, page: str, concerned: Iterable[int | None], said: Mapping[str, object]
) -> None:
    """Word to whoever is concerned, looks after the customer, or was told of it, as far as they see it."""
    name = row.__tablename__
    customer = tx.session.get_one(Customer, row.customer_id)
    people = {*concerned, customer.owner_id, *_told(tx, page, name, row.id)} - {None, tx.who.person_id}
    here = select(Person).where(Person.id.in_(people), Person.active).order_by(Person.id)
    reached = [p.id for p in tx.session.scalars(here).all() if sees(tx.session, p, customer.id)]
    about: dict[str, Any] = to_json({"by": tx.who.name, "customer": customer.name} | dict(said))
    kind = f"{name}_taken_back"
    told = (kind, f"{kind}:{row.id}", about, page, {name: row.id})
    post(tx.session, tx.now, [Notice(person_id, *told) for person_id in reached])


def _told(tx: Tx, page: str, name: str, row_id: int) -> set[int]:
    """Who has a notice that leads to it."""
    leads_there = Message.query[name].as_integer() == row_id
    return set(tx.session.scalars(select(Message.person_id).where(Message.page == page, leads_there)))
