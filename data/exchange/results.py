"""What became of a file's rows, or would."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.exchange.rows import Rejection
from data.exchange.holding import seen_by
from data.exchange.plan import Plan, Read


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file's rows.

    Attributes:
        batch_id: with which it can be undone; None when nothing was written.
        without_customer: lines of opportunities that belong to no customer.
        namesakes: lines of new customers with the name of another.
        since_unsaid: lines of open opportunities of which the file does not say since when they stand there.
        role_unsaid: lines of new people whose role the file does not say: they are sales reps.
        owner_out: lines of customers and open opportunities whose owner is locked out.
        closes_early: lines of opportunities that are expected to close before they were opened.
        seen: of a dry run what stood where it would change something; the import that follows takes it.
    """

    accepted: int
    updated: int
    duplicates: int
    rejected: tuple[Rejection, ...]
    batch_id: int | None = None
    without_customer: tuple[int, ...] = ()
    namesakes: tuple[int, ...] = ()
    since_unsaid: tuple[int, ...] = ()
    role_unsaid: tuple[int, ...] = ()
    owner_out: tuple[int, ...] = ()
    closes_early: tuple[int, ...] = ()
    seen: Mapping[Read, Any] = field(default_factory=dict, compare=False, repr=False)


def result_of(plan: Plan, batch_id: int | None = None) -> ImportResult:
    """What a plan means for the person who imports."""
    rejected = tuple(sorted(plan.rejected, key=lambda r: r.line))
    seen = seen_by(plan) if batch_id is None else {}
    return ImportResult(
        plan.accepted,
        plan.updated,
        plan.duplicates,
        rejected,
        batch_id,
        tuple(plan.without_customer),
        tuple(plan.namesakes),
        tuple(plan.since_unsaid),
        tuple(plan.role_unsaid),
        tuple(plan.owner_out),
        tuple(plan.closes_early),
        seen,
    )
