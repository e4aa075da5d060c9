"""The clock of a demand: when an answer is due, and whether it came in time (PRODUCT.md C1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.calendar import WorkCalendar
from core.policies import Policy

URGENCIES = ("P0", "P1", "P2", "P3")

Pause = tuple[datetime, datetime | None]


class SlaState(StrEnum):
    """How a demand stands with its answer."""

    BREACHED = "breached"
    RUNNING = "running"
    PAUSED = "paused"
    ANSWERED = "answered"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Clock:
    """Where a demand's clock stands at `as_of`.

    Attributes:
        due_at: the answer is due, UTC; later by every pause so far.
        used_hours: hours that count, from opening to the answer, or to `as_of` while there is none.
        paused_hours: counted hours during which it waited for the customer.
        allowed_hours: the urgency's SLA; working hours, or elapsed ones round the clock.
        breached: the answer came, or has not come, after `due_at`.
        unknown_years: years on the way whose holidays nobody entered.
        round_the_clock: whether its hours are elapsed ones.
    """

    due_at: datetime
    used_hours: float
    paused_hours: float
    allowed_hours: float
    breached: bool
    unknown_years: tuple[int, ...] = ()
    round_the_clock: bool = False


def allowed_hours(urgency: str, policy: Policy) -> float:
    """Hours within which a demand of this urgency is answered.

    Raises:
        KeyError: no such urgency.
    """
    return dict(zip(URGENCIES, policy.sla_hours, strict=True))[urgency]


def clock(
    urgency: str,
    opened_at: datetime,
    answered_at: datetime | None,
    pauses: Sequence[Pause],
    calendar: WorkCalendar,
    policy: Policy,
    as_of: datetime,
) -> Clock:
    """The state of a demand's clock.

    Pauses stop it; they may overlap and may still be running (end None). P0 (default) runs round
    the clock, the others in working time.
    """
    round_the_clock = urgency in policy.sla_round_the_clock
    allowed = allowed_hours(urgency, policy)
    end = min(answered_at or as_of, as_of)
    breaks = merged(pauses, opened_at, end)
    paused = sum((_counted(a, b, calendar, round_the_clock) for a, b in breaks), timedelta())
    used = _counted(opened_at, end, calendar, round_the_clock) - paused
    due_at = _due(opened_at, timedelta(hours=allowed), breaks, calendar, round_the_clock)
    return Clock(
        due_at,
        used / timedelta(hours=1),
        paused / timedelta(hours=1),
        allowed,
        used > timedelta(hours=allowed),
        () if round_the_clock else calendar.unknown_years(opened_at, max(end, due_at)),
        round_the_clock,
    )


def state(
    seen: Clock, answered: bool, paused: bool, declined: bool = False, taken_back: bool = False
) -> SlaState:
    """In a word; a demand that is late stays late while it waits for the customer.

    Args:
        declined: its answer is that it will not be done.
        taken_back: it was filed by mistake.

    >>> from datetime import UTC
    >>> late = Clock(datetime(2026, 3, 4, tzinfo=UTC), 9.0, 0.0, 8.0, breached=True)
    >>> state(late, answered=False, paused=True).value, state(late, answered=True, paused=False).value
    ('breached', 'answered')
    """
    if taken_back:
        return SlaState.TAKEN_BACK
    if answered:
        return SlaState.DECLINED if declined else SlaState.ANSWERED
    if seen.breached:
        return SlaState.BREACHED
    return SlaState.PAUSED if paused else SlaState.RUNNING


def soon(seen: Clock, policy: Policy) -> bool:
    """Whether so much of the allowed time is used that product should be reminded before the breach."""
    return not seen.breached and seen.used_hours >= policy.sla_warn_share * seen.allowed_hours


def merged(pauses: Sequence[Pause], start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Pauses within a span, in order, overlapping ones as one; those still running end with it."""
    inside = sorted((max(a, start), min(b or end, end)) for a, b in pauses)
    result: list[tuple[datetime, datetime]] = []
    for a, b in inside:
        if b <= a:
            continue
        if result and a <= result[-1][1]:
            result[-1] = (result[-1][0], max(b, result[-1][1]))
        else:
            result.append((a, b))
    return result


def _counted(start: datetime, end: datetime, calendar: WorkCalendar, round_the_clock: bool) -> timedelta:
    return max(timedelta(), end - start) if round_the_clock else calendar.worked(start, end)


def _due(
    opened_at: datetime,
    allowed: timedelta,
    breaks: list[tuple[datetime, datetime]],
    calendar: WorkCalendar,
    round_the_clock: bool,
) -> datetime:
    """Walk from break to break until the allowed time is used up."""
    at, left = opened_at, allowed
    for start, end in breaks:
        before = _counted(at, start, calendar, round_the_clock)
        if before >= left:
            break
        at, left = end, left - before
    return at + left if round_the_clock else calendar.after(at, left)
