"""What alert rules may look at: one opportunity's present state, as the store's projection keeps it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OpportunityFacts:
    """State of one open opportunity.

    Attributes:
        stage: key of its present stage.
        stage_since: start of the present run in that stage, UTC; None without events.
        run_length: events in that run.
        run_started_by: id of the action that began the run; None for an imported stage change.
    """

    opportunity_id: int
    stage: str
    stage_since: datetime | None
    run_length: int
    run_started_by: int | None
