"""What changed rules would mean for the records (PRODUCT.md F2): the same counts under both policies."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.messages import NotAllowed
from core.policies import Policy
from core.process.alerts import RULES as ALERTS
from core.process.alerts import findings
from core.promises.sla import URGENCIES, clock
from core.terms import ActionStatus
from data.queries.alert_facts import alert_facts
from data.queries.policies import working_calendar
from data.queries.promises import pauses_of
from data.schema import Action, Customer, CustomerState, Demand, DemandPause
from data.schema.types import elapsed_days

DAYS = 90
_ALERTS = frozenset(
    {
        "alerts_off", "demos_without_quote", "stalled_factor", "overdue_hours", "silent_days",
        "quotes_unanswered", "quote_expiry_days", "stages_not_to_skip", "single_contact_actions",
        "min_recording_seconds",
    }
)  # fmt: skip
_CLOCKS = frozenset({"sla_hours", "sla_round_the_clock"})
_TINY = 1e-9  # days; a gap of exactly so many minutes is none too short
Policies = tuple[Policy, Policy]


@dataclass(frozen=True, slots=True)
class Effect:
    """One count under the policy in force and under the draft.

    Attributes:
        name: catalogue key `rules.effects.<name>`; `about` an alert rule or an urgency.
        of: how many there are in all.
    """

    name: str
    about: str
    before: int
    after: int
    of: int


def rules_preview(
    session: Session, who: Who, policies: Policies, changed: Collection[str], now: datetime
) -> tuple[Effect, ...]:
    """What the draft's rules would mean, as far as it can be counted in the records.

    Args:
        policies: in force, and with the draft.
        changed: attributes of the policy that differ.

    Raises:
        NotAllowed: the person may not change the studio.
    """
    if reach(who, Permission.CHANGE_STUDIO) is None:
        raise NotAllowed(permission=Permission.CHANGE_STUDIO)
    found: list[Effect] = []
    if _ALERTS & set(changed):
        found += _alerts(session, policies, now)
    if _CLOCKS & set(changed):
        found += _demands(session, policies, now)
    return (*found, *_actions(session, policies, changed, now), *_customers(session, policies, changed, now))


def _alerts(session: Session, policies: Policies, now: datetime) -> Iterator[Effect]:
    """Causes that stand open now, whatever people have settled of them."""
    facts = alert_facts(session, now)
    before, after = (Counter(f.rule for one in facts for f in findings(one, p)) for p in policies)
    if before == after:
        yield Effect("alerts_same", "", before.total(), after.total(), len(facts))
    for rule in ALERTS:
        if before[rule] != after[rule]:
            yield Effect("alerts_open", rule, before[rule], after[rule], len(facts))


def _demands(session: Session, policies: Policies, now: datetime) -> Iterator[Effect]:
    chosen = (Demand.opened_at >= now - timedelta(days=DAYS)) & Demand.taken_back_at.is_(None)
    demands = session.execute(
        select(Demand.id, Demand.urgency, Demand.opened_at, Demand.answered_at).where(chosen)
    ).all()
    pauses = pauses_of(session, now, DemandPause.demand_id.in_(select(Demand.id).where(chosen)))
    calendar = working_calendar(session)
    late: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for d in demands:
        for count, policy in zip(late, policies, strict=True):
            seen = clock(d.urgency, d.opened_at, d.answered_at, pauses[d.id], calendar, policy, now)
            count[d.urgency] += seen.breached
    total = Counter(d.urgency for d in demands)
    for urgency in URGENCIES:
        if total[urgency]:
            yield Effect("demands_late", urgency, late[0][urgency], late[1][urgency], total[urgency])


def _actions(
    session: Session, policies: Policies, changed: Collection[str], now: datetime
) -> Iterator[Effect]:
    done = (
        Action.status == ActionStatus.COMPLETED,
        Action.voided_at.is_(None),
        Action.ended_at >= now - timedelta(days=DAYS),
    )
    total = session.scalar(select(func.count(Action.id)).where(*done)) or 0
    for attribute, (name, wrong) in _HELD_UP.items():
        if attribute in changed:
            before, after = (_count(session, select(Action.id).where(*done, wrong(p))) for p in policies)
            yield Effect(name, "", before, after, total)
    if "min_gap_minutes" in changed:
        before, after = _too_close(session, done, policies)
        yield Effect("actions_close", "", before, after, total)


def _too_close(session: Session, done: Sequence[ColumnElement[bool]], policies: Policies) -> tuple[int, int]:
    """Actions that begin sooner after the one before them on their opportunity than a policy allows."""
    earlier = func.lag(Action.ended_at).over(partition_by=Action.opportunity_id, order_by=Action.started_at)
    living = select(Action.id, Action.started_at, earlier.label("earlier")).where(
        Action.status == ActionStatus.COMPLETED, Action.voided_at.is_(None)
    )
    rows = living.subquery()
    gap = elapsed_days(rows.c.earlier, rows.c.started_at)
    held = select(Action.id).join(rows, rows.c.id == Action.id).where(*done)
    before, after = (_count(session, held.where(gap < p.min_gap_minutes / 1_440 - _TINY)) for p in policies)
    return before, after


_HELD_UP: Mapping[str, tuple[str, Callable[[Policy], ColumnElement[bool]]]] = {
    "max_action_hours": (
        "actions_long",
        lambda policy: elapsed_days(Action.started_at, Action.ended_at) > policy.max_action_hours / 24,
    ),
    "min_summary_chars": (
        "summaries_short",
        lambda policy: func.length(Action.summary) < policy.min_summary_chars,
    ),
    "recording_required": (
        "recordings_missing",
        lambda policy: Action.recording.is_(None) & literal(policy.recording_required),
    ),
}


def _customers(
    session: Session, policies: Policies, changed: Collection[str], now: datetime
) -> Iterator[Effect]:
    if "high_value_tags" in changed:
        every = select(CustomerState.customer_id)
        chosen = (every.where(CustomerState.high_value_tags >= p.high_value_tags) for p in policies)
        before, after = (_count(session, rows) for rows in chosen)
        yield Effect("customers_high", "", before, after, _count(session, every))
    if "grade_days" in changed:
        every = select(CustomerState.customer_id).where(CustomerState.open_opportunities > 0)
        every = every.join(Customer, Customer.id == CustomerState.customer_id)
        limits = (now - timedelta(days=p.grade_days) for p in policies)
        old = (or_(Customer.graded_at.is_(None), Customer.graded_at < limit) for limit in limits)
        before, after = (_count(session, every.where(condition)) for condition in old)
        yield Effect("grades_old", "", before, after, _count(session, every))


def _count(session: Session, rows: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0
