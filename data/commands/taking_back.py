"""Taking back what was entered by mistake: it stays, marked, and counts no more (PRODUCT.md C1, C3, C6)."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from core.access import Permission
from core.messages import Conflict, NotFound, refuse
from core.notices import Notice
from core.promises.taking_back import Entered, check_reason, hindrance
from data.commands.answers import running_pause
from data.commands.command import Tx, command
from data.commands.demand_notices import brief, sees
from data.commands.demands import reached_customer
from data.commands.outbox import post
from data.commands.webhook_events import Event, emit
from data.commands.webhook_promises import tell_taken_back
from data.jsontext import to_json
from data.queries.promises import promises
from data.queries.scope import customers
from data.queries.taken_back import entered_demand, entered_promise
from data.schema import Customer, Demand, Message, Person, Promise, StoreRequest


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
    entered = entered_promise(tx.session, promise, row.promised_on, tx.now)
    mark(tx, promise, entered, Permission.MAKE_PROMISES, reason)
    tx.audit("promise", promise_id, after=to_json({"promised_on": row.promised_on, "reason": reason.strip()}))
    tell_taken_back(tx.session, tx.now, row)
    said = {"words": brief(promise.words), "promised_on": row.promised_on, "reason": reason.strip()}
    _tell(tx, promise, "promises", [promise.person_id], said)
    return promise_id


@command("demand.take_back", needs=Permission.FILE_DEMANDS)
def take_back_demand(tx: Tx, demand_id: int, reason: str) -> int:
    """Take a demand back that was filed by mistake and has no answer; whoever knew of it is told.

    Raises:
        NotFound: no such demand within reach.
        Conflict: it was answered or taken back before, or is somebody else's.
        Invalid: no reason.
    """
    demand = tx.session.get(Demand, demand_id, with_for_update=True)  # product may be answering it
    if demand is None:
        raise NotFound(entity="demand")
    reached_customer(tx, demand.customer_id, Permission.FILE_DEMANDS)
    mark(tx, demand, entered_demand(tx.session, demand), Permission.FILE_DEMANDS, reason)
    if pause := running_pause(tx, demand_id):
        pause.ended_at = tx.now
    tx.audit("demand", demand_id, after={"words": demand.words, "reason": reason.strip()})
    about = {"demand_id": demand_id, "customer_id": demand.customer_id}
    emit(tx.session, tx.now, [Event("demand.taken_back", demand_id, about)])
    promised = select(Promise.person_id).where(
        Promise.demand_id == demand_id, Promise.taken_back_at.is_(None)
    )
    concerned = [demand.filed_by, *tx.session.scalars(promised)]
    _tell(tx, demand, "demands", concerned, {"words": brief(demand.words), "reason": reason.strip()})
    return demand_id


def mark(
    tx: Tx, row: Promise | Demand | StoreRequest, entered: Entered, needs: Permission, reason: str
) -> None:
    """Mark a record as taken back.

    Args:
        needs: the permission with which such records are entered.

    Raises:
        Conflict: something stands in the way.
        Invalid: no reason.
    """
    if hinders := hindrance(entered, tx.who, needs):
        raise Conflict(hinders)
    refuse(check_reason(reason))
    row.taken_back_at, row.taken_back_by, row.taken_back_for = tx.now, tx.who.person_id, reason.strip()


def _tell(
    tx: Tx, row: Promise | Demand, page: str, concerned: Iterable[int | None], said: Mapping[str, object]
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
