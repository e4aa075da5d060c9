"""Undoing a recorded action: it is marked void, never erased, and what it had moved goes back."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core.messages import Conflict
from core.reports.commitments import Proof
from core.terms import ActionStatus, Outcome
from data.commands.command import Tx
from data.commands.turns import take_turn
from data.commands.undo_steps import Step, value_of
from data.jsontext import to_json
from data.schema import Action, Audit, Commitment, Opportunity, Person, StageEvent

_CALLED_OFF = ("status", "cancelled_at", "cancel_reason")


def replan(action: Action) -> Step:
    """A step that was called off is planned again."""
    expected = to_json({name: getattr(action, name) for name in _CALLED_OFF})
    return Step("action", action.id, expected, dict(zip(_CALLED_OFF, ("planned", None, None), strict=True)))


def void_action(tx: Tx, row: Audit) -> list[Step]:
    """Undoing a recorded action: it is marked void, never erased, and what it had moved goes back."""
    action = tx.session.get_one(Action, row.entity_id)
    after: dict[str, Any] = row.after or {}
    _in_time(tx, row)
    not_built_upon(tx, row, action)
    void = {"voided_at": tx.now.isoformat()}
    steps = [Step("action", action.id, {"voided_at": None, "status": after["status"]}, void)]
    events = select(StageEvent.id).where(StageEvent.action_id == action.id, StageEvent.voided_at.is_(None))
    steps += [Step("stage_event", i, {"voided_at": None}, void) for i in tx.session.scalars(events)]
    planned = tx.session.get(Action, after["next_step"]) if after.get("next_step") else None
    if planned is not None and planned.status == ActionStatus.PLANNED:
        steps.append(Step("action", planned.id, {"voided_at": None}, void))
    for step_id in after.get("called_off", ()):
        steps.append(replan(tx.session.get_one(Action, step_id)))
    if row.before:
        anew = _plan_anew(tx, row.before)
        steps += [anew, *_asked_of(tx, action.id, anew.id)]
    if "opportunity" in after:
        was, became = after["opportunity"]
        moved = [name for name in became if was[name] != became[name] or name == "outcome"]
        steps.append(
            Step(
                "opportunity",
                action.opportunity_id,
                {name: became[name] for name in moved},
                {name: was[name] for name in moved},
            )
        )
    return steps


def _in_time(tx: Tx, row: Audit) -> None:
    if tx.now - row.at > timedelta(minutes=tx.policy.undo_minutes):
        raise Conflict("undo_too_late", minutes=tx.policy.undo_minutes)


def not_built_upon(tx: Tx, row: Audit, action: Action) -> None:
    """Refuse when a later record follows the action, or came to its opportunity since."""
    living = (Action.status == ActionStatus.COMPLETED, Action.voided_at.is_(None), Action.id != action.id)
    follower = select(Person.name).join(Action, Action.owner_id == Person.id)
    name = tx.session.scalar(follower.where(*living, Action.follows_id == action.id).limit(1))
    if name is None:
        since = follower.join(Audit, (Audit.entity_id == Action.id) & (Audit.entity == "action"))
        since = since.where(*living, Action.opportunity_id == action.opportunity_id, Audit.id > row.id)
        name = tx.session.scalar(since.limit(1))
    if name is not None:
        raise Conflict("built_upon", who=name)


def _plan_anew(tx: Tx, was: dict[str, Any]) -> Step:
    """The planned step that the undone action had completed, planned again as a row of its own."""
    row = Action()
    for name, value in was.items():
        if name not in ("id", "ref"):
            setattr(row, name, value_of(Action, name, value))
    row.voided_at = tx.now
    tx.session.add(row)
    tx.session.flush()
    return Step("action", row.id, {"voided_at": tx.now.isoformat()}, {"voided_at": None})


def _asked_of(tx: Tx, was: int, anew: int) -> list[Step]:
    """What a morning meeting agreed on about the step is about its new row."""
    theirs = select(Commitment.id).where(Commitment.expects == Proof.STEP, Commitment.about == was)
    return [Step("commitment", i, {"about": was}, {"about": anew}) for i in tx.session.scalars(theirs)]


def time_is_free(tx: Tx, action: Action) -> None:
    """Refuse where its person is by now in another meeting at that time (A6)."""
    take_turn(tx.session, action.owner_id)
    busy = select(Action.id).where(
        Action.owner_id == action.owner_id,
        Action.id != action.id,
        Action.voided_at.is_(None),
        Action.started_at < action.ended_at,
        Action.ended_at > action.started_at,
    )
    if action.status == ActionStatus.COMPLETED and tx.session.scalar(busy.limit(1)) is not None:
        raise Conflict("time_taken")


def still_open(tx: Tx, opportunity_id: int) -> None:
    """Refuse where the opportunity was closed since."""
    opportunity = tx.session.get_one(Opportunity, opportunity_id)
    if opportunity.outcome != Outcome.OPEN:
        raise Conflict("opportunity_closed", name=opportunity.name)
