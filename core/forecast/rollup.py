"""A snapshot by category, team and person: sums that add up exactly to its whole (B2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Protocol

from core.forecast.calibration import ACCEPTED, REJECTED
from core.intervals import Z80
from core.policies import Policy

COMMIT, BEST_CASE, PIPELINE = "commit", "best_case", "pipeline"
CATEGORIES = (COMMIT, BEST_CASE, PIPELINE)


class Worth(Protocol):
    """What a sum needs of an open opportunity: its chance 0–1, amount if won, and value."""

    @property
    def chance(self) -> float: ...
    @property
    def scorecard_chance(self) -> float: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def value(self) -> Decimal: ...
    @property
    def decision(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Sum:
    """Open opportunities taken together: how many, what they bring if all are won, what is expected."""

    lines: int
    amount: Decimal
    value: Decimal


def category(line: Worth, policy: Policy) -> str:
    """Commit, best case or pipeline, by the chance that counts; nobody types it.

    The scorecard's chance counts where the suggestion was rejected, the model's otherwise. An accepted
    suggestion of at least a best case is committed to.
    """
    chance = line.scorecard_chance if line.decision == REJECTED else line.chance
    if chance >= policy.commit_chance:
        return COMMIT
    if chance < policy.best_case_chance:
        return PIPELINE
    return COMMIT if line.decision == ACCEPTED else BEST_CASE


def by_category(lines: Iterable[Worth], policy: Policy) -> Mapping[str, Sum]:
    """The sums of all three categories; together they are all lines."""
    ordered = sorted(lines, key=lambda line: category(line, policy))
    found = {name: total(list(some)) for name, some in groupby(ordered, lambda line: category(line, policy))}
    return {name: found.get(name, Sum(0, Decimal(0), Decimal(0))) for name in CATEGORIES}


def total(lines: Sequence[Worth]) -> Sum:
    """The sum of lines."""
    return Sum(
        len(lines),
        sum((line.amount for line in lines), Decimal(0)),
        sum((line.value for line in lines), Decimal(0)),
    )


def band(won: Decimal, lines: Sequence[Worth]) -> tuple[Decimal, Decimal]:
    """80% range of what was won and these lines bring, if the chances are right and wins independent.

    It knows nothing of what is not in the books yet. Not less than what was won already.
    """
    variance = sum(float(line.amount) ** 2 * line.chance * (1 - line.chance) for line in lines)
    reach = Decimal(repr(Z80 * variance**0.5)).quantize(Decimal("0.01"))
    middle = won + total(lines).value
    return max(won, middle - reach), middle + reach
