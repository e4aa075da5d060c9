"""Promises over HTTP: made, moved, planned, escalated, taken back (PRODUCT.md C3)."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import Field

from core.promises.demands import PromiseInput
from data.api.operation import Call, cut, operation, window
from data.api.shapes import Answer, Body, Day, Id, Instant, ListQuery, MistakeReason, Page, Said
from data.commands.promises import escalate_promise, make_promise, move_promise, plan_promise
from data.commands.taking_back import take_back_promise
from data.queries.api_rows import SEE_PROMISES, one, page
from data.queries.policies import policy_in_force
from data.queries.promises import promises
from data.schema import Promise

GROUP = "promises"


class NewPromise(Body):
    """What a customer was told."""

    customer_id: Id
    words: Said
    promised_on: Day
    made_at: Instant | None = Field(None, description="When it was said; now when it is not named.")
    demand_id: Id | None = None
    feature_id: Id | None = None
    contact_id: Id | None = None
    action_id: Id | None = Field(None, description="The action, e.g. a quote, in which it was said.")


class PromiseDate(Body):
    """A new date, agreed with the customer, and why."""

    promised_on: Day
    reason: Said


class PromiseFeature(Body):
    """The feature that keeps it."""

    feature_id: Id


class EscalationReason(Body):
    """Why it is put before the directors."""

    reason: Said


class PromiseRecord(Answer):
    """A promise beside the plan."""

    id: int
    ref: str | None = Field(description="Its id in another system, from an import.")
    customer_id: int
    demand_id: int | None
    feature_id: int | None
    contact_id: int | None
    action_id: int | None
    person_id: int | None
    words: str
    made_at: datetime
    recorded_at: datetime
    taken_back_at: datetime | None = Field(description="When it was taken back: it counts no more then.")
    taken_back_for: str | None
    promised_on: date | None = None
    planned_on: date | None = None
    light: str = Field("", description="green, amber or red")
    state: str = Field("", description="Why it stands so.")
    delivered: bool = Field(False, description="Whether the customer confirmed what was delivered for it.")


class PromisePage(Page):
    """Promises."""

    items: list[PromiseRecord]


class PromiseQuery(ListQuery):
    """Promises to customers within reach."""

    customer_id: Id | None = None
    demand_id: Id | None = None


@operation("GET", "/promises", GROUP, PromisePage, query=PromiseQuery, sees=SEE_PROMISES)
def list_promises(call: Call) -> PromisePage:
    """Promises to customers within your reach."""
    asked = {name: getattr(call.query, name) for name in ("customer_id", "demand_id")}
    narrowed = [getattr(Promise, name) == value for name, value in asked.items() if value is not None]
    rows = page(call.session, call.who, Promise, window(call.query), *narrowed)
    rows, cursor = cut(rows, call.query.limit)
    return PromisePage(items=_records(call, rows), next_cursor=cursor)


@operation("GET", "/promises/{id}", GROUP, PromiseRecord, sees=SEE_PROMISES)
def get_promise(call: Call) -> PromiseRecord:
    """One promise."""
    return _read(call, call.id)


@operation("POST", "/promises", GROUP, PromiseRecord, body=NewPromise, status=201)
def create_promise(call: Call) -> PromiseRecord:
    """Record what a customer was told."""
    said = call.body.model_dump()
    return _read(call, make_promise(call.store, call.who, said.pop("customer_id"), PromiseInput(**said)))


@operation("POST", "/promises/{id}/move", GROUP, PromiseRecord, body=PromiseDate)
def agree_date(call: Call) -> PromiseRecord:
    """Agree on a new date with the customer; the old one stays in the history."""
    move_promise(call.store, call.who, call.id, call.body.promised_on, call.body.reason)
    return _read(call, call.id)


@operation("POST", "/promises/{id}/plan", GROUP, PromiseRecord, body=PromiseFeature)
def name_feature(call: Call) -> PromiseRecord:
    """Name the feature that keeps a promise for which nothing was planned."""
    plan_promise(call.store, call.who, call.id, call.body.feature_id)
    return _read(call, call.id)


@operation("POST", "/promises/{id}/escalate", GROUP, PromiseRecord, body=EscalationReason)
def put_before_directors(call: Call) -> PromiseRecord:
    """Put a conflict before the directors, product and who leads."""
    escalate_promise(call.store, call.who, call.id, call.body.reason)
    return _read(call, call.id)


@operation("POST", "/promises/{id}/take-back", GROUP, PromiseRecord, body=MistakeReason)
def take_back(call: Call) -> PromiseRecord:
    """Take a promise back that was recorded by mistake; it stays, and counts no more."""
    take_back_promise(call.store, call.who, call.id, call.body.reason)
    return _read(call, call.id)


def _read(call: Call, promise_id: int) -> PromiseRecord:
    return _records(call, [one(call.session, call.who, Promise, promise_id)])[0]


def _records(call: Call, rows: Sequence[Promise]) -> list[PromiseRecord]:
    policy, now = policy_in_force(call.session), call.store.clock()
    ids = Promise.id.in_([row.id for row in rows])
    known = promises(call.session, call.who, policy, now, ids, taken_back=None)
    stands = {row.id: row for row in known}
    return [
        PromiseRecord.model_validate(row).model_copy(
            update={
                "promised_on": stands[row.id].promised_on,
                "planned_on": stands[row.id].planned_on,
                "light": str(stands[row.id].state.light),
                "state": stands[row.id].state.code,
                "delivered": stands[row.id].delivered,
            }
        )
        for row in rows
    ]
