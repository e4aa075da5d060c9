"""What was known of a pipeline's opportunities at any instant: the only door to data for forecasts (B7).

Everything carries two times, when it happened and when it was recorded. `History.as_of(t)` sees what was
recorded before `t` and nothing else, so a late or back-dated entry never changes a past forecast.

Times are days since 1970-01-01 UTC as floats; NaN is unknown.
"""

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from core.forecast.arrays import Bools as Bools
from core.forecast.arrays import Floats as Floats
from core.forecast.arrays import Ints as Ints
from core.forecast.occasions import Occasion
from core.forecast.signals import Signals, none

WON, LOST, OPEN = 1, -1, 0


@dataclass(frozen=True, slots=True)
class Track:
    """How one field of the opportunities changed: `value` holds from `recorded` on.

    Attributes:
        start: value when the opportunity became known, shape (opportunities,).
        of, recorded, value: the changes by recording time; `of` is the opportunity's index.
    """

    start: Floats
    of: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    recorded: Floats = field(default_factory=lambda: np.zeros(0))
    value: Floats = field(default_factory=lambda: np.zeros(0))

    def at(self, t: float) -> Floats:
        """Values as of `t`; the last recorded change wins."""
        known = int(np.searchsorted(self.recorded, t, side="left"))
        values = self.start.copy()
        values[self.of[:known]] = self.value[:known]
        return values

    def changes_by(self, t: float) -> Ints:
        """How often each opportunity's value had changed by `t`."""
        known = int(np.searchsorted(self.recorded, t, side="left"))
        return np.bincount(self.of[:known], minlength=len(self.start))

    def rises_by(self, t: float) -> Ints:
        """How often each opportunity's value had grown by `t`; from or to the unknown is no growth."""
        known = int(np.searchsorted(self.recorded, t, side="left"))
        order = np.argsort(self.of[:known], kind="stable")
        of, value = self.of[order], self.value[order]
        first = np.r_[True, of[1:] != of[:-1]][: len(of)]
        before = np.where(first, self.start[of], np.r_[np.nan, value[:-1]][: len(of)])
        return np.bincount(of[value > before], minlength=len(self.start))


@dataclass(frozen=True, slots=True)
class Events:
    """Stage events, by opportunity, then time, then order of entry.

    Attributes:
        of: index of the opportunity.
        stage: place of the stage in its pipeline, 0 first.
        at, recorded: when it happened, when it became known.
        voided: when it was undone; NaN if it stands.
    """

    of: Ints
    stage: Ints
    at: Floats
    recorded: Floats
    voided: Floats

    def known(self, t: float) -> Bools:
        """Those that stood in the books at `t`."""
        return (self.recorded < t) & (self.at < t) & ~(self.voided < t)


@dataclass(eq=False, slots=True)
class History:
    """All opportunities of a pipeline with everything that is known of them, and since when.

    Attributes:
        ids: the store's ids, shape (opportunities,).
        recorded: when each became known.
        opened, product, outcome, closed, amount, close_on, owner: tracks; opened is NaN if unknown,
            outcome is WON, LOST, OPEN, product and owner are codes, -1 without one.
        stages: how many stages the pipeline has.
        product_keys: a number for each product code that stays the product's own; the code itself when empty.
        owners, teams: names by owner code, and each owner's team name.
        owner_ids: the store's ids by owner code.
        seasons: kept by `core.forecast.season`, which learns the series of an instant once for
            the events that are known.
        learnt: kept by `core.forecast.landmarks`, the last rows to learn from by instant and days ahead.
        rhythms: kept by `core.forecast.passage`, what was learnt of the calendar at an instant, however
            many days ahead are asked for.
        signals: what happened around them besides their stages.
        benchmarks: usual days of a stay by stage, NaN where unknown; empty when none is known.
        industry, industries: code of its customer's industry, -1 without, empty when none is known; names.
        customer: track, code of each opportunity's customer, -1 if unknown; empty where none is known.
        touched: track by customer code, the earliest touch outside of opportunities that was known.
        occasions: events of the business calendar.
        zone: where the company's days begin.
    """

    ids: Ints
    recorded: Floats
    opened: Track
    product: Track
    outcome: Track
    closed: Track
    amount: Track
    close_on: Track
    owner: Track
    events: Events
    stages: int
    product_keys: Floats = field(default_factory=lambda: np.zeros(0))
    owners: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    owner_ids: tuple[int, ...] = ()
    signals: Signals = field(default_factory=none)
    benchmarks: Floats = field(default_factory=lambda: np.zeros(0))
    industry: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    industries: tuple[str, ...] = ()
    customer: Track = field(default_factory=lambda: Track(np.zeros(0)))
    touched: Track = field(default_factory=lambda: Track(np.zeros(0)))
    occasions: tuple[Occasion, ...] = ()
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    seasons: dict[tuple[float, str, tuple[Occasion, ...]], Floats] = field(default_factory=dict, repr=False)
    learnt: dict[tuple[float, float], Any] = field(default_factory=dict, init=False, repr=False)
    rhythms: dict[float, Any] = field(default_factory=dict, init=False, repr=False)
    _seen: dict[float, "Snapshot"] = field(default_factory=dict, repr=False)

    def as_of(self, t: float) -> "Snapshot":
        """The books as they stood at `t`."""
        if t not in self._seen:
            self._seen[t] = self._as_of(t)
        return self._seen[t]

    def _as_of(self, t: float) -> "Snapshot":
        outcome, closed = self.outcome.at(t), self.closed.at(t)
        known = self.recorded < t
        is_open = known & ((outcome == OPEN) | (closed >= t))
        return Snapshot(
            t,
            known,
            is_open,
            np.where(is_open | ~known, OPEN, outcome).astype(np.int64),
            np.where(is_open | ~known, np.nan, closed),
            self.amount.at(t),
            self.close_on.at(t),
            self.owner.at(t).astype(np.int64),
            self.opened.at(t),
            self.product.at(t).astype(np.int64),
            self.customer.at(t).astype(np.int64),
            self.close_on.changes_by(t),
            _standing(self.events, self.events.known(t), t, len(self.ids)),
        )

    @property
    def last_known(self) -> float:
        """When the last closing or event was recorded; minus infinity in an empty history."""
        parts: list[Any] = [self.outcome.recorded, self.events.recorded]
        return max((float(p.max()) for p in parts if len(p)), default=-np.inf)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where each opportunity stands in its stages, shape (opportunities,); stage -1 and NaN without events.

    Attributes:
        stage, since: its present stage and when its present stay there began.
        furthest: the furthest stage that it ever reached.
        last, events, recent, backward: time of its last event, how many events, how many of them in the
            last 14 days, how many went back.
    """

    stage: Ints
    since: Floats
    furthest: Ints
    last: Floats
    events: Ints
    recent: Ints
    backward: Ints


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The books at `t`; arrays of shape (opportunities,), meaningful where `known`.

    Attributes:
        is_open: known and not closed, as far as was known.
        outcome, closed: WON, LOST or OPEN, and when.
        amount, close_on, owner, opened, product, customer: as they stood in the books.
        pushes: how often the expected close had changed.
    """

    t: float
    known: Bools
    is_open: Bools
    outcome: Ints
    closed: Floats
    amount: Floats
    close_on: Floats
    owner: Ints
    opened: Floats
    product: Ints
    customer: Ints
    pushes: Ints
    standing: Standing

    @property
    def first_closing(self) -> float:
        """When the first opportunity closed, as far as was known; infinity if none has: earlier outcomes
        were not kept."""
        closed = self.closed[np.isfinite(self.closed)]
        return float(closed.min()) if len(closed) else np.inf

    def won(self, after: float, until: float) -> Bools:
        """Won in [after, until), as far as was known."""
        won: Bools = (self.outcome == WON) & (self.closed >= after) & (self.closed < until)
        return won


def _standing(events: Events, known: Bools, t: float, n: int) -> Standing:
    of, stage, at = events.of[known], events.stage[known], events.at[known]
    same = np.r_[False, of[1:] == of[:-1]]
    before = np.r_[-1, stage[:-1]]
    begins = ~same | (stage != before)
    present, furthest = np.full(n, -1), np.full(n, -1)
    since, last = np.full(n, np.nan), np.full(n, np.nan)
    present[of], last[of] = stage, at
    since[of[begins]] = at[begins]
    np.maximum.at(furthest, of, stage)
    return Standing(
        present,
        since,
        furthest,
        last,
        np.bincount(of, minlength=n),
        np.bincount(of[at > t - 14], minlength=n),
        np.bincount(of[same & (stage < before)], minlength=n),
    )
