"""A stage was left out on the way (PRODUCT.md A3)."""

from core.messages import Finding
from core.policies import Policy
from core.process.alerts.facts import OpportunityFacts
from core.terms import Severity

NAME = "stage_skipped"


def evaluate(facts: OpportunityFacts, policy: Policy) -> Finding | None:
    """Amber when a stage in `stages_not_to_skip` was passed without a visit; names the first."""
    skipped = [stage for stage in facts.skipped if stage in policy.stages_not_to_skip]
    if not facts.own or not skipped:
        return None
    return Finding(
        rule=NAME,
        key=f"{NAME}:{facts.opportunity_id}:{skipped[0]}",
        severity=Severity.AMBER,
        params={"stage": skipped[0]},
    )
