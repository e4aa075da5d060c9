"""Signals over HTTP: one, or many at once; told twice they are written once (PRODUCT.md B1)."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from pydantic import Field

from core.messages import Invalid
from core.signals import MAX_SOURCE, SignalInput
from core.terms import SIGNAL_KINDS
from data.api.operation import Call, cut, operation, window
from data.api.shapes import Answer, Body, Id, Instant, ListQuery, Page, Short, Words, choice
from data.commands.signals import MOST_AT_ONCE, Reported, report_signals, withdraw_signal
from data.queries.api_rows import SEE, one, page
from data.schema import Signal

GROUP = "signals"
KindOfSignal = Annotated[Short, choice(*SIGNAL_KINDS)]


class NewSignal(Body):
    """Something that happened with a customer. It counts as known from the instant of this request."""

    ref: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")] | None = Field(
        None, description="Its id in your system: told again, it is not written again."
    )
    customer_id: Id
    opportunity_id: Id | None = None
    kind: KindOfSignal
    happened_at: Instant
    value: float | None = Field(None, allow_inf_nan=False, description="docs/api.md says of which kinds.")
    source: Annotated[Short, Field(max_length=MAX_SOURCE)] = ""
    note: Words = ""


class SignalBatch(Body):
    """Signals that are written all together or not at all."""

    signals: list[NewSignal] = Field(min_length=1, max_length=MOST_AT_ONCE)


class SignalRecord(Answer):
    """A signal. `recorded_at` is when it became known; with `voided_at` it was withdrawn."""

    id: int
    ref: str | None
    customer_id: int
    opportunity_id: int | None
    kind: str
    value: float | None
    happened_at: datetime
    recorded_at: datetime
    voided_at: datetime | None
    source: str
    note: str


class SignalPage(Page):
    """Signals."""

    items: list[SignalRecord]


class SignalsKept(Answer):
    """The signals' ids, in the order of the request."""

    ids: list[int]


class SignalQuery(ListQuery):
    """Signals about customers within reach."""

    customer_id: Id | None = None
    opportunity_id: Id | None = None
    kind: KindOfSignal | None = None


@operation("GET", "/signals", GROUP, SignalPage, query=SignalQuery, sees=SEE)
def list_signals(call: Call) -> SignalPage:
    """Signals about customers within your reach, withdrawn ones included."""
    asked = {name: getattr(call.query, name) for name in ("customer_id", "opportunity_id", "kind")}
    narrowed = [getattr(Signal, name) == value for name, value in asked.items() if value is not None]
    rows = page(call.session, call.who, Signal, window(call.query), *narrowed)
    rows, cursor = cut(rows, call.query.limit)
    return SignalPage(items=[SignalRecord.model_validate(row) for row in rows], next_cursor=cursor)


@operation("GET", "/signals/{id}", GROUP, SignalRecord, sees=SEE)
def get_signal(call: Call) -> SignalRecord:
    """One signal."""
    return _read(call, call.id)


@operation("POST", "/signals", GROUP, SignalRecord, body=NewSignal, status=201)
def create_signal(call: Call) -> SignalRecord:
    """Tell one signal."""
    try:
        kept = report_signals(call.store, call.who, [_told(call.body)])
    except Invalid as error:
        raise Invalid(
            [replace(p, field=p.field.removeprefix("signals.0.")) for p in error.problems]
        ) from error
    return _read(call, kept[0])


@operation("POST", "/signals/batch", GROUP, SignalsKept, body=SignalBatch, status=201)
def create_signals(call: Call) -> SignalsKept:
    """Tell up to 500 signals: all are written, or none with every problem at its place."""
    return SignalsKept(ids=report_signals(call.store, call.who, [_told(said) for said in call.body.signals]))


@operation("POST", "/signals/{id}/withdraw", GROUP, SignalRecord)
def take_signal_back(call: Call) -> SignalRecord:
    """Mark a signal as wrong: from now on it counts no more."""
    withdraw_signal(call.store, call.who, call.id)
    return _read(call, call.id)


def _told(said: NewSignal) -> Reported:
    return Reported(
        said.customer_id, SignalInput(**said.model_dump(exclude={"ref", "customer_id"})), said.ref
    )


def _read(call: Call, signal_id: int) -> SignalRecord:
    return SignalRecord.model_validate(one(call.session, call.who, Signal, signal_id))
