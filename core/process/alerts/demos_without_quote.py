"""Three demos in a row and no quote: the customer watches and does not buy (PRODUCT.md A3)."""

from core.messages import Finding
from core.policies import Policy
from core.process.alerts.facts import OpportunityFacts
from core.terms import Severity

NAME = "demos_without_quote"


def evaluate(facts: OpportunityFacts, policy: Policy) -> Finding | None:
    """Red when the present run is of demos and as long as the policy's limit.

    The key holds the run's first demo: a fourth demo is the same cause and is not told again;
    a quote ends the run, and demos after it are a new cause.
    """
    if facts.stage != "solution_demo" or facts.run_length < policy.demos_without_quote:
        return None
    return Finding(
        rule=NAME,
        key=f"{NAME}:{facts.opportunity_id}:{facts.run_started_by or facts.stage_since}",
        severity=Severity.RED,
        params={"demos": facts.run_length, "since": facts.stage_since},
    )
