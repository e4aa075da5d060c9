"""Stalled: it has stayed in its stage well past the benchmark (PRODUCT.md A3)."""

from core.messages import Finding
from core.policies import Policy
from core.process.alerts.facts import OpportunityFacts
from core.terms import Severity

NAME = "stalled"


def evaluate(facts: OpportunityFacts, policy: Policy) -> Finding | None:
    """Amber from `stalled_factor` times the stage's benchmark on; silent where there is no benchmark."""
    days = facts.days_since(facts.stage_since)
    if days is None or facts.benchmark_days is None or days < policy.stalled_factor * facts.benchmark_days:
        return None
    return Finding(
        rule=NAME,
        key=f"{NAME}:{facts.opportunity_id}:{facts.run_started_by or facts.stage_since}",
        severity=Severity.AMBER,
        params={"stage": facts.stage, "days": int(days), "benchmark": facts.benchmark_days},
    )
