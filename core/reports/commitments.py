"""What was agreed in a morning meeting, and whether records show that it was done (PRODUCT.md D4).

Nobody ticks a commitment off. It is kept when a record of the kind that it expects came into being after it
was made and by its due time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.messages import Problem
from core.reports.brief import Cause, Source

WHAT_MAX = 300


class Proof(StrEnum):
    """The kind of record that shows that something was done.

    ACTION: any completed action with the customer; QUOTE: a quote confirmation; PROMISE: a new date agreed,
    a moved plan or an escalation of one of its promises; DEMAND: product's answer to one of its demands.
    """

    ACTION = "action"
    QUOTE = "quote"
    PROMISE = "promise"
    DEMAND = "demand"


_SHOWN_BY = {Source.PROMISE: Proof.PROMISE, Source.DEMAND: Proof.DEMAND, Source.QUOTE: Proof.QUOTE}


def expected(cause: Cause) -> tuple[Proof, int | None]:
    """The record that shows a cause dealt with, and the promise or demand that it must be about."""
    proof = _SHOWN_BY.get(cause.source, Proof.ACTION)
    return proof, cause.of if proof in (Proof.PROMISE, Proof.DEMAND) else None


class Kept(StrEnum):
    """How a commitment stands."""

    MISSED = "missed"
    OPEN = "open"
    LATE = "late"
    KEPT = "kept"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Commitment:
    """Who does what, until when.

    Attributes:
        customer: its name; the opportunity's where it has none.
        opportunity_id, about: narrow what proves it: an opportunity; a promise or a demand.
        dropped_at: given up, with a reason.
    """

    id: int
    what: str
    owner_id: int
    owner: str
    customer_id: int | None
    customer: str
    opportunity_id: int | None
    expects: Proof
    about: int | None
    due_at: datetime
    made_at: datetime
    dropped_at: datetime | None = None
    drop_reason: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """Something that was recorded with a customer.

    Attributes:
        of: id of the action, promise or demand.
        happened_at: when it was done, which may be before it was entered.
        word: an action's type; `promised`, `planned` or `escalated`; `answered`.
    """

    kind: Proof
    of: int
    customer_id: int | None
    opportunity_id: int | None
    happened_at: datetime
    word: str
    by: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A commitment held against the records; `record` is the one that shows it done."""

    commitment: Commitment
    state: Kept
    record: Record | None = None


def check(commitment: Commitment, records: Sequence[Record], now: datetime) -> Checked:
    """Hold a commitment against what was recorded.

    What happened before it was made proves nothing, however late it was entered. The first fitting record
    counts: done after the due time is late, and still done.
    """
    if commitment.dropped_at is not None:
        return Checked(commitment, Kept.DROPPED)
    proof = min((r for r in records if _proves(r, commitment)), key=lambda r: r.happened_at, default=None)
    if proof is not None:
        return Checked(commitment, Kept.KEPT if proof.happened_at <= commitment.due_at else Kept.LATE, proof)
    return Checked(commitment, Kept.OPEN if now <= commitment.due_at else Kept.MISSED)


def _proves(record: Record, commitment: Commitment) -> bool:
    kinds = {commitment.expects} | ({Proof.QUOTE} if commitment.expects is Proof.ACTION else set())
    of_actions = commitment.expects in (Proof.ACTION, Proof.QUOTE)
    narrowed = commitment.opportunity_id if of_actions else commitment.about
    where = record.opportunity_id if of_actions else record.of
    return (
        record.kind in kinds
        and record.customer_id == commitment.customer_id
        and record.happened_at > commitment.made_at
        and (narrowed is None or narrowed == where)
    )


def check_commitment(what: str, due_at: datetime, now: datetime) -> Iterator[Problem]:
    """Problems of a new commitment's own fields."""
    if not what.strip():
        yield Problem("what", "required")
    elif len(what.strip()) > WHAT_MAX:
        yield Problem("what", "too_long", {"limit": WHAT_MAX})
    if due_at <= now:
        yield Problem("due_at", "not_in_future")
