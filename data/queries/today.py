"""Today: what a person must do now, by kind, the most urgent first (PRODUCT.md F1).

Everything is read from present state and the person's own planned actions; each kind is one function in
`today_kinds` that returns its first lines and how many there are.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from core.access import Permission, Who, decide
from data.queries.policies import policy_in_force
from data.queries.today_kinds import (
    accounts,
    begun,
    forecasts,
    grades,
    on_fire,
    promised,
    quotes,
    steps,
    tasks,
)
from data.queries.today_kinds.asked import Asked, Group, Kind, ToDo
from data.queries.today_kinds.quotes import QUOTE_GONE_DAYS

__all__ = ["FIRST", "QUOTE_GONE_DAYS", "Group", "Kind", "ToDo", "today"]

FIRST = 5
MOST = 200


def today(session: Session, who: Who, now: datetime, *, whole: str | None = None) -> tuple[Group, ...]:
    """What `who` must do now; kinds without a to-do are left out.

    Args:
        whole: the kind of which all to-dos are wanted, up to 200, not just the first five.
    """
    asked = Asked(session, who, now, policy_in_force(session))
    groups = (
        read(asked, MOST if kind == whole else FIRST)
        for kind, (needs, read) in _KINDS.items()
        if decide(who, needs).allowed
    )
    return tuple(g for g in groups if g.total)


_KINDS: dict[Kind, tuple[Permission, Callable[[Asked, int], Group]]] = {
    Kind.OVERDUE: (Permission.RECORD_ACTIONS, steps.overdue),
    Kind.RED: (Permission.SEE_BOARD, on_fire.red),
    Kind.ASSIGNED: (Permission.HANDLE_ALERTS, on_fire.assigned),
    Kind.DEMAND: (Permission.ANSWER_DEMANDS, promised.demands),
    Kind.CONFLICT: (Permission.SEE_PROMISES, promised.conflicts),
    Kind.REPORTED: (Permission.SEND_DELIVERIES, promised.reported),
    Kind.COMMITMENT: (Permission.SEE_MORNING, tasks.commitments),
    Kind.ROOM_TASK: (Permission.FOLLOW_UP, tasks.room_tasks),
    Kind.COACHING: (Permission.COACH, tasks.coaching),
    Kind.CAUSE: (Permission.SEE_COLLABORATION, promised.causes),
    Kind.DUE: (Permission.RECORD_ACTIONS, steps.due),
    Kind.DELIVERY: (Permission.SEND_DELIVERIES, promised.deliveries),
    Kind.SUGGESTION: (Permission.CALIBRATE, forecasts.suggestions),
    Kind.EXPIRING: (Permission.RECORD_ACTIONS, quotes.expiring),
    Kind.STORE_REQUEST: (Permission.ANSWER_STORE_REQUESTS, promised.store_requests),
    Kind.DRAFT: (Permission.RECORD_ACTIONS, begun.drafts),
    Kind.UNPLANNED: (Permission.RECORD_ACTIONS, steps.unplanned),
    Kind.GRADE: (Permission.EDIT_CUSTOMERS, grades.grades),
    Kind.REGRADE: (Permission.EDIT_CUSTOMERS, grades.regrades),
    Kind.JOB: (Permission.SEE_JOBS, accounts.failed_jobs),
    Kind.PASSWORD: (Permission.MANAGE_PEOPLE, accounts.without_password),
}
