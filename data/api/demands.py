"""Demands over HTTP: filed, asked back about, answered, declined, taken back (PRODUCT.md C1, C2)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from core.promises.demands import DECLINES, DELIVERABLES, PAINS, Anew, Decline, DemandInput, Effect
from core.promises.demands import Answer as Feasibility
from core.promises.sla import URGENCIES
from data.api.operation import Call, cut, operation, window
from data.api.shapes import (
    Amount,
    Answer,
    Body,
    Day,
    Id,
    Instant,
    ListQuery,
    MistakeReason,
    Money,
    Name,
    Page,
    Said,
    Short,
    choice,
)
from data.commands.demand_questions import pass_on
from data.commands.demands import answer_demand, decline_demand, file_demand, pause_demand, resume_demand
from data.commands.taking_back import take_back_demand
from data.queries.api_rows import SEE_PROMISES, one, page
from data.queries.demands import demand_rows
from data.schema import Demand

GROUP = "demands"


class EffectBody(Body):
    """The measurable effect that the customer wants."""

    metric: Said
    before: Amount
    after: Amount
    unit: Name


class NewDemand(Body):
    """What a customer asked for; `words` are the customer's own."""

    customer_id: Id
    words: Said
    pain: Annotated[Short, choice(*PAINS)]
    effect: EffectBody
    urgency: Annotated[Short, choice(*URGENCIES)]
    opportunity_id: Id | None = None
    contact_id: Id | None = None
    opened_at: Instant | None = Field(None, description="When the customer asked; now when it is not named.")


class DemandAnswer(Body):
    """Product's answer: how, with what, by when, and what will be handed over."""

    feature: Name
    path: Said
    resources: Said
    deliverable: Annotated[Short, choice(*DELIVERABLES)]
    reference: Name
    planned_on: Day
    feature_id: Id | None = Field(None, description="A feature that is planned already.")
    anew: Said | None = Field(None, description="Why it replaces the answer that stands.")


class DemandDecline(Body):
    """Product's answer that it will not be done; `reply` is what the customer can be told."""

    reason: Annotated[Short, choice(*DECLINES)]
    reply: Said
    anew: Said | None = Field(None, description="Why it replaces the answer that stands.")


class PauseReason(Body):
    """What the customer was asked."""

    reason: Said


class PassedOn(Body):
    """What the customer answered to product's question, in their own words."""

    answer: Said


class DemandRecord(Answer):
    """A demand and its clock."""

    id: int
    ref: str | None = Field(description="Its id in another system, from an import.")
    customer_id: int
    opportunity_id: int | None
    contact_id: int | None
    filed_by: int | None
    words: str
    pain: str
    metric: str
    effect_before: Money | None
    effect_after: Money | None
    unit: str
    urgency: str
    opened_at: datetime
    recorded_at: datetime
    answered_at: datetime | None
    feature_id: int | None
    path: str | None
    resources: str | None
    declined_for: str | None = Field(description="Why product declined, also where it answered after all.")
    reply: str | None
    taken_back_at: datetime | None = Field(description="When it was taken back: it counts no more then.")
    taken_back_for: str | None
    state: str = Field("", description="running, paused, breached, answered, declined or taken_back")
    due_at: datetime | None = Field(None, description="When the answer is due, pauses counted.")
    planned_on: date | None = None


class DemandPage(Page):
    """Demands."""

    items: list[DemandRecord]


class DemandQuery(ListQuery):
    """Demands of customers within reach."""

    customer_id: Id | None = None
    urgency: Short | None = None
    answered: bool | None = None


@operation("GET", "/demands", GROUP, DemandPage, query=DemandQuery, sees=SEE_PROMISES)
def list_demands(call: Call) -> DemandPage:
    """Demands of customers within your reach."""
    asked = {name: getattr(call.query, name) for name in ("customer_id", "urgency")}
    narrowed = [getattr(Demand, name) == value for name, value in asked.items() if value is not None]
    if call.query.answered is not None:
        narrowed.append(Demand.answered_at.is_not(None) == call.query.answered)
        narrowed.append(Demand.taken_back_at.is_(None))
    rows = page(call.session, call.who, Demand, window(call.query), *narrowed)
    rows, cursor = cut(rows, call.query.limit)
    return DemandPage(items=_records(call, rows), next_cursor=cursor)


@operation("GET", "/demands/{id}", GROUP, DemandRecord, sees=SEE_PROMISES)
def get_demand(call: Call) -> DemandRecord:
    """One demand."""
    return _read(call, call.id)


@operation("POST", "/demands", GROUP, DemandRecord, body=NewDemand, status=201)
def create_demand(call: Call) -> DemandRecord:
    """File what a customer asked for."""
    said = call.body.model_dump(exclude={"customer_id", "effect"})
    demand = DemandInput(**said, effect=Effect(**call.body.effect.model_dump()))
    return _read(call, file_demand(call.store, call.who, call.body.customer_id, demand))


@operation("POST", "/demands/{id}/answer", GROUP, DemandRecord, body=DemandAnswer)
def give_answer(call: Call) -> DemandRecord:
    """Answer a demand with a feature and its planned date."""
    said = call.body.model_dump(exclude={"feature_id", "anew"})
    answer_demand(call.store, call.who, call.id, Feasibility(**said), call.body.feature_id, _anew(call))
    return _read(call, call.id)


@operation("POST", "/demands/{id}/decline", GROUP, DemandRecord, body=DemandDecline)
def refuse_demand(call: Call) -> DemandRecord:
    """Answer that it will not be done; a promise that was made of it is escalated first."""
    decline_demand(call.store, call.who, call.id, Decline(call.body.reason, call.body.reply), _anew(call))
    return _read(call, call.id)


@operation("POST", "/demands/{id}/pause", GROUP, DemandRecord, body=PauseReason)
def stop_clock(call: Call) -> DemandRecord:
    """Stop the clock: the customer was asked something."""
    pause_demand(call.store, call.who, call.id, call.body.reason)
    return _read(call, call.id)


@operation("POST", "/demands/{id}/pass-on", GROUP, DemandRecord, body=PassedOn)
def pass_answer_on(call: Call) -> DemandRecord:
    """Pass on what the customer answered: product is told, and the clock runs again."""
    pass_on(call.store, call.who, call.id, call.body.answer)
    return _read(call, call.id)


@operation("POST", "/demands/{id}/resume", GROUP, DemandRecord)
def start_clock(call: Call) -> DemandRecord:
    """Let the clock run again."""
    resume_demand(call.store, call.who, call.id)
    return _read(call, call.id)


@operation("POST", "/demands/{id}/take-back", GROUP, DemandRecord, body=MistakeReason)
def take_demand_back(call: Call) -> DemandRecord:
    """Take a demand back that was filed by mistake and has no answer; it stays, and counts no more."""
    take_back_demand(call.store, call.who, call.id, call.body.reason)
    return _read(call, call.id)


def _anew(call: Call) -> Anew | None:
    return Anew(call.body.anew) if call.body.anew else None


def _read(call: Call, demand_id: int) -> DemandRecord:
    return _records(call, [one(call.session, call.who, Demand, demand_id)])[0]


def _records(call: Call, rows: Sequence[Demand]) -> list[DemandRecord]:
    clocks = demand_rows(call.session, call.who, [row.id for row in rows], call.store.clock())
    return [
        DemandRecord.model_validate(row).model_copy(
            update={
                "state": str(clocks[row.id].state),
                "due_at": clocks[row.id].clock.due_at,
                "planned_on": clocks[row.id].planned_on,
            }
        )
        for row in rows
    ]
