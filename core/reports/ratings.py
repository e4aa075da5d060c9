"""What reports are worth to those who read them: a mean of a month, and when a report goes offline (D5)."""

from collections.abc import Mapping
from enum import StrEnum

from core.access import Permission
from core.ballots import Tally
from core.messages import Problem
from core.policies import Policy

FIRST = 1  # the version of a report that nobody has revised
READ_WITH: Mapping[str, Permission] = {
    "pipeline": Permission.SEE_REPORTS,
    "conversion": Permission.SEE_REPORTS,
    "activity": Permission.SEE_REPORTS,
    "promises": Permission.SEE_REPORTS,
    "forecast": Permission.SEE_REPORTS,
    "process_health": Permission.SEE_HEALTH,
    "collaboration": Permission.SEE_COLLABORATION,
    "outlook": Permission.SEE_FORECAST,
    "forecast_health": Permission.SEE_FORECAST_HEALTH,
    "morning": Permission.SEE_MORNING,
}


class Verdict(StrEnum):
    """What a month's ratings mean for a report."""

    TOO_FEW = "too_few"
    STAYS = "stays"
    OFFLINE = "offline"


def subject_of(report: str, version: int) -> str:
    """The ballot's subject: a revised report is rated afresh.

    >>> subject_of("outlook", 2)
    'report:outlook:2'
    """
    return f"report:{report}:{version}"


def verdict(found: Tally | None, policy: Policy) -> Verdict:
    """Whether a report stays: its mean, with enough votes, must not lie under the policy's limit.

    Args:
        found: of one month; None where nobody voted, or too few for the box to be read.
    """
    if found is None or found.votes < policy.ballot_least:
        return Verdict.TOO_FEW
    return Verdict.OFFLINE if found.mean < policy.rating_limit else Verdict.STAYS


def check_revision(change: str) -> list[Problem]:
    """A new version says what is different."""
    return [] if change.strip() else [Problem("change", "required")]
