"""Nothing is planned (PRODUCT.md A3)."""

from core.messages import Finding
from core.policies import Policy
from core.process.alerts.facts import OpportunityFacts
from core.terms import Severity

NAME = "next_step_missing"


def evaluate(facts: OpportunityFacts, policy: Policy) -> Finding | None:
    """Amber without a next step `overdue_hours` after the last event; only where steps are planned here.

    What was opened and never touched counts from its opening: nobody else would tell of it.
    """
    since = facts.last_event_at or facts.opened_at
    days = facts.days_since(since)
    if not facts.own or facts.next_step_at is not None or days is None or days * 24 < policy.overdue_hours:
        return None
    return Finding(
        rule=NAME,
        key=f"{NAME}:{facts.opportunity_id}:{since}",
        severity=Severity.AMBER,
        params={"days": max(1, facts.calendar_days_since(since))},
    )
