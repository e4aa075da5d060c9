"""What was agreed in a morning meeting, and whether records show that it was done (PRODUCT.md D4).

Nobody ticks a commitment off. It is kept when a record of the kind that it expects came into being after it
was made and by its due time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.messages import Problem
from core.reports.brief import Cause, Source

WHAT_MAX = 300


class Proof(StrEnum):
    """The kind of record that shows that something was done.

    ACTION: any completed action with the customer; QUOTE: a quote confirmation; PROMISE: a new date agreed,
    a moved plan, a planned feature for or an escalation of one of its promises; DEMAND: product's answer to
    one of its demands; STEP: the planned action that it is about was recorded, put off or called off, or
    anything else was done with the customer since.
    """

    ACTION = "action"
    QUOTE = "quote"
    PROMISE = "promise"
    DEMAND = "demand"
    STEP = "step"


BY_HAND = (Proof.ACTION, Proof.QUOTE, Proof.PROMISE, Proof.DEMAND)  # a step is one that a brief names
_ABOUT = (Proof.PROMISE, Proof.DEMAND, Proof.STEP)
_OF_ACTIONS = (Proof.ACTION, Proof.QUOTE, Proof.STEP)
_SHOWN_BY = {
    Source.PROMISE: Proof.PROMISE,
    Source.DEMAND: Proof.DEMAND,
    Source.QUOTE: Proof.QUOTE,
    Source.STEP: Proof.STEP,
}


def expected(cause: Cause) -> tuple[Proof, int | None]:
    """The record that shows a cause dealt with, and the promise, demand, step or alert that it is about."""
    proof = _SHOWN_BY.get(cause.source, Proof.ACTION)
    return proof, cause.of if proof in _ABOUT or cause.source is Source.ALERT else None


def about_still(about: int | None, was: Proof, now: Proof) -> int | None:
    """What a commitment is about once another record shall show it.

    An action and a quote may both be about an alert; anything else is about what only such a record shows.

    >>> about_still(7, Proof.ACTION, Proof.QUOTE), about_still(7, Proof.PROMISE, Proof.ACTION)
    (7, None)
    """
    return about if was is now or {was, now} == {Proof.ACTION, Proof.QUOTE} else None


def about_alert(c: "Commitment", alert: int, step: int | None) -> bool:
    """Whether it was agreed on about an alert, or about the planned step that the alert is about."""
    if c.expects is Proof.STEP:
        return step is not None and c.about == step
    return c.expects in (Proof.ACTION, Proof.QUOTE) and c.about == alert


_SHOWING = {
    Proof.ACTION: (Proof.ACTION, Proof.QUOTE),
    Proof.STEP: (Proof.STEP, Proof.ACTION, Proof.QUOTE),
}


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
        opportunity_id, about: narrow what proves it: an opportunity; a promise, a demand or a planned action.
            An action or a quote may be about an alert, which narrows nothing.
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
        happened_at: when it was done, which may be before it was entered; of a step when it was entered, as
            its being settled is what was agreed on.
        word: an action's type; `called_off`; `promised`, `planned`, `named` or `escalated`; `answered`;
            `taken_back`.
        started_at: of a visit, by which people name it.
    """

    kind: Proof
    of: int
    customer_id: int | None
    opportunity_id: int | None
    happened_at: datetime
    word: str
    by: str | None
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A commitment held against the records.

    Attributes:
        record: the one that shows it done.
        before: how often the same was agreed on earlier and not done.
    """

    commitment: Commitment
    state: Kept
    record: Record | None = None
    before: int = 0


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


def thing(c: Commitment) -> tuple[object, ...]:
    """What was agreed on, whenever it was: the same of the same person about the same."""
    return c.owner_id, c.customer_id, c.opportunity_id, c.expects, c.about, c.what


def asked_once(found: Iterable[Checked]) -> list[Checked]:
    """What is not done, or was given up, and was agreed on again stands once, as it was agreed on last.

    Whoever was told the same three mornings running has one thing to do, not three.
    """
    kept: dict[object, Checked] = {}
    for one in sorted(found, key=lambda c: (c.commitment.made_at, c.commitment.id)):
        done = one.state in (Kept.LATE, Kept.KEPT)
        same = one.commitment.id if done else thing(one.commitment)
        earlier = kept.pop(same, None)
        kept[same] = replace(one, before=earlier.before + 1) if earlier else one
    return list(kept.values())


def renewed(missed: Iterable[Commitment], made: Iterable[Commitment]) -> set[int]:
    """Ids of what was not done and is agreed on again, by whomever.

    It is about the same in the same words, or about the same where nothing stands in these words; what was
    given up since counts for nothing.
    """
    earlier, found = list(missed), set[int]()
    for one in (c for c in made if c.dropped_at is None):
        same = [c for c in earlier if _matter(c) == _matter(one)]
        found |= {c.id for c in [c for c in same if c.what == one.what] or same}
    return found


def agreed_again(followed: Iterable[Checked], made: Iterable[Checked]) -> set[int]:
    """Ids of what is not done and was agreed on again, and of what agrees on it again.

    Args:
        followed: of earlier meetings.
        made: of this one.
    """
    waited = [c.commitment for c in followed if c.state in (Kept.MISSED, Kept.OPEN)]
    mine = [c.commitment for c in made]
    return renewed(waited, mine) | {c.id for c in mine if renewed(waited, [c])}


def asked_anew(found: Iterable[tuple[int, Checked]]) -> set[int]:
    """Ids of what is not done and a later meeting agreed on again, in whatever words and by whomever.

    About nothing but a customer, other words are another thing. What is `found` has its meeting's id.
    """
    known = [(m, c.commitment, c.state in (Kept.MISSED, Kept.OPEN)) for m, c in found]
    again = set[int]()
    for meeting in {m for m, *_ in known}:
        waited = [c for m, c, undone in known if m < meeting and undone]
        again |= renewed(waited, [c for m, c, _ in known if m == meeting and c.about is not None])
    return again


def given_up_with(one: int, waiting: Sequence[tuple[int, Checked]]) -> set[int]:
    """Ids of what is given up with one that waits: it, and the same that meetings before agreed on.

    Args:
        waiting: what is not done, each with its meeting's id.
    """
    [(of, last)] = [(m, c.commitment) for m, c in waiting if c.commitment.id == one]
    same = [c.commitment for _, c in waiting if thing(c.commitment) == thing(last)]
    for meeting in sorted({m for m, _ in waiting if m < of and last.about is not None}, reverse=True):
        there = [c.commitment for m, c in waiting if m == meeting]
        again = renewed(there, same)
        same += [c for c in there if c.id in again]
    return {c.id for c in same}


def _matter(c: Commitment) -> tuple[object, ...]:
    return c.customer_id, c.opportunity_id, c.expects, c.about


def _proves(record: Record, commitment: Commitment) -> bool:
    if record.kind is Proof.STEP and record.of != commitment.about:
        return False
    of_actions = commitment.expects in _OF_ACTIONS
    narrowed = commitment.opportunity_id if of_actions else commitment.about
    where = record.opportunity_id if of_actions else record.of
    return (
        record.kind in _SHOWING.get(commitment.expects, (commitment.expects,))
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
