"""The quote is about to expire, or has just expired (PRODUCT.md A3)."""

from core.messages import Finding
from core.policies import Policy
from core.process.alerts.facts import OpportunityFacts
from core.terms import Severity

NAME = "quote_expiring"
GONE_DAYS = 30  # an expired quote is another story after these


def evaluate(facts: OpportunityFacts, policy: Policy) -> Finding | None:
    """Amber from `quote_expiry_days` before the latest quote's last day on; once it is over, it says so."""
    quote = facts.last_quote
    if quote is None or quote.valid_until is None:
        return None
    left = (quote.valid_until - facts.as_of.date()).days
    if not -GONE_DAYS <= left <= policy.quote_expiry_days:
        return None
    return Finding(
        rule=NAME,
        key=f"{NAME}:{facts.opportunity_id}:{quote.action_id}",
        severity=Severity.AMBER,
        params={"on": quote.valid_until} | ({"ended": True} if left < 0 else {}),
        drivers=(quote.action_id,),
    )
