"""The customer has gone silent (PRODUCT.md A3)."""

from core.messages import Finding
from core.policies import Policy
from core.process.alerts.facts import OpportunityFacts
from core.terms import Severity

NAME = "customer_silent"


def evaluate(facts: OpportunityFacts, policy: Policy) -> Finding | None:
    """Amber after `silent_days` in which the customer took part in nothing; our own mails do not end it.

    Whoever was not approached about an opportunity yet owes no answer.
    """
    days = facts.days_since(facts.last_answer_at)
    if not facts.own or facts.last_event_at is None or days is None or days < policy.silent_days:
        return None
    return Finding(
        rule=NAME,
        key=f"{NAME}:{facts.opportunity_id}:{facts.last_answer_at}",
        severity=Severity.AMBER,
        params={"days": facts.calendar_days_since(facts.last_answer_at)},
    )
