"""Opportunities over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from core.definitions import OPPORTUNITY
from core.terms import Outcome
from data.api.operation import Call, cut, operation, window
from data.api.own import KEPT, SAID, carried_out
from data.api.shapes import (
    Amount,
    Answer,
    Body,
    Change,
    Currency,
    Day,
    Id,
    ListQuery,
    Money,
    Name,
    Page,
    Short,
    choice,
)
from data.commands.opportunities import (
    OpportunityEdit,
    assign_opportunity,
    close_opportunity,
    edit_opportunity,
    open_opportunity,
)
from data.queries.api_rows import SEE, one, page, standings_of
from data.schema import Opportunity

GROUP = "opportunities"
OutcomeKey = Annotated[Short, choice(*Outcome)]


class NewOpportunity(Body):
    """An opportunity to open in Firebreak's own pipeline."""

    customer_id: Id
    name: Name
    owner_id: Id | None = None
    amount: Amount | None = None
    currency: Currency | None = Field(None, description="The company's own when it is not named.")
    close_on: Day | None = Field(None, description="The day on which it is expected to close.")
    product: Short | None = None
    fields: dict[str, Any] = SAID


class OpportunityChange(Change):
    """What is to change; fields that are not named stay."""

    name: Name = ""
    amount: Amount | None = None
    currency: Currency = "CNY"
    close_on: Day | None = None
    product: Short | None = None
    fields: dict[str, Any] = SAID


class OpportunityEnd(Body):
    """How it closed."""

    outcome: Literal["won", "lost"]


class OpportunityOwner(Body):
    """Who works on it from now on."""

    owner_id: Id


class OpportunityRecord(Answer):
    """An opportunity; its stage is that of its latest event."""

    id: int
    ref: str | None = Field(description="Its id in another system, from an import.")
    version: int
    customer_id: int | None
    owner_id: int | None
    name: str
    product: str | None
    amount: Money | None
    currency: str
    opened_at: datetime | None
    close_on: date | None
    closed_at: datetime | None
    outcome: str
    recorded_at: datetime
    fields: dict[str, Any] = KEPT
    stage: str | None = None
    stage_since: datetime | None = None
    next_step_id: int | None = Field(None, description="The planned action that comes next.")


class OpportunityPage(Page):
    """Opportunities."""

    items: list[OpportunityRecord]


class OpportunityQuery(ListQuery):
    """Opportunities within reach."""

    customer_id: Id | None = None
    owner_id: Id | None = None
    outcome: OutcomeKey | None = None


@operation("GET", "/opportunities", GROUP, OpportunityPage, query=OpportunityQuery, sees=SEE)
def list_opportunities(call: Call) -> OpportunityPage:
    """Opportunities within your reach, and those of customers within it."""
    asked = {name: getattr(call.query, name) for name in ("customer_id", "owner_id", "outcome")}
    narrowed = [getattr(Opportunity, name) == value for name, value in asked.items() if value is not None]
    rows = page(call.session, call.who, Opportunity, window(call.query), *narrowed)
    rows, cursor = cut(rows, call.query.limit)
    return OpportunityPage(items=_records(call, rows), next_cursor=cursor)


@operation("GET", "/opportunities/{id}", GROUP, OpportunityRecord, sees=SEE)
def get_opportunity(call: Call) -> OpportunityRecord:
    """One opportunity."""
    return _read(call, call.id)


@operation("POST", "/opportunities", GROUP, OpportunityRecord, body=NewOpportunity, status=201)
def create_opportunity(call: Call) -> OpportunityRecord:
    """Open an opportunity of a customer."""
    said = call.body.model_dump()
    customer_id, name, own = (said.pop(key) for key in ("customer_id", "name", "fields"))

    def work(fields: dict[str, Any]) -> int:
        return open_opportunity(call.store, call.who, customer_id, name, **said, fields=fields)

    return _read(call, carried_out(call, OPPORTUNITY, own, work))


@operation("PATCH", "/opportunities/{id}", GROUP, OpportunityRecord, body=OpportunityChange)
def change_opportunity(call: Call) -> OpportunityRecord:
    """Change an open opportunity; 409 when it is closed or somebody changed it since `version`."""
    row = one(call.session, call.who, Opportunity, call.id)
    kept: dict[str, Any] = {
        name: getattr(row, name) for name in ("name", "amount", "currency", "close_on", "product")
    }
    said = kept | call.body.given() | {"version": call.body.version}

    def work(fields: dict[str, Any]) -> int:
        return edit_opportunity(call.store, call.who, row.id, OpportunityEdit(**said | {"fields": fields}))

    carried_out(call, OPPORTUNITY, call.body.fields, work)
    return _read(call, row.id)


@operation("POST", "/opportunities/{id}/close", GROUP, OpportunityRecord, body=OpportunityEnd)
def end_opportunity(call: Call) -> OpportunityRecord:
    """Close an open opportunity as won or lost; its planned steps are called off."""
    close_opportunity(call.store, call.who, call.id, Outcome(call.body.outcome))
    return _read(call, call.id)


@operation("POST", "/opportunities/{id}/assign", GROUP, OpportunityRecord, body=OpportunityOwner)
def give_opportunity(call: Call) -> OpportunityRecord:
    """Give an opportunity and its planned steps to another person within your reach."""
    assign_opportunity(call.store, call.who, call.id, call.body.owner_id)
    return _read(call, call.id)


def _read(call: Call, opportunity_id: int) -> OpportunityRecord:
    return _records(call, [one(call.session, call.who, Opportunity, opportunity_id)])[0]


def _records(call: Call, rows: Any) -> list[OpportunityRecord]:
    stands = standings_of(call.session, [row.id for row in rows])
    names = ("stage", "stage_since", "next_step_id")
    return [
        OpportunityRecord.model_validate(row).model_copy(
            update=dict(zip(names, stands.get(row.id, (None, None, None)), strict=True))
        )
        for row in rows
    ]
