"""Actions over HTTP: the same rules as everywhere (PRODUCT.md A1, A2, A6)."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from core.messages import Invalid, refuse
from core.process.actions import ActionInput, fields_of
from core.process.evidence import NextStep
from core.process.stages import STAGES
from core.process.wire import read_fields
from core.terms import ActionStatus, Outcome
from data.api.operation import Call, cut, operation, window
from data.api.shapes import Answer, Body, Id, Instant, ListQuery, Long, Page, Said, Short, Words, choice
from data.commands.actions import cancel_action, record_action
from data.queries.api_rows import SEE, one, page
from data.queries.policies import policy_in_force
from data.schema import Action

GROUP = "actions"
_TYPE = "An action type: one of the five, or one that the company has added."
Stage = Annotated[Short, Field(examples=list(STAGES), description=_TYPE)]
Status = Annotated[Short, choice(*ActionStatus)]


class NextStepBody(Body):
    """What happens next with the customer."""

    type: Stage
    planned_for: Instant
    note: Words = ""


class NewAction(Body):
    """An action that was completed, or that is planned."""

    opportunity_id: Id
    type: Stage
    status: Literal["completed", "planned"] = "completed"
    started_at: Instant | None = Field(None, description="Its start; of a planned one, when it is planned.")
    ended_at: Instant | None = None
    summary: Long = ""
    follows: Id | None = Field(None, description="The customer's earlier record on which it builds.")
    completes: Id | None = Field(None, description="The planned action that it completes.")
    note: Words = ""
    next_step: NextStepBody | None = None
    outcome: Literal["open", "won", "lost"] = Field("open", description="Whether it closes the opportunity.")
    fields: dict[str, Any] = Field({}, description="The type's own fields; docs/api.md lists them.")


class Cancellation(Body):
    """Why a planned action is called off."""

    reason: Said


class ActionRecord(Answer):
    """An action. One with `voided_at` was undone and counts no more."""

    id: int
    ref: str | None = Field(description="Its id in another system, from an import.")
    type: str
    status: str
    customer_id: int | None
    opportunity_id: int
    owner_id: int
    planned_for: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    cancelled_at: datetime | None
    recorded_at: datetime
    cancel_reason: str | None
    summary: str
    note: str
    follows_id: int | None
    fields: dict[str, Any]
    voided_at: datetime | None


class ActionPage(Page):
    """Actions."""

    items: list[ActionRecord]


class ActionQuery(ListQuery):
    """Actions within reach."""

    customer_id: Id | None = None
    opportunity_id: Id | None = None
    owner_id: Id | None = None
    status: Status | None = None
    type: Stage | None = None


@operation("GET", "/actions", GROUP, ActionPage, query=ActionQuery, sees=SEE)
def list_actions(call: Call) -> ActionPage:
    """Actions of customers and opportunities within your reach, undone ones included."""
    names = ("customer_id", "opportunity_id", "owner_id", "status", "type")
    asked = {name: getattr(call.query, name) for name in names}
    narrowed = [getattr(Action, name) == value for name, value in asked.items() if value is not None]
    rows = page(call.session, call.who, Action, window(call.query), *narrowed)
    rows, cursor = cut(rows, call.query.limit)
    return ActionPage(items=[ActionRecord.model_validate(row) for row in rows], next_cursor=cursor)


@operation("GET", "/actions/{id}", GROUP, ActionRecord, sees=SEE)
def get_action(call: Call) -> ActionRecord:
    """One action."""
    return _read(call, call.id)


@operation("POST", "/actions", GROUP, ActionRecord, body=NewAction, status=201)
def create_action(call: Call) -> ActionRecord:
    """Record what happened, with its next step, or plan an action. No evidence, no record."""
    said = call.body
    own = policy_in_force(call.session).own_fields
    fields, unread = read_fields(fields_of(said.type, own), said.fields)
    step = said.next_step
    action = ActionInput(
        type=said.type,
        status=ActionStatus(said.status),
        started_at=said.started_at,
        ended_at=said.ended_at,
        summary=said.summary,
        follows=said.follows,
        completes=said.completes,
        note=said.note,
        next_step=NextStep(step.type, step.planned_for, step.note) if step else None,
        outcome=Outcome(said.outcome),
        fields=fields,
    )
    try:
        action_id = record_action(call.store, call.who, said.opportunity_id, action)
    except Invalid as error:
        named = {problem.field for problem in unread}
        raise Invalid([*unread, *(p for p in error.problems if p.field not in named)]) from error
    refuse(unread)  # the transaction of the whole request is taken back
    return _read(call, action_id)


@operation("POST", "/actions/{id}/cancel", GROUP, ActionRecord, body=Cancellation)
def call_off_action(call: Call) -> ActionRecord:
    """Call a planned action off."""
    cancel_action(call.store, call.who, call.id, call.body.reason)
    return _read(call, call.id)


def _read(call: Call, action_id: int) -> ActionRecord:
    return ActionRecord.model_validate(one(call.session, call.who, Action, action_id))
