"""Today: what a person must do now, by kind, the most urgent first (PRODUCT.md F1).

Everything is read from present state and the person's own planned actions; each kind is one function in
`today_kinds` that returns its first lines and how many there are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.access import Who
from core.home import FIRST, Layout, from_document, in_order, is_hidden, kinds_of, layout_of
from data.once import recalled
from data.queries.policies import policy_in_force
from data.queries.today_kinds import (
    accounts,
    begun,
    forecasts,
    grades,
    led,
    meetings,
    on_fire,
    promised,
    quotes,
    steps,
    tasks,
)
from data.queries.today_kinds.asked import Asked, Group, Kind, ToDo
from data.queries.today_kinds.quotes import QUOTE_GONE_DAYS
from data.schema import HomeWish

__all__ = ["FIRST", "QUOTE_GONE_DAYS", "Group", "Home", "Kind", "ToDo", "home", "own_layout", "today"]

SHIPPED = Layout()

MOST = 200


@dataclass(frozen=True, slots=True)
class Home:
    """Today as a person has it.

    Attributes:
        groups: what they must do now, by kind; kinds without a to-do are left out.
        layout: by which it is laid out.
        aside: kinds of theirs that the layout does not show.
        own: whether the layout is the person's own.
    """

    groups: tuple[Group, ...]
    layout: Layout
    aside: tuple[Kind, ...]
    own: bool


@recalled
def home(session: Session, who: Who, now: datetime, *, whole: str | None = None) -> Home:
    """Today in the person's own layout, or their role's; see `today`."""
    layout, own = layout_in_force(session, who)
    aside = tuple(k for k in in_order(layout, kinds_of(who.role)) if is_hidden(layout, k))
    return Home(today(session, who, now, whole=whole, layout=layout), layout, aside, own)


def layout_in_force(session: Session, who: Who) -> tuple[Layout, bool]:
    """The layout by which a person's Today is laid out, and whether it is their own."""
    mine = own_layout(session, who)
    return mine or layout_of(policy_in_force(session).home, who.role), mine is not None


def own_layout(session: Session, who: Who) -> Layout | None:
    """The layout that a person made for themselves."""
    row = session.get(HomeWish, who.person_id) if who.person_id else None
    return from_document(row.content) if row else None


def today(
    session: Session, who: Who, now: datetime, *, whole: str | None = None, layout: Layout = SHIPPED
) -> tuple[Group, ...]:
    """What `who` must do now; kinds without a to-do are left out.

    Args:
        whole: the kind of which all to-dos are wanted, up to 200, not just the first few; it is shown
            whatever the layout says.
    """
    asked = Asked(session, who, now, policy_in_force(session))
    groups = (
        _READS[kind](asked, MOST if kind == whole else layout.limit(kind))
        for kind in in_order(layout, kinds_of(who.role))
        if kind == whole or not is_hidden(layout, kind)
    )
    return tuple(g for g in groups if g.total)


_READS: dict[Kind, Callable[[Asked, int], Group]] = {
    Kind.MEETING: meetings.meeting,
    Kind.OVERDUE: steps.overdue,
    Kind.RED: on_fire.red,
    Kind.ASSIGNED: on_fire.assigned,
    Kind.DEMAND: promised.demands,
    Kind.ASKED_BACK: promised.asked_back,
    Kind.CONFLICT: promised.conflicts,
    Kind.REPORTED: promised.reported,
    Kind.COMMITMENT: tasks.commitments,
    Kind.ROOM_TASK: tasks.room_tasks,
    Kind.COACHING: tasks.coaching,
    Kind.CAUSE: promised.causes,
    Kind.DUE: steps.due,
    Kind.DELIVERY: promised.deliveries,
    Kind.UNCONFIRMED: promised.unconfirmed,
    Kind.SUGGESTION: forecasts.suggestions,
    Kind.EXPIRING: quotes.expiring,
    Kind.STORE_REQUEST: promised.store_requests,
    Kind.DRAFT: begun.drafts,
    Kind.UNPLANNED: steps.unplanned,
    Kind.GRADE: grades.grades,
    Kind.REGRADE: grades.regrades,
    Kind.MILESTONE: led.milestones,
    Kind.SAMPLE: led.samples,
    Kind.FACTOR: led.factors,
    Kind.REPORT: led.reports,
    Kind.WORKER: accounts.silent_worker,
    Kind.JOB: accounts.failed_jobs,
    Kind.PASSWORD: accounts.without_password,
}
