"""What makes a demand that another system kept valid: its times and, if it says one, its effect (C1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.messages import Problem
from core.promises.demands import PAINS, Decline, Effect, check_decline, check_effect
from core.promises.sla import URGENCIES

Span = tuple[datetime, datetime | None, str, str]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as it would stand.

    Attributes:
        effect: None where the other system knew of none.
        answered_at: the first response, which stops the clock; closing it without one does too.
        pauses: (start, end, what the customer was asked, what they answered); an end of None still runs.
        decline: None where it was not declined.
    """

    urgency: str | None
    words: str
    pain: str
    effect: Effect | None
    opened_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    pauses: Sequence[Span] = ()
    decline: Decline | None = None


def check_ticket(ticket: Ticket, now: datetime) -> tuple[Problem, ...]:
    """All problems of a ticket; unlike a demand that is filed here it may lack pain and effect."""
    problems = [] if ticket.words.strip() else [Problem("words", "required")]
    if ticket.urgency not in URGENCIES:
        problems.append(Problem("urgency", "required"))
    if ticket.pain and ticket.pain not in PAINS:
        problems.append(
            Problem("pain", "unknown_choice" if ticket.pain else "required", {"value": ticket.pain})
        )
    if ticket.effect is not None:
        problems += [Problem(_column(p.field), p.code, p.params) for p in check_effect(ticket.effect)]
    if ticket.decline is not None:
        problems += [Problem(_column(p.field), p.code, p.params) for p in check_decline(ticket.decline)]
        problems += [] if ticket.answered_at else [Problem("answered_at", "required")]
    return (*problems, *_times(ticket, now), *_pauses(ticket, now))


def _column(field: str) -> str:
    return "declined_for" if field == "reason" else field.removeprefix("effect.")


def _times(ticket: Ticket, now: datetime) -> list[Problem]:
    opened = ticket.opened_at
    if opened is None:
        return [Problem("opened_at", "required")]
    known = {"opened_at": opened, "answered_at": ticket.answered_at, "closed_at": ticket.closed_at}
    problems = [Problem(name, "instant_in_future") for name, at in known.items() if at and at > now]
    if ticket.answered_at and ticket.answered_at < opened:
        problems.append(Problem("answered_at", "answered_before_opened"))
    if ticket.closed_at and ticket.closed_at < opened:
        problems.append(Problem("closed_at", "closed_before_opened"))
    return problems


def _pauses(ticket: Ticket, now: datetime) -> list[Problem]:
    problems = []
    for start, end, *_ in ticket.pauses:
        if end is not None and end < start:
            problems.append(Problem("pauses", "ends_before_start"))
        elif max(start, end or start) > now:
            problems.append(Problem("pauses", "instant_in_future"))
    if sum(end is None for _, end, *_ in ticket.pauses) > 1:
        problems.append(Problem("pauses", "two_running_pauses"))
    return problems
