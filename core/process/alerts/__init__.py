"""The registry of alerts: one rule a file, each a pure `evaluate(facts, policy) -> Finding | None`."""

from collections.abc import Callable, Iterator

from core.messages import Finding
from core.policies import Policy
from core.process.alerts import (
    customer_silent,
    demos_without_quote,
    next_step_missing,
    next_step_overdue,
    quote_expiring,
    quote_unanswered,
    recording_implausible,
    recording_reused,
    single_contact,
    stage_skipped,
    stalled,
)
from core.process.alerts.facts import OpportunityFacts

Rule = Callable[[OpportunityFacts, Policy], Finding | None]

RULES: dict[str, Rule] = {
    rule.NAME: rule.evaluate
    for rule in (
        demos_without_quote,
        stalled,
        next_step_overdue,
        next_step_missing,
        customer_silent,
        quote_unanswered,
        quote_expiring,
        stage_skipped,
        single_contact,
        recording_reused,
        recording_implausible,
    )
}


def findings(facts: OpportunityFacts, policy: Policy) -> Iterator[Finding]:
    """Every rule's finding on one opportunity, but those of rules that the company switched off."""
    for name, evaluate in RULES.items():
        if name not in policy.alerts_off and (finding := evaluate(facts, policy)):
            yield finding
