"""Stalled: it has stood where it stands well past the benchmark (PRODUCT.md A3)."""

from core.messages import Finding
from core.policies import Policy
from core.process.alerts.facts import OpportunityFacts
from core.terms import Severity

NAME = "stalled"


def evaluate(facts: OpportunityFacts, policy: Policy) -> Finding | None:
    """Amber from `stalled_factor` times the stage's benchmark on; silent where there is no benchmark.

    The stay is the board's and the report's: a step back, or one more action without getting further,
    neither ends it nor begins another.
    """
    reached = facts.reached
    if reached is None or reached.benchmark_days is None:
        return None
    days = facts.days_since(reached.since) or 0.0
    if days < policy.stalled_factor * reached.benchmark_days:
        return None
    return Finding(
        rule=NAME,
        key=f"{NAME}:{facts.opportunity_id}:{reached.by or reached.since}",
        severity=Severity.AMBER,
        params={"stage": reached.stage, "days": int(days), "benchmark": reached.benchmark_days}
        | ({"at_least": True} if reached.only_seen else {}),
    )
