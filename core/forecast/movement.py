"""Why a forecast moved between two days: parts that add up exactly to the difference (B7).

Each opportunity counts with what it brought if it was won in the period by then, with its value while it
was open, with nothing otherwise. For one that is open on both days, chance and amount share the change: each
takes its own difference at the mean of the other, so that neither order matters. Of the amount's share only
what stood in the books otherwise is told as an amount that was raised or lowered.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

NEW, WON, LOST, REOPENED = "new", "won", "lost", "reopened"
TAKEN_OVER, HANDED_OVER = "taken_over", "handed_over"
PULLED_IN, PUSHED_OUT = "pulled_in", "pushed_out"
CHANCE_UP, CHANCE_DOWN, AMOUNT_UP, AMOUNT_DOWN = "chance_up", "chance_down", "amount_up", "amount_down"
USUAL_UP, USUAL_DOWN = "usual_up", "usual_down"
ARRIVALS, UNDONE, ADJUSTMENT = "arrivals", "undone", "adjustment"
PARTS = (
    WON,
    NEW,
    TAKEN_OVER,
    PULLED_IN,
    CHANCE_UP,
    AMOUNT_UP,
    USUAL_UP,
    LOST,
    HANDED_OVER,
    PUSHED_OUT,
    CHANCE_DOWN,
    AMOUNT_DOWN,
    USUAL_DOWN,
    REOPENED,
    ARRIVALS,
    UNDONE,
    ADJUSTMENT,
)
_EXACT = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Stood:
    """How an opportunity stood in a snapshot: `won` with its amount, or open with value, chance, close.

    `amount` is what it was expected to bring if won, `booked` what stood in the books.
    """

    value: Decimal
    won: bool = False
    chance: float = 0.0
    amount: Decimal = Decimal(0)
    close_on: date | None = None
    booked: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """A snapshot.

    Attributes:
        value: the forecast of the whole period.
        stood: opportunities by id.
        fresh: what is expected of opportunities not yet in the books.
        undone: what it holds of opportunities whose import was undone since.
    """

    value: Decimal
    stood: Mapping[int, Stood]
    fresh: Decimal
    undone: Decimal = Decimal(0)

    @property
    def adjustment(self) -> Decimal:
        """What season and past misses add to, or take from, the sum of the parts."""
        return self.value - self.fresh - self.undone - sum((s.value for s in self.stood.values()), Decimal(0))


@dataclass(frozen=True, slots=True)
class Move:
    """One opportunity's share in a part; no opportunity for what is not in the books, and the adjustment."""

    part: str
    opportunity_id: int | None
    value: Decimal


def movement(before: Whole, after: Whole, elsewhere: Container[int] = ()) -> tuple[Move, ...]:
    """All moves between two snapshots of one period; they add up to `after.value - before.value`.

    Args:
        elsewhere: opportunities that stand in both, in one of them with people whose part is not seen.
    """
    found: list[Move] = []
    for key in sorted({*before.stood, *after.stood}):
        was, now = before.stood.get(key), after.stood.get(key)
        found += _handed(key, was, now) if key in elsewhere else _moves(key, was, now)
    found.append(Move(ARRIVALS, None, after.fresh - before.fresh))
    found.append(Move(UNDONE, None, after.undone - before.undone))
    found.append(Move(ADJUSTMENT, None, after.adjustment - before.adjustment))
    return tuple(move for move in found if move.value)


def sums(moves: Sequence[Move]) -> dict[str, Decimal]:
    """The parts that are not nothing, in their order."""
    found = {part: sum((m.value for m in moves if m.part == part), Decimal(0)) for part in PARTS}
    return {part: value for part, value in found.items() if value}


def _moves(key: int, was: Stood | None, now: Stood | None) -> list[Move]:
    change = (now.value if now else Decimal(0)) - (was.value if was else Decimal(0))
    if was and now and was.won == now.won:
        return _both_won(key, change) if now.won else _both_open(key, was, now, change)
    return [Move(_turn(was, now), key, change)]


def _handed(key: int, was: Stood | None, now: Stood | None) -> list[Move]:
    change = (now.value if now else Decimal(0)) - (was.value if was else Decimal(0))
    return [Move(TAKEN_OVER if now else HANDED_OVER, key, change)]


def _turn(was: Stood | None, now: Stood | None) -> str:
    if now and now.won:
        return WON
    if was and was.won:
        return REOPENED
    return NEW if was is None else LOST


def _both_won(key: int, change: Decimal) -> list[Move]:
    return [Move(AMOUNT_UP if change > 0 else AMOUNT_DOWN, key, change)]


def _both_open(key: int, was: Stood, now: Stood, change: Decimal) -> list[Move]:
    mean = Decimal(repr((was.chance + now.chance) / 2))
    amount = (_rebooked(was, now) * mean).quantize(_EXACT)
    usual = ((now.amount - was.amount) * mean).quantize(_EXACT) - amount
    chance = change - amount - usual
    return [
        Move(AMOUNT_UP if amount > 0 else AMOUNT_DOWN, key, amount),
        Move(USUAL_UP if usual > 0 else USUAL_DOWN, key, usual),
        Move(_chance_part(was.close_on, now.close_on, chance), key, chance),
    ]


def _rebooked(was: Stood, now: Stood) -> Decimal:
    """What another amount in the books changed; the rest is what wins usually bring for what is booked."""
    if was.booked == now.booked:
        return Decimal(0)
    if not was.booked or not now.booked:
        return now.amount - was.amount
    return (now.booked - was.booked) * (was.amount / was.booked + now.amount / now.booked) / 2


def _chance_part(was: date | None, now: date | None, change: Decimal) -> str:
    """A changed chance is told as a moved closing where the expected close moved the same way."""
    if was and now and was > now and change > 0:
        return PULLED_IN
    if was and now and was < now and change < 0:
        return PUSHED_OUT
    return CHANCE_UP if change > 0 else CHANCE_DOWN
