"""One recording serves as evidence of several actions (PRODUCT.md A3)."""

from core.messages import Finding
from core.policies import Policy
from core.process.alerts.facts import OpportunityFacts
from core.terms import Severity

NAME = "recording_reused"


def evaluate(facts: OpportunityFacts, policy: Policy) -> Finding | None:
    """Amber when the same content was kept with another action too; evidence to look at, no verdict."""
    del policy
    if not facts.reused:
        return None
    return Finding(
        rule=NAME,
        key=f"{NAME}:{facts.opportunity_id}:{min(facts.reused)}",
        severity=Severity.AMBER,
        params={"actions": len(facts.reused)},
        drivers=facts.reused,
    )
