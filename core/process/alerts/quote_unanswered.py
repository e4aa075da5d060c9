"""Two quotes in a row without an answer (PRODUCT.md A3)."""

from core.messages import Finding
from core.policies import Policy
from core.process.alerts.facts import OpportunityFacts
from core.terms import Severity

NAME = "quote_unanswered"


def evaluate(facts: OpportunityFacts, policy: Policy) -> Finding | None:
    """Amber from `quotes_unanswered` quotes on that the customer did not answer."""
    if len(facts.quotes) < policy.quotes_unanswered:
        return None
    return Finding(
        rule=NAME,
        key=f"{NAME}:{facts.opportunity_id}:{facts.quotes[0].action_id}",
        severity=Severity.AMBER,
        params={
            "quotes": len(facts.quotes),
            "days": facts.calendar_days_since(facts.quotes[0].made_at),
        },
        drivers=tuple(quote.action_id for quote in facts.quotes),
    )
