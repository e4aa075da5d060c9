"""The next step's time has passed, and nothing was recorded (PRODUCT.md A3)."""

from core.messages import Finding
from core.policies import Policy
from core.process.alerts.facts import OpportunityFacts
from core.terms import Severity

NAME = "next_step_overdue"


def step_of(key: str) -> int | None:
    """The planned step that an alert of this key is about.

    >>> step_of("next_step_overdue:7:12"), step_of("next_step_overdue:7:None")
    (12, None)
    """
    step = key.rpartition(":")[2]
    return int(step) if step.isdigit() else None


def evaluate(facts: OpportunityFacts, policy: Policy) -> Finding | None:
    """Amber when the planned step lies `overdue_hours` or more back: the rep has had time to record it."""
    days = facts.days_since(facts.next_step_at)
    if days is None or days * 24 < policy.overdue_hours:
        return None
    return Finding(
        rule=NAME,
        key=f"{NAME}:{facts.opportunity_id}:{facts.next_step_id}",
        severity=Severity.AMBER,
        params={"days": max(1, facts.calendar_days_since(facts.next_step_at))},
        drivers=(facts.next_step_id,) if facts.next_step_id else (),
    )
