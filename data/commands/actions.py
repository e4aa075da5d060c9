"""Recording what happened with a customer (PRODUCT.md A1, A2, A6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core.access import Permission
from core.messages import Conflict, NotFound, Problem, refuse
from core.process.actions import ActionInput, check
from core.process.evidence import NextStep
from core.process.stages import PIPELINE
from core.terms import ActionStatus, Outcome
from data.commands.action_context import context_of, quoted_since
from data.commands.alerts import sweep
from data.commands.command import Tx, command
from data.commands.naming import with_names
from data.commands.opportunities import change, close
from data.commands.projections import project_customers, project_opportunities
from data.commands.turns import take_turn
from data.commands.webhook_events import place_of, tell_action, tell_move
from data.jsontext import to_json
from data.queries.scope import owned
from data.schema import Action, Opportunity, Pipeline, Stage, StageEvent, StoredFile


@command("action.record", needs=Permission.RECORD_ACTIONS)
def record_action(
    tx: Tx, opportunity_id: int, action: ActionInput, *, known_at: datetime | None = None
) -> int:
    """Write a completed or planned action; returns its id.

    A completed action moves its opportunity to its stage, settles the step that was planned, and
    plans the next one.

    Args:
        known_at: instant at which it became known, for imported history; now when None.

    Raises:
        NotFound: no such opportunity within reach.
        Conflict: the opportunity is closed, or is not of Firebreak's own pipeline.
        Invalid: every problem of the action, each at its field.
    """
    opportunity = _open_opportunity(tx, opportunity_id)
    known_at = known_at or tx.now
    owner_id = _owner(tx, opportunity)
    action, nameless = with_names(tx, action)
    take_turn(tx.session, owner_id)  # whoever else says when this person was busy waits
    refuse(nameless + _problems(tx, opportunity, owner_id, action, known_at))
    before = place_of(tx.session, opportunity)
    if action.status is ActionStatus.PLANNED:
        row = _plan(tx, opportunity, owner_id, action.type, action.started_at, action.note, known_at)
        was: dict[str, Any] | None = None
        effects: dict[str, Any] = {}
    else:
        row, was, effects = _complete(tx, opportunity, owner_id, action, known_at)
    _refresh(tx, opportunity)
    if action.status is ActionStatus.COMPLETED:
        tell_action(tx.session, tx.now, row)
        tell_move(tx.session, tx.now, opportunity, before)
    tx.audit("action", row.id, before=was, after=_picture(row) | effects)
    return row.id


@command("action.cancel", needs=Permission.RECORD_ACTIONS)
def cancel_action(tx: Tx, action_id: int, reason: str) -> int:
    """Call a planned action off, with a reason; returns its id.

    Raises:
        NotFound: no such planned action within reach.
        Invalid: the reason is missing.
    """
    of_it = select(Opportunity).join(Action, Action.opportunity_id == Opportunity.id)
    opportunity = tx.session.scalar(of_it.where(Action.id == action_id).with_for_update(of=Opportunity))
    row = planned_action(tx, action_id)  # once nobody records on it any more
    assert opportunity is not None  # it has an action
    if not reason.strip():
        refuse([Problem("reason", "reason_required")])
    before = _picture(row)
    _call_off(row, reason.strip(), tx.now)
    _refresh(tx, opportunity)
    tx.audit("action", row.id, before=before, after=_picture(row))
    return row.id


def planned_action(tx: Tx, action_id: int) -> Action:
    """A planned action within reach.

    Raises:
        NotFound: there is none.
    """
    row = tx.session.scalar(
        select(Action)
        .where(
            Action.id == action_id,
            Action.status == ActionStatus.PLANNED,
            Action.voided_at.is_(None),
            owned(tx.who, Permission.RECORD_ACTIONS, Action.owner_id),
        )
        .with_for_update()
    )
    if row is None:
        raise NotFound(entity="action")
    return row


def _open_opportunity(tx: Tx, opportunity_id: int) -> Opportunity:
    row = tx.session.scalar(
        select(Opportunity)
        .where(
            Opportunity.id == opportunity_id, owned(tx.who, Permission.RECORD_ACTIONS, Opportunity.owner_id)
        )
        .with_for_update()
    )
    if row is None:
        raise NotFound(entity="opportunity")
    if row.outcome != Outcome.OPEN:
        raise Conflict("opportunity_closed", name=row.name)
    if tx.session.get_one(Pipeline, row.pipeline_id).key != PIPELINE:
        raise Conflict("foreign_pipeline", name=row.name)
    return row


def _owner(tx: Tx, opportunity: Opportunity) -> int:
    owner = opportunity.owner_id or tx.who.person_id
    if owner is None:
        raise Conflict("opportunity_without_owner", name=opportunity.name)
    return owner


def _problems(
    tx: Tx, opportunity: Opportunity, owner_id: int, action: ActionInput, known_at: datetime
) -> list[Problem]:
    context = context_of(tx, opportunity, owner_id, action, known_at)
    problems = list(check(action, context, tx.policy))
    if action.recording and tx.session.get(StoredFile, action.recording) is None:
        problems.append(Problem("recording", "recording_lost"))
    if action.completes is not None:
        step = planned_action(tx, action.completes)
        if step.opportunity_id != opportunity.id:
            problems.append(Problem("completes", "other_opportunity"))
    return problems


def _plan(
    tx: Tx,
    opportunity: Opportunity,
    owner_id: int,
    type_: str,
    planned_for: datetime | None,
    note: str,
    known_at: datetime,
) -> Action:
    row = Action(
        type=type_,
        status=ActionStatus.PLANNED,
        customer_id=opportunity.customer_id,
        opportunity_id=opportunity.id,
        owner_id=owner_id,
        planned_for=planned_for,
        recorded_at=known_at,
        note=note.strip(),
        fields={},
        policy_version=tx.policy.version,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def _complete(
    tx: Tx, opportunity: Opportunity, owner_id: int, action: ActionInput, known_at: datetime
) -> tuple[Action, dict[str, Any] | None, dict[str, Any]]:
    """The action, the planned step that it was before, and what else it moved: all that undoing needs."""
    steps = open_steps(tx, opportunity)
    was, standing = {s.id: _picture(s) for s in steps}, _standing(opportunity)
    row = _settle_planned(steps, action, known_at)
    if row is None:
        row = _plan(tx, opportunity, owner_id, action.type, None, action.note, known_at)
    row.status = ActionStatus.COMPLETED
    row.started_at, row.ended_at, row.recorded_at = action.started_at, action.ended_at, known_at
    row.summary, row.follows_id = action.summary.strip(), action.follows
    row.recording, row.transcript = action.recording, action.transcript
    row.fields, row.policy_version = to_json(dict(action.fields)), tx.policy.version
    tx.session.flush()
    _move(tx, opportunity, row)
    if action.type == "quote_confirmation" and not quoted_since(tx, opportunity, row):
        quote = action.fields["quote"]
        change(tx, opportunity, row.ended_at, amount=quote["amount"], currency=quote["currency"])
    planned: int | None = None
    if isinstance(action.next_step, NextStep):
        step = action.next_step
        planned = _plan(tx, opportunity, owner_id, step.type, step.planned_for, step.note, known_at).id
    if action.outcome is not Outcome.OPEN:
        close(tx, opportunity, action.outcome, row.ended_at or tx.now)
    effects = {
        "next_step": planned,
        "called_off": [i for i in was if i != row.id],
        "opportunity": [standing, _standing(opportunity)],
    }
    return row, was.get(row.id), effects


def _standing(opportunity: Opportunity) -> dict[str, Any]:
    """What recording an action can change of its opportunity."""
    kept: dict[str, Any] = to_json(
        {name: getattr(opportunity, name) for name in ("amount", "currency", "outcome", "closed_at")}
    )
    return kept


def open_steps(tx: Tx, opportunity: Opportunity) -> Sequence[Action]:
    """The opportunity's planned actions, the earliest first."""
    query = select(Action).where(
        Action.opportunity_id == opportunity.id,
        Action.status == ActionStatus.PLANNED,
        Action.voided_at.is_(None),
    )
    return tx.session.scalars(query.order_by(Action.planned_for, Action.id)).all()


def _settle_planned(open_steps: Sequence[Action], action: ActionInput, known_at: datetime) -> Action | None:
    """The planned action that this record completes; other steps of the opportunity that were planned
    before this action's end are replaced by what it plans next."""
    chosen = next((s for s in open_steps if s.id == action.completes), None)
    if chosen is None:
        chosen = next((s for s in open_steps if s.type == action.type), None)
    for step in open_steps:
        if step is not chosen:
            _call_off(step, "replaced", known_at)
    if chosen is not None:
        chosen.type = action.type
    return chosen


def _call_off(row: Action, reason: str, at: datetime) -> None:
    row.status, row.cancelled_at, row.cancel_reason = ActionStatus.CANCELLED, at, reason


def _move(tx: Tx, opportunity: Opportunity, row: Action) -> None:
    stage = select(Stage.id).where(Stage.pipeline_id == opportunity.pipeline_id, Stage.key == row.type)
    tx.session.add(
        StageEvent(
            opportunity_id=opportunity.id,
            stage_id=tx.session.scalars(stage).one(),
            action_id=row.id,
            happened_at=row.ended_at,
            recorded_at=row.recorded_at,
            batch_id=row.batch_id,
        )
    )


def _refresh(tx: Tx, opportunity: Opportunity) -> None:
    project_opportunities(tx.session, [opportunity.id])
    if opportunity.customer_id:
        project_customers(tx.session, [opportunity.customer_id])
    sweep(tx.session, tx.now, tx.policy, [opportunity.id])


def _picture(row: Action) -> dict[str, Any]:
    """An action as the audit keeps it."""
    kept: dict[str, Any] = to_json({c.key: getattr(row, c.key) for c in Action.__table__.columns})
    return kept
