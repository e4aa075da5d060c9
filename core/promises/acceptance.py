"""Delivered is what the customer confirmed: how a delivery stands, what may be done, what counts (C4)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

CONFIRMED, PROBLEM = "confirmed", "problem"
KINDS = (CONFIRMED, PROBLEM)
LINK_ENDS = timedelta(days=1)  # before its end, somebody has to see to an unanswered link
FIRST, SECOND = 1, 2  # rounds: usable now, and still usable after `second_confirmation_days`


class Stand(StrEnum):
    """How a delivery stands. Only CONFIRMED is delivered."""

    NOT_READY = "not_ready"
    SENT = "sent"
    CONFIRMED = "confirmed"
    PROBLEM = "problem"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Door(StrEnum):
    """What somebody finds who opens a link."""

    OPEN = "open"
    ANSWERED = "answered"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Fulfilment(StrEnum):
    """What became of a promise."""

    OPEN = "open"
    KEPT = "kept"
    LATE = "late"
    MISSED = "missed"


class Spread(StrEnum):
    """With how many of the customers that wait for it a feature is: none, some, all, or all confirmed it; or
    nobody waits for it."""

    NOBODY = "nobody"
    NONE = "none"
    SOME = "some"
    READY = "ready"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Link:
    """One link that a customer was sent.

    Attributes:
        round: 1 asks whether it is usable, 2 whether it still is.
        turn: counts the times that the customer was asked anew, after a problem or a call back; a reminder is
            of the same turn.
    """

    round: int
    turn: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def door(self, answered: bool, now: datetime) -> Door:
        """What the link leads to: an answered turn shows its result, however old the link is.

        Args:
            answered: whether its turn has its answer.
        """
        if answered:
            return Door.ANSWERED
        if self.revoked_at is not None and self.revoked_at <= now:
            return Door.REVOKED
        return Door.OPEN if self.expires_at > now else Door.EXPIRED


@dataclass(frozen=True, slots=True)
class Answer:
    """What the customer said to one turn; there is one answer a turn at most."""

    round: int
    turn: int
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A delivery at an instant.

    Attributes:
        ready_at: when the present turn began; None before the first.
        expires_at: until when the present turn can be answered; None when it cannot.
        answered_at: of the latest answer.
        confirmed_at: of the first confirmation.
        kept_at: when what was confirmed first had been marked ready: the day that a promise is held against.
        second: the second round: "asked", "confirmed", "problem"; "" before it.
    """

    state: Stand
    ready_at: datetime | None = None
    expires_at: datetime | None = None
    answered_at: datetime | None = None
    confirmed_at: datetime | None = None
    kept_at: datetime | None = None
    second: str = ""

    @property
    def delivered(self) -> bool:
        """Whether it counts as delivered, everywhere in the product."""
        return self.state is Stand.CONFIRMED

    @property
    def second_ended(self) -> bool:
        """Whether the second question has no link any more with which it can be answered."""
        return self.second == "asked" and self.expires_at is None


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with what it is made of; `share` (0–1) is None where there is nothing to share."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        return self.part / self.whole if self.whole else None


NOT_READY = Standing(Stand.NOT_READY)
_FROM_CONFIRMED = (
    Stand.NOT_READY, Stand.PROBLEM, Stand.REVOKED, Stand.EXPIRED, Stand.SENT, Stand.CONFIRMED,
)  # fmt: skip


def standing(links: Sequence[Link], answers: Sequence[Answer], now: datetime) -> Standing:
    """How a delivery stands, as far as was known at `now`.

    A turn without an answer leaves what was confirmed before as it is; a problem undoes it.

    >>> from datetime import UTC
    >>> at = datetime(2026, 3, 4, tzinfo=UTC)
    >>> link = Link(FIRST, 1, at, at + timedelta(days=14))
    >>> standing([link], [], at).state.value, standing([link], [], at + timedelta(days=15)).state.value
    ('sent', 'expired')
    >>> standing([link], [Answer(FIRST, 1, CONFIRMED, at)], at + timedelta(days=15)).delivered
    True
    """
    links = sorted((k for k in links if k.created_at <= now), key=lambda k: (k.turn, k.created_at))
    answers = sorted((a for a in answers if a.at <= now), key=lambda a: a.turn)
    if not links:
        return NOT_READY
    turn = [k for k in links if k.turn == links[-1].turn]
    latest = answers[-1] if answers else None
    answered = latest is not None and latest.turn == turn[0].turn
    alive = [k.expires_at for k in turn if k.door(answered, now) is Door.OPEN]
    first = next((a for a in answers if a.kind == CONFIRMED), None)
    return Standing(
        _state(latest, answered, bool(alive), turn, now),
        ready_at=turn[0].created_at,
        expires_at=max(alive, default=None),
        answered_at=latest.at if latest else None,
        confirmed_at=first.at if first else None,
        kept_at=min(k.created_at for k in links if k.turn == first.turn) if first else None,
        second=_second(links, answers),
    )


def _state(latest: Answer | None, answered: bool, alive: bool, turn: list[Link], now: datetime) -> Stand:
    if latest and latest.kind == CONFIRMED:
        return Stand.CONFIRMED
    if latest and answered:
        return Stand.PROBLEM
    if alive:
        return Stand.SENT
    revoked = turn[-1].revoked_at
    return Stand.REVOKED if revoked is not None and revoked <= now else Stand.EXPIRED


def _second(links: list[Link], answers: list[Answer]) -> str:
    said = [a.kind for a in answers if a.round == SECOND]
    if said:
        return said[-1]
    return "asked" if any(k.round == SECOND for k in links) else ""


def on_plan(seen: Standing) -> bool:
    """Whether the customer waits for the plan: nothing is ready, it was called back, or it has a problem.

    >>> on_plan(NOT_READY), on_plan(Standing(Stand.SENT)), on_plan(Standing(Stand.PROBLEM))
    (True, False, True)
    """
    return seen.state in (Stand.NOT_READY, Stand.PROBLEM, Stand.REVOKED)


def furthest(seen: Iterable[Standing]) -> Standing:
    """Of all that one customer waits for with a feature, what is furthest from being confirmed."""
    return min(seen, key=lambda one: _FROM_CONFIRMED.index(one.state))


def spread(seen: Collection[Standing]) -> Spread:
    """How far a feature has come with the customers that wait for it, each as they stand.

    >>> spread([]).value, spread([Standing(Stand.CONFIRMED)] * 2).value
    ('nobody', 'confirmed')
    >>> spread([Standing(Stand.CONFIRMED), NOT_READY]).value, spread([Standing(Stand.SENT)]).value
    ('some', 'ready')
    """
    if not seen:
        return Spread.NOBODY
    waits = sum(on_plan(one) for one in seen)
    if waits == len(seen):
        return Spread.NONE
    if waits:
        return Spread.SOME
    return Spread.CONFIRMED if all(one.delivered for one in seen) else Spread.READY


def may_send(seen: Standing) -> bool:
    """Whether the customer can be sent a fresh link: while what they were asked last is not confirmed."""
    return seen.state is not Stand.NOT_READY and (not seen.delivered or seen.second == "asked")


def may_revoke(seen: Standing) -> bool:
    """Whether there is a link to call back."""
    return seen.expires_at is not None


def second_from(seen: Standing, second_confirmation_days: int) -> datetime | None:
    """From when on the customer is to be asked a second time; None unless it is confirmed and was not."""
    if seen.state is not Stand.CONFIRMED or seen.second or seen.confirmed_at is None:
        return None
    return seen.confirmed_at + timedelta(days=second_confirmation_days)


def second_due(seen: Standing, second_confirmation_days: int, now: datetime) -> bool:
    """Whether the customer is to be asked a second time now."""
    since = second_from(seen, second_confirmation_days)
    return since is not None and now >= since


def reminder_due(seen: Standing, acceptance_days: int, remind_days: int, now: datetime) -> bool:
    """Whether a link without an answer ends so soon that the customer is reminded.

    A company whose links live no longer than the time of the reminder sends none.
    """
    if seen.expires_at is None or acceptance_days <= remind_days:
        return False
    return seen.expires_at - timedelta(days=remind_days) <= now


def to_chase(seen: Standing, now: datetime) -> bool:
    """Whether nobody has confirmed it and its link has run out, or does within a day.

    What was called back is not with the customer: it waits to be made ready again.

    >>> from datetime import UTC
    >>> at = datetime(2026, 3, 4, tzinfo=UTC)
    >>> [to_chase(Standing(state), at) for state in (Stand.EXPIRED, Stand.CONFIRMED, Stand.REVOKED)]
    [True, False, False]
    >>> [to_chase(Standing(Stand.SENT, expires_at=at + timedelta(hours=h)), at) for h in (24, 25)]
    [True, False]
    """
    if seen.state is Stand.SENT and seen.expires_at is not None:
        return seen.expires_at - LINK_ENDS <= now
    return seen.state is Stand.EXPIRED


def fulfilment(promised_on: date, seen: Standing, kept_on: date | None, today: date) -> Fulfilment:
    """What became of a promise: without the customer's confirmation nothing was delivered.

    Args:
        kept_on: the company's day of `seen.kept_at`.

    >>> day = date(2026, 3, 10)
    >>> fulfilment(day, Standing(Stand.SENT), None, today=date(2026, 3, 11)).value
    'missed'
    >>> fulfilment(day, Standing(Stand.CONFIRMED), date(2026, 3, 10), today=date(2026, 4, 1)).value
    'kept'
    """
    if seen.delivered and kept_on is not None:
        return Fulfilment.KEPT if kept_on <= promised_on else Fulfilment.LATE
    return Fulfilment.MISSED if promised_on < today else Fulfilment.OPEN


def confirmation_rate(seen: Iterable[Standing]) -> Rate:
    """Of what customers were asked to confirm, and that was not called back, how much they did."""
    asked = [s for s in seen if s.state not in (Stand.NOT_READY, Stand.REVOKED)]
    return Rate(sum(s.delivered for s in asked), len(asked))


def second_rate(seen: Iterable[Standing]) -> Rate:
    """Of the deliveries asked about a second time, how many were confirmed again (C5)."""
    asked = [s for s in seen if s.second]
    return Rate(sum(s.second == CONFIRMED for s in asked), len(asked))
