"""The registry of alerts: one rule a file, each a pure `evaluate(facts, policy) -> Finding | None`."""

from collections.abc import Callable, Iterator

from core.messages import Finding
from core.policies import Policy
from core.process.alerts import demos_without_quote
from core.process.alerts.facts import OpportunityFacts

Rule = Callable[[OpportunityFacts, Policy], Finding | None]

RULES: dict[str, Rule] = {
    demos_without_quote.NAME: demos_without_quote.evaluate,
}


def findings(facts: OpportunityFacts, policy: Policy) -> Iterator[Finding]:
    """Every rule's finding on one opportunity."""
    for evaluate in RULES.values():
        if finding := evaluate(facts, policy):
            yield finding
