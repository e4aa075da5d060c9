"""Promises to customers: made, and given a new date; what was said before stays in the history."""

from datetime import date, datetime

from sqlalchemy import select

from core.access import Permission, reach
from core.messages import Conflict, Invalid, NotFound, Problem, refuse
from core.notices import Notice
from core.promises.consistency import may_escalate
from core.promises.demands import (
    PromiseInput,
    check_ahead,
    check_move,
    check_promise,
    check_said,
    goes_with_answer,
)
from core.terms import Role
from data.commands.command import Tx, command
from data.commands.demands import belongs, reached_customer
from data.commands.outbox import post
from data.commands.promise_sweep import sweep_promises
from data.jsontext import to_json
from data.queries.leads import active, leads
from data.queries.policies import company_day
from data.queries.promises import PromiseRow, promises
from data.queries.scope import customers
from data.schema import Action, Contact, Customer, Demand, Escalation, Feature, Promise, PromisedDate


@command("promise.make", needs=Permission.MAKE_PROMISES)
def make_promise(tx: Tx, customer_id: int, promise: PromiseInput) -> int:
    """Record what a customer was told; returns the promise's id.

    The feature is the demand's when none is named.

    Raises:
        NotFound: no such customer within reach, or no such feature.
        Invalid: a value is wrong, the day lies before the one on which it was said, or the demand, contact or
            action is another customer's.
    """
    reached_customer(tx, customer_id, Permission.MAKE_PROMISES)
    refuse(check_promise(promise, tx.now))
    belongs(tx, Demand, promise.demand_id, customer_id)
    belongs(tx, Contact, promise.contact_id, customer_id)
    belongs(tx, Action, promise.action_id, customer_id)
    made_at = promise.made_at or _said_at(tx, promise.action_id)
    refuse(check_said(promise.promised_on, company_day(tx.session, made_at)))
    row = Promise(
        customer_id=customer_id,
        demand_id=promise.demand_id,
        feature_id=_feature_id(tx, promise),
        contact_id=promise.contact_id,
        action_id=promise.action_id,
        person_id=tx.who.person_id,
        words=promise.words,
        made_at=made_at,
        recorded_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    assert promise.promised_on is not None  # check_promise
    _date(tx, row.id, promise.promised_on, "")
    tx.audit("promise", row.id, after=to_json({"words": row.words, "promised_on": promise.promised_on}))
    sweep_promises(tx.session, tx.now, tx.policy, Promise.id == row.id, by=tx.who.person_id)
    return row.id


@command("promise.move", needs=Permission.MAKE_PROMISES)
def move_promise(tx: Tx, promise_id: int, promised_on: date | None, reason: str) -> int:
    """Agree on a new date with the customer.

    Raises:
        NotFound: no such promise within reach.
        Conflict: it was taken back.
        Invalid: no reason, no date, the one that stands, or a day that has passed.
    """
    within = customers(tx.who, Permission.MAKE_PROMISES)
    of = Customer, Customer.id == Promise.customer_id
    known = select(Promise).join(*of).where(Promise.id == promise_id, within)
    _standing(tx.session.scalar(known.with_for_update(of=Promise)))
    latest = select(PromisedDate.promised_on).where(PromisedDate.promise_id == promise_id)
    before = tx.session.scalar(latest.order_by(PromisedDate.id.desc()).limit(1))
    ahead = check_ahead("promised_on", promised_on, company_day(tx.session, tx.now))
    refuse([*check_move("promised_on", before, promised_on, reason), *ahead])
    assert promised_on is not None  # check_move
    _date(tx, promise_id, promised_on, reason)
    after = to_json({"promised_on": promised_on, "reason": reason})
    tx.audit("promise", promise_id, to_json({"promised_on": before}), after)
    sweep_promises(tx.session, tx.now, tx.policy, Promise.id == promise_id, by=tx.who.person_id)
    return promise_id


@command("promise.plan", needs=Permission.ANSWER_DEMANDS)
def plan_promise(tx: Tx, promise_id: int, feature_id: int | None, instead_of: int | None = None) -> int:
    """Name the feature that keeps a promise for which nothing was planned, or another than was named.

    Args:
        instead_of: the feature that was named before; what is kept by its demand's answer goes with that.

    Raises:
        NotFound: no such promise or feature.
        Conflict: another feature keeps it already, its demand's answer names it, or it was taken back.
        Invalid: no feature.
    """
    promise = _standing(tx.session.get(Promise, promise_id, with_for_update=True))
    if feature_id is None:
        raise Invalid([Problem("feature", "required")])
    if (feature := tx.session.get(Feature, feature_id)) is None:
        raise NotFound(entity="feature")
    named = promise.feature_id
    answered_with = tx.session.scalar(select(Demand.feature_id).where(Demand.id == promise.demand_id))
    if named != instead_of or named == feature_id or goes_with_answer(named, answered_with):
        raise Conflict
    promise.feature_id = feature_id
    before = {"feature": tx.session.get_one(Feature, named).name, "feature_id": named} if named else None
    tx.audit("promise", promise_id, before, after={"feature": feature.name})
    sweep_promises(tx.session, tx.now, tx.policy, Promise.id == promise_id, by=tx.who.person_id)
    return promise_id


@command("promise.escalate", needs=Permission.SEE_PROMISES)
def escalate_promise(tx: Tx, promise_id: int, reason: str) -> int:
    """Put a conflict before the directors, product and whoever leads the customer's owner.

    Who answers demands can do so with a promise that fits as well: its demand is declined only then. It
    stands for the present pair of dates; when one of them moves and the conflict stays, it can be escalated
    anew.

    Raises:
        NotFound: no such promise within reach.
        Conflict: there is nothing to escalate, it was escalated already, or taken back.
        Invalid: no reason.
    """
    kept = tx.session.get(Promise, promise_id, with_for_update=True)  # two who escalate at once do so in turn
    found = promises(tx.session, tx.who, tx.policy, tx.now, Promise.id == promise_id, taken_back=None)
    if not found:
        raise NotFound(entity="promise")
    _standing(kept)
    row = found[0]
    answers = reach(tx.who, Permission.ANSWER_DEMANDS) is not None
    if not may_escalate(row.state.light, row.asked, answers):
        raise Conflict("no_conflict")
    if tx.session.scalar(select(Escalation.id).where(Escalation.cause == row.cause)) is not None:
        raise Conflict("already_escalated")
    if not reason.strip():
        raise Invalid([Problem("reason", "reason_required")])
    made = {"promise_id": promise_id, "cause": row.cause, "reason": reason.strip()}
    tx.session.add(Escalation(**made, person_id=tx.who.person_id, at=tx.now))
    tx.audit("promise", promise_id, after={"escalated": True, "reason": reason.strip()})
    post(tx.session, tx.now, _escalated(tx, row, reason.strip()))
    return promise_id


def _standing(promise: Promise | None) -> Promise:
    """A promise that was not taken back."""
    if promise is None:
        raise NotFound(entity="promise")
    if promise.taken_back_at is not None:
        raise Conflict("taken_back")
    return promise


def _escalated(tx: Tx, row: PromiseRow, reason: str) -> list[Notice]:
    people = [*active(tx.session, Role.DIRECTOR), *active(tx.session, Role.PRODUCT)]
    people += leads(tx.session, [row.customer_id])[row.customer_id]
    about = {"customer": row.customer, "by": tx.who.name, "reason": reason, "promised_on": row.promised_on}
    key = f"promise_escalated:{row.cause}"
    return [
        Notice(person_id, "promise_escalated", key, about, "promises", {"promise": row.id})
        for person_id in dict.fromkeys(people)
        if person_id != tx.who.person_id
    ]


def _said_at(tx: Tx, action_id: int | None) -> datetime:
    """When it was said: at the end of the action, where it was said in one."""
    action = tx.session.get(Action, action_id) if action_id else None
    return action.ended_at if action and action.ended_at else tx.now


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
