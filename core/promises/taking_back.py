"""Taking back what was entered by mistake: who may, until when, and why (PRODUCT.md C1, C3, C6).

Nothing is erased: what is taken back stays, with who did it and why, and counts no more.
"""

from dataclasses import dataclass

from core.access import Permission, Reach, Who, reach
from core.messages import Problem

MAX_REASON = 1_000


@dataclass(frozen=True, slots=True)
class Entered:
    """A record as taking it back sees it.

    Attributes:
        by: who entered it; None of an import without a name.
        taken_back: whether that was done before.
        settled: whether somebody acted on it: it is answered, or was marked ready for the customer.
        over: whether its day is past: from then on it counts whether it was kept.
    """

    by: int | None
    taken_back: bool
    settled: bool
    over: bool = False


def hindrance(record: Entered, who: Who, needs: Permission) -> str | None:
    """Why somebody who reaches a record may not take it back, a code under `errors`; None where they may.

    Whoever entered it may, and whoever leads; once its day is past only who leads may, so that nobody takes
    back what they did not keep.

    Args:
        needs: the permission with which such records are entered; its reach says who leads.
    """
    leads = reach(who, needs) in (Reach.TEAM, Reach.ALL)
    mine = record.by is not None and record.by == who.person_id
    found = {
        "taken_back": record.taken_back,
        "acted_upon": record.settled,
        "not_yours": not (mine or leads),
        "day_is_past": record.over and not leads,
    }
    return next((code for code, holds in found.items() if holds), None)


def check_reason(reason: str) -> tuple[Problem, ...]:
    """All problems of a reason for taking something back.

    >>> [p.code for p in check_reason(" ")]
    ['reason_required']
    """
    if not reason.strip():
        return (Problem("reason", "reason_required"),)
    return (Problem("reason", "too_long", {"limit": MAX_REASON}),) if len(reason) > MAX_REASON else ()
