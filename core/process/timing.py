"""Time logic of actions (PRODUCT.md A6)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.messages import Problem

if TYPE_CHECKING:
    from core.policies import Policy
    from core.process.actions import ActionContext


def check_planned(planned_for: datetime | None, now: datetime) -> tuple[Problem, ...]:
    """A planned action needs a future time."""
    if planned_for is None:
        return (Problem("started_at", "required"),)
    return () if planned_for > now else (Problem("started_at", "not_in_future"),)


def overdue_before(now: datetime, timezone: str) -> datetime:
    """Before this lies the time of a step that is overdue: each has the whole of its day, in `timezone`.

    >>> from datetime import UTC
    >>> overdue_before(datetime(2026, 3, 4, 6, 0, 32, tzinfo=UTC), "Asia/Shanghai").isoformat()
    '2026-03-04T00:00:00+08:00'
    """
    zone = ZoneInfo(timezone)
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


def check_completed(
    start: datetime | None, end: datetime | None, context: ActionContext, policy: Policy
) -> tuple[Problem, ...]:
    """A completed action is over, fits between its neighbours, and its rep was in one place."""
    if start is None or end is None:
        given = {"started_at": start, "ended_at": end}
        return tuple(Problem(name, "required") for name, at in given.items() if at is None)
    if end <= start:
        return (Problem("ended_at", "end_before_start"),)
    return (
        *_check_length(start, end, context.now, policy),
        *_check_gaps(start, end, context, policy),
        *_check_busy(start, end, context),
    )


def _check_length(start: datetime, end: datetime, now: datetime, policy: Policy) -> list[Problem]:
    problems = []
    if start > now:
        problems.append(Problem("started_at", "starts_in_future"))
    elif end > now:
        problems.append(Problem("ended_at", "in_future"))
    if end - start > timedelta(hours=policy.max_action_hours):
        problems.append(Problem("ended_at", "too_long_action", {"hours": policy.max_action_hours}))
    return problems


def _check_gaps(start: datetime, end: datetime, context: ActionContext, policy: Policy) -> list[Problem]:
    gap = timedelta(minutes=policy.min_gap_minutes)
    problems = []
    if context.previous_end and start - context.previous_end < gap:
        params = {"minutes": policy.min_gap_minutes, "at": context.previous_end}
        problems.append(Problem("started_at", "too_soon_after_previous", params))
    if context.following_start and context.following_start - end < gap:
        params = {"minutes": policy.min_gap_minutes, "at": context.following_start}
        problems.append(Problem("ended_at", "too_close_to_following", params))
    return problems


def _check_busy(start: datetime, end: datetime, context: ActionContext) -> list[Problem]:
    clash = next((b for b in context.busy if b[0] < end and start < b[1]), None)
    if clash is None:
        return []
    start, end, customer = clash
    if not customer:
        return [Problem("started_at", "two_meetings_at_once", {"start": start, "end": end})]
    return [Problem("started_at", "two_meetings_with", {"customer": customer, "start": start, "end": end})]
