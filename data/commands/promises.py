"""Promises to customers: made, and given a new date; what was said before stays in the history."""

from datetime import date

from sqlalchemy import select

from core.access import Permission
from core.messages import Invalid, NotFound, Problem, refuse
from core.promises.demands import PromiseInput, check_promise
from data.commands.command import Tx, command
from data.commands.demands import belongs, reached_customer
from data.jsontext import to_json
from data.queries.scope import customers
from data.schema import Contact, Customer, Demand, Feature, Promise, PromisedDate


@command("promise.make", needs=Permission.MAKE_PROMISES)
def make_promise(tx: Tx, customer_id: int, promise: PromiseInput) -> int:
    """Record what a customer was told; returns the promise's id.

    The feature is the demand's when none is named.

    Raises:
        NotFound: no such customer within reach, or no such feature.
        Invalid: a value is wrong, or the demand or contact is another customer's.
    """
    reached_customer(tx, customer_id, Permission.MAKE_PROMISES)
    refuse(check_promise(promise, tx.now))
    belongs(tx, Demand, promise.demand_id, customer_id)
    belongs(tx, Contact, promise.contact_id, customer_id)
    row = Promise(
        customer_id=customer_id,
        demand_id=promise.demand_id,
        feature_id=_feature_id(tx, promise),
        contact_id=promise.contact_id,
        person_id=tx.who.person_id,
        words=promise.words,
        made_at=promise.made_at or tx.now,
        recorded_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    assert promise.promised_on is not None  # check_promise
    _date(tx, row.id, promise.promised_on, "")
    tx.audit("promise", row.id, after=to_json({"words": row.words, "promised_on": promise.promised_on}))
    return row.id


@command("promise.move", needs=Permission.MAKE_PROMISES)
def move_promise(tx: Tx, promise_id: int, promised_on: date, reason: str) -> int:
    """Agree on a new date with the customer.

    Raises:
        NotFound: no such promise within reach.
        Invalid: no reason.
    """
    within = customers(tx.who, Permission.MAKE_PROMISES)
    known = (
        select(Promise.id)
        .join(Customer, Customer.id == Promise.customer_id)
        .where(Promise.id == promise_id, within)
    )
    if tx.session.scalar(known) is None:
        raise NotFound(entity="promise")
    if not reason.strip():
        raise Invalid([Problem("reason", "reason_required")])
    latest = select(PromisedDate.promised_on).where(PromisedDate.promise_id == promise_id)
    before = tx.session.scalar(latest.order_by(PromisedDate.id.desc()).limit(1))
    _date(tx, promise_id, promised_on, reason)
    after = to_json({"promised_on": promised_on, "reason": reason})
    tx.audit("promise", promise_id, to_json({"promised_on": before}), after)
    return promise_id


def _feature_id(tx: Tx, promise: PromiseInput) -> int | None:
    if promise.feature_id is None:
        return tx.session.scalar(select(Demand.feature_id).where(Demand.id == promise.demand_id))
    if tx.session.get(Feature, promise.feature_id) is None:
        raise NotFound(entity="feature")
    return promise.feature_id


def _date(tx: Tx, promise_id: int, promised_on: date, reason: str) -> None:
    tx.session.add(
        PromisedDate(
            promise_id=promise_id,
            promised_on=promised_on,
            reason=reason,
            person_id=tx.who.person_id,
            recorded_at=tx.now,
        )
    )
