"""How many opportunities go on from each stage (A3): the reference that the store's SQL must equal."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.process.metrics import advances
from core.process.stages import STAGES, StageEvent
from core.terms import Outcome

FUNNEL_DAYS = 180  # opportunities that reached a stage within so many days
YOUNG_DAYS = 30  # those that reached it within the last so many are too young to judge


class Fate(StrEnum):
    """What became of an opportunity that reached a stage."""

    ON = "on"  # got to a later stage, or was won
    ENDED = "ended"  # closed without
    WAITING = "waiting"  # open, and not further after `YOUNG_DAYS`
    YOUNG = "young"  # reached the stage in the last `YOUNG_DAYS`, whatever became of it


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the funnel.

    Attributes:
        on, ended, waiting: of the opportunities that reached it long enough ago.
        young: those that reached it lately. Left out of the rate altogether: counting the quick ones
            among them and not the slow ones would flatter it.
    """

    stage: str
    on: int = 0
    ended: int = 0
    waiting: int = 0
    young: int = 0

    @property
    def judged(self) -> int:
        """How many the rate rests on."""
        return self.on + self.ended + self.waiting

    @property
    def rate(self) -> float | None:
        """Share that went on, 0–1; None when there is nothing to judge."""
        return self.on / self.judged if self.judged else None


def fates(
    events: Iterable[StageEvent], outcome: str, now: datetime, order: Sequence[str] = STAGES
) -> dict[str, Fate]:
    """The fate of one opportunity at each stage that it reached in the window.

    A stage counts as reached with the first advance to it or to a later one: who jumps over a stage has
    passed it (how often that happens is the skip rate). From the last stage only winning leads on.

    >>> from datetime import datetime, UTC
    >>> day = lambda n: datetime(2026, 1, n, tzinfo=UTC)
    >>> log = [StageEvent("a", day(1), 1), StageEvent("c", day(3), 2)]
    >>> {k: str(v) for k, v in fates(log, "open", datetime(2026, 3, 1, tzinfo=UTC), "abcd").items()}
    {'a': 'on', 'b': 'on', 'c': 'waiting'}
    """
    reached = [(order.index(e.stage), e.happened_at) for e in advances(events, order)]
    found: dict[str, Fate] = {}
    for place, stage in enumerate(order):
        at = min((t for p, t in reached if p >= place), default=None)
        if at is None or not now - timedelta(days=FUNNEL_DAYS) < at <= now:
            continue
        further = any(p > place for p, _ in reached) or outcome == Outcome.WON
        found[stage] = _fate(at, further, outcome, now)
    return found


def _fate(at: datetime, further: bool, outcome: str, now: datetime) -> Fate:
    if at > now - timedelta(days=YOUNG_DAYS):
        return Fate.YOUNG
    if further:
        return Fate.ON
    return Fate.WAITING if outcome == Outcome.OPEN else Fate.ENDED


def funnel(
    cases: Iterable[tuple[Iterable[StageEvent], str]], now: datetime, order: Sequence[str] = STAGES
) -> tuple[Step, ...]:
    """The funnel of many opportunities, each its events and its outcome."""
    counts = Counter(pair for events, outcome in cases for pair in fates(events, outcome, now, order).items())
    return tuple(Step(stage, **{str(f): counts[(stage, f)] for f in Fate}) for stage in order)
