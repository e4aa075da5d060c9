"""The five action types with their own fields, and the one check that every action passes (A1, A2, A6).

Form, import, API, offline sync and bulk edit build an `ActionInput`, the store supplies the
`ActionContext`, and `check` answers with every problem at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from core.definitions import check_own, is_asked
from core.fields import Field, Kind
from core.fields import check as check_field
from core.messages import Problem
from core.policies import Policy
from core.process import evidence, timing
from core.process.evidence import NextStep
from core.process.recordings import Sound
from core.terms import ActionStatus, DecisionRole, Outcome
from core.vocabulary import all_types, is_offered

_ROLES = tuple(DecisionRole)
REACTIONS = ("enthusiastic", "interested", "neutral", "sceptical", "rejected")
RESOLUTIONS = ("resolved", "open")

FIELDS: Mapping[str, tuple[Field, ...]] = {
    "appointment": (
        Field("purpose", Kind.TEXT),
        Field("attendees", Kind.PEOPLE, choices=_ROLES),
        Field("place", Kind.TEXT),
    ),
    "needs_diagnosis": (
        Field("pain", Kind.LONG_TEXT),
        Field("current_process", Kind.LONG_TEXT),
        Field("budget", Kind.TEXT),
        Field("decision_chain", Kind.LONG_TEXT),
    ),
    "solution_demo": (
        Field("shown", Kind.LONG_TEXT),
        Field("watchers", Kind.PEOPLE, choices=_ROLES),
        Field("reaction", Kind.CHOICE, choices=REACTIONS),
    ),
    "objection_handling": (
        Field("objection", Kind.LONG_TEXT),
        Field("response", Kind.LONG_TEXT),
        Field("resolution", Kind.CHOICE, choices=RESOLUTIONS),
    ),
    "quote_confirmation": (
        Field("quote", Kind.MONEY),
        Field("valid_until", Kind.DATE),
        Field("terms", Kind.LONG_TEXT),
        Field("changes", Kind.LONG_TEXT, required=False),  # required from the second quote on
    ),
}
PEOPLE = tuple(one.key for kept in FIELDS.values() for one in kept if one.kind is Kind.PEOPLE)  # were there


@dataclass(frozen=True, slots=True)
class ActionInput:
    """What a person, a file or a device says about one action.

    Attributes:
        started_at: start of a completed action, or the planned time of a planned one; UTC.
        ended_at: end of a completed action; UTC.
        follows: id of the customer's earlier record that this one builds on.
        completes: id of the planned action that this record completes.
        transcript: what the recording's transcriber wrote, where the summary began from it.
        outcome: OPEN, or how the opportunity closed with this action.
        fields: values of the type's own fields, by key.
    """

    type: str
    status: ActionStatus
    started_at: datetime | None = None
    ended_at: datetime | None = None
    summary: str = ""
    recording: str | None = None
    transcript: str | None = None
    follows: int | None = None
    completes: int | None = None
    note: str = ""
    next_step: NextStep | None = None
    outcome: Outcome = Outcome.OPEN
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActionContext:
    """What the store knows around an action, as of its entry.

    Attributes:
        known_at: instant at which the record became known; now, except for imported history.
        now: the present instant; nothing completed may end after it.
        previous_end: end of the opportunity's last completed action that starts before this one.
        following_start: start of the next completed one after it.
        busy: (start, end, customer's name or '') of the rep's other actions that overlap this one.
        earlier_records: ids of this customer's completed actions that ended before this one ends.
        earlier_quote: whether the opportunity already had a quote.
        sound: what was measured in its recording; None if there is none, or nobody measured.
        recording_reused: whether its recording serves another action too.
        zone: in which the company's days begin.
    """

    known_at: datetime
    now: datetime
    previous_end: datetime | None = None
    following_start: datetime | None = None
    busy: tuple[tuple[datetime, datetime, str], ...] = ()
    earlier_records: frozenset[int] = frozenset()
    earlier_quote: bool = False
    sound: Sound | None = None
    recording_reused: bool = False
    zone: tzinfo = UTC


def own_fields(type_: str | None, own: Iterable[Field], *, retired: bool = False) -> tuple[Field, ...]:
    """The company's own fields of an action type, those that it retired only when asked for.

    Args:
        own: the definitions, e.g. those of the policy in force.
    """
    return tuple(f for f in own if type_ in f.types and (retired or not f.retired))


def fields_of(type_: str | None, own: Iterable[Field], *, retired: bool = False) -> tuple[Field, ...]:
    """All fields of an action type: the shipped ones, then the company's own."""
    return (*FIELDS.get(type_ or "", ()), *own_fields(type_, own, retired=retired))


def asked_fields(
    action: ActionInput, own: Iterable[Field], known_at: datetime, *, earlier_quote: bool = False
) -> tuple[Field, ...]:
    """The fields of an action as a form draws them: `required` says what must be filled as things stand.

    Args:
        earlier_quote: whether the opportunity already had a quote.
    """
    values = _readable(action)
    mine = own_fields(action.type, own)
    shipped = FIELDS.get(action.type, ())
    return (
        *(replace(f, required=f.required or (earlier_quote and f.key == "changes")) for f in shipped),
        *(replace(f, required=is_asked(f, values, known_at)) for f in mine),
    )


def _readable(action: ActionInput) -> dict[str, Any]:
    """What conditions read of an action."""
    return {**action.fields, "type": action.type, "outcome": str(action.outcome)}


def check(action: ActionInput, context: ActionContext, policy: Policy) -> tuple[Problem, ...]:
    """All problems of an action, each at its field; empty when it may be written.

    Source: PRODUCT.md A1, A2, A6.
    """
    if action.status is ActionStatus.CANCELLED:
        return () if action.note.strip() else (Problem("note", "reason_required"),)
    if action.status is ActionStatus.PLANNED:
        return (*_check_type(action, context, policy), *timing.check_planned(action.started_at, context.now))
    return (
        *_check_type(action, context, policy),
        *timing.check_completed(action.started_at, action.ended_at, context, policy),
        *_check_fields(action, context, policy),
        *evidence.check(action, context, policy),
    )


def _check_type(action: ActionInput, context: ActionContext, policy: Policy) -> tuple[Problem, ...]:
    if not action.type:
        return (Problem("type", "required"),)
    if is_offered(action.type, policy.stages, context.known_at):
        return ()
    known = any(one.key == action.type for one in all_types(policy.stages))
    code = "type_off" if known else "unknown_choice"
    return (Problem("type", code, {"value": action.type}),)


def _check_fields(action: ActionInput, context: ActionContext, policy: Policy) -> tuple[Problem, ...]:
    shipped = FIELDS.get(action.type, ())
    problems = [p for f in shipped for p in check_field(f, action.fields.get(f.key), "fields.")]
    values = _readable(action)
    for own in own_fields(action.type, policy.own_fields):
        problems += check_own(own, values, context.known_at, "fields.")
    if action.type == "quote_confirmation":
        problems += _check_quote(action, context)
    return tuple(problems)


def _check_quote(action: ActionInput, context: ActionContext) -> list[Problem]:
    problems = []
    if context.earlier_quote and not str(action.fields.get("changes") or "").strip():
        problems.append(Problem("fields.changes", "changes_required"))
    valid_until = action.fields.get("valid_until")
    if valid_until and action.ended_at and valid_until < action.ended_at.astimezone(context.zone).date():
        problems.append(Problem("fields.valid_until", "expired_when_made"))
    return problems
