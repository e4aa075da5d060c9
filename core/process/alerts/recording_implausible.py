"""Recordings in which nobody seems to speak serve as evidence (PRODUCT.md A3)."""

from core.messages import Finding
from core.policies import Policy
from core.process.alerts.facts import Heard, OpportunityFacts
from core.process.recordings import fault
from core.terms import Severity

NAME = "recording_implausible"


def evaluate(facts: OpportunityFacts, policy: Policy) -> Finding | None:
    """Amber when a recording is silent, too short or unreadable, or its transcript is none that anybody says.

    The newest one names the cause: what was settled is not told again. Evidence to look at, no verdict.
    """
    doubtful = tuple(heard.action_id for heard in facts.recordings if _is_doubtful(heard, policy))
    if not doubtful:
        return None
    return Finding(
        rule=NAME,
        key=f"{NAME}:{facts.opportunity_id}:{max(doubtful)}",
        severity=Severity.AMBER,
        params={"actions": len(doubtful)},
        drivers=doubtful,
    )


def _is_doubtful(heard: Heard, policy: Policy) -> bool:
    return heard.unspoken or (heard.sound is not None and fault(heard.sound, policy) is not None)
