"""Evidence or no submit: summary, link to the earlier record, next step (PRODUCT.md A2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core.messages import Problem
from core.process import recordings
from core.terms import Outcome
from core.vocabulary import is_offered

if TYPE_CHECKING:
    from core.policies import Policy
    from core.process.actions import ActionContext, ActionInput

MAX_SUMMARY = 20_000
MAX_TRANSCRIPT = 200_000  # characters; an hour of speech has a third of it


@dataclass(frozen=True, slots=True)
class NextStep:
    """What happens next with the customer: an action type, a time (UTC) and a word about it."""

    type: str
    planned_for: datetime | None
    note: str = ""


def check(action: ActionInput, context: ActionContext, policy: Policy) -> tuple[Problem, ...]:
    """What a completed action lacks as evidence."""
    return (
        *_check_recording(action, context, policy),
        *_check_summary(action, policy),
        *_check_link(action, context),
        *_check_next_step(action, context, policy),
    )


def _check_recording(action: ActionInput, context: ActionContext, policy: Policy) -> tuple[Problem, ...]:
    if len(action.transcript or "") > MAX_TRANSCRIPT:
        return (Problem("transcript", "too_long", {"limit": MAX_TRANSCRIPT}),)
    if action.recording:
        return recordings.check(context.sound, policy, reused=context.recording_reused)
    return (Problem("recording", "recording_required"),) if policy.recording_required else ()


def _check_summary(action: ActionInput, policy: Policy) -> list[Problem]:
    problems = []
    words = action.summary.strip()
    if not words:
        problems.append(Problem("summary", "summary_required"))
    elif len(words) < policy.min_summary_chars:
        problems.append(Problem("summary", "summary_too_short", {"least": policy.min_summary_chars}))
    elif len(words) > MAX_SUMMARY:
        problems.append(Problem("summary", "too_long", {"limit": MAX_SUMMARY}))
    return problems


def _check_link(action: ActionInput, context: ActionContext) -> list[Problem]:
    if action.follows is None:
        return [Problem("follows", "link_required")] if context.earlier_records else []
    return [] if action.follows in context.earlier_records else [Problem("follows", "link_unknown")]


def _check_next_step(action: ActionInput, context: ActionContext, policy: Policy) -> list[Problem]:
    step = action.next_step
    if action.outcome is not Outcome.OPEN:
        return [Problem("next_step", "next_step_after_close")] if step else []
    if step is None:
        return [Problem("next_step", "next_step_required")]
    problems = []
    if not step.type:
        problems.append(Problem("next_step.type", "required"))
    elif not is_offered(step.type, policy.stages, context.known_at):
        problems.append(Problem("next_step.type", "unknown_choice", {"value": step.type}))
    if step.planned_for is None:
        problems.append(Problem("next_step.planned_for", "required"))
    elif step.planned_for <= context.known_at:
        problems.append(Problem("next_step.planned_for", "not_in_future"))
    return problems
