"""What hangs on a milestone: the bonus's factor and the freeze, once signed and not appealed (E)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from core.messages import Problem
from core.milestones.assess import State
from core.milestones.criteria import DAYS
from core.policies import Policy
from core.promises.collaboration import next_quarter, quarter_of

MOST_WORDS = 2_000
UNSIGNED_WITHIN = timedelta(days=1)


class Force(StrEnum):
    """Whether a result's consequences hold."""

    UNSIGNED = "unsigned"
    APPEALED = "appealed"  # an appeal waits for its decision
    IN_FORCE = "in_force"


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a result brings once it is in force.

    Attributes:
        month: first day of the month whose forecast bonus it moves.
        factor: by which that bonus is multiplied; 1 leaves it.
        frozen_from, frozen_until: first day of the quarter for which no new feature is planned, and the
            first day after it; None without a freeze.
    """

    month: date
    factor: float
    frozen_from: date | None = None
    frozen_until: date | None = None

    def freezes(self, planned_on: date | None) -> bool:
        """Whether a new feature may not be planned for a day."""
        if planned_on is None or self.frozen_from is None or self.frozen_until is None:
            return False
        return self.frozen_from <= planned_on < self.frozen_until


def final(verdict: State, upheld: bool) -> State:
    """What a result counts as: an appeal that was upheld makes it met; its figures stay as they are.

    >>> final(State.MISSED, True).value, final(State.LITTLE, False).value
    ('met', 'little')
    """
    return State.MET if upheld else verdict


def force(signed: bool, appeals: Sequence[bool | None]) -> Force:
    """Whether consequences hold.

    Args:
        appeals: of each whether it was upheld; None while it waits.
    """
    if None in appeals:
        return Force.APPEALED
    return Force.IN_FORCE if signed else Force.UNSIGNED


def consequence(
    day: int, due_on: date, counts_as: State, *, whole_company: bool, policy: Policy
) -> Consequence | None:
    """What a milestone brings; None where the policy ties nothing to it.

    A freeze concerns everybody's features, so only the company's own milestone brings one. What cannot be
    judged moves nothing either way.

    Args:
        policy: the one under which the result was issued.
    """
    factor, freezes = policy.bonus_factors[DAYS.index(day)], str(day) in policy.freeze_milestones
    if factor == 1 and not freezes:
        return None
    month = due_on.replace(day=1)
    if counts_as is State.MET:
        return Consequence(month, factor)
    if counts_as is State.MISSED and whole_company and freezes:
        first = next_quarter(quarter_of(due_on))
        return Consequence(month, 1.0, first, next_quarter(first))
    return Consequence(month, 1.0)


def appeal_until(issued_at: datetime, policy: Policy) -> datetime:
    """Until when a result can be appealed."""
    return issued_at + timedelta(days=policy.appeal_days)


def may_decide_anew(decided_at: datetime | None, signed_at: datetime | None) -> bool:
    """Whether the decision of an appeal can give way to the other one: until the result is signed on it.

    >>> at = datetime(2026, 3, 4)
    >>> may_decide_anew(at, None), may_decide_anew(at, at), may_decide_anew(None, None)
    (True, False, False)
    """
    return decided_at is not None and (signed_at is None or signed_at < decided_at)


def may_unsign(signed_at: datetime | None, now: datetime) -> bool:
    """Whether a signature given by mistake can be taken back: for a day.

    >>> at = datetime(2026, 3, 4, 9)
    >>> [may_unsign(at, datetime(2026, 3, 5, hour)) for hour in (9, 10)], may_unsign(None, at)
    ([True, False], False)
    """
    return signed_at is not None and now - signed_at <= UNSIGNED_WITHIN


def check_words(field: str, words: str) -> Iterator[Problem]:
    """What is wrong with the words of an appeal or of a decision."""
    if not words.strip():
        yield Problem(field, "reason_required")
    elif len(words) > MOST_WORDS:
        yield Problem(field, "too_long", {"limit": MOST_WORDS})
