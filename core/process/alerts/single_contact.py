"""Everything hangs on one person at the customer (PRODUCT.md A3)."""

from core.messages import Finding
from core.policies import Policy
from core.process.alerts.facts import OpportunityFacts
from core.terms import Severity

NAME = "single_contact"


def evaluate(facts: OpportunityFacts, policy: Policy) -> Finding | None:
    """Amber when `single_contact_actions` actions or more named somebody, and always the same person.

    An action that named nobody says nothing: not every type of action asks who was there.
    """
    if facts.met != 1 or facts.actions < policy.single_contact_actions:
        return None
    return Finding(
        rule=NAME,
        key=f"{NAME}:{facts.opportunity_id}",
        severity=Severity.AMBER,
        params={"actions": facts.actions},
    )
