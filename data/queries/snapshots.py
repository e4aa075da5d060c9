"""What a snapshot of a forecast says, as values: the run, its lines and wins, and their sums (B2, B7)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.forecast.movement import Stood, Whole
from data.queries.own_amounts import OwnAmount

SHOWN, COMPUTED, UNKEPT = "shown", "computed", "not_kept"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class RunRow:
    """What a run says of its period as a whole; see `data.schema.ForecastRun`.

    Whoever sees a part alone reads no value, interval or part of the company's; `won_so_far` is theirs.
    """

    id: int | None
    period: str
    starts_on: date
    ends_on: date
    taken_on: date
    taken_at: datetime
    recorded_at: datetime | None
    currency: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    won_so_far: Decimal
    fresh: Decimal
    parts: Mapping[str, Any]
    weights: Mapping[str, Any]
    models: Mapping[str, Any]
    undone: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """Whose an opportunity is, in words; `unpriced` is its own amount where that had no rate."""

    opportunity_id: int
    opportunity: str
    customer_id: int | None
    customer: str | None
    rep_id: int
    rep: str | None
    team_id: int
    team: str | None
    unpriced: OwnAmount | None


@dataclass(frozen=True, slots=True)
class Line(Named):
    """One open opportunity of a snapshot; `decision` is the latest answer to its suggestion.

    `told_later` is the stage that a list named only after the snapshot, of which the books knew none before.
    """

    stage: str | None
    told_later: str | None
    layer: str
    close_on: date | None
    booked: Decimal | None
    amount: Decimal
    chance: float
    value: Decimal
    scorecard_chance: float
    scorecard_value: Decimal
    decision: str | None


@dataclass(frozen=True, slots=True)
class Win(Named):
    """One opportunity that had been won in the period."""

    closed_at: datetime
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """A team's or a person's part of a snapshot; id 0 is what belongs to none."""

    id: int
    name: str | None
    won: Decimal
    open: Decimal
    lines: int

    @property
    def value(self) -> Decimal:
        """What was won, and what is expected of what is open."""
        return self.won + self.open


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One day's forecast of a period, as far as somebody may see it.

    Attributes:
        source: `shown` was kept on its day; `computed` later, with what was known on that day; `not_kept`
            was computed just now.
        whole: whether it is the whole company's, with its interval, what is not in the books, and the
            adjustment; otherwise it is lines and wins alone.
    """

    pipeline: str
    run: RunRow
    lines: tuple[Line, ...]
    wins: tuple[Win, ...]
    source: str
    whole: bool = True

    @property
    def won(self) -> Decimal:
        """Won in the period so far."""
        return sum((w.amount for w in self.wins), ZERO)

    @property
    def open(self) -> Decimal:
        """Expected of what is open."""
        return sum((line.value for line in self.lines), ZERO)

    @property
    def adjustment(self) -> Decimal | None:
        """What season and past misses add to won, open and not yet in the books."""
        run = self.run
        return (
            None if run.value is None else run.value - self.won - self.open - run.fresh - (run.undone or ZERO)
        )

    def by_team(self) -> tuple[Group, ...]:
        """The parts of teams, largest first."""
        return self._groups("team")

    def by_rep(self) -> tuple[Group, ...]:
        """The parts of people, largest first."""
        return self._groups("rep")

    def _groups(self, by: str) -> tuple[Group, ...]:
        won: dict[int, Decimal] = defaultdict(Decimal)
        open_: dict[int, list[Decimal]] = defaultdict(list)
        names: dict[int, str | None] = {}
        for row in (*self.wins, *self.lines):
            key = getattr(row, f"{by}_id")
            names[key] = getattr(row, by)
            if isinstance(row, Win):
                won[key] += row.amount
            elif isinstance(row, Line):
                open_[key].append(row.value)
        found = [Group(k, n, won[k], sum(open_[k], ZERO), len(open_[k])) for k, n in names.items()]
        return tuple(sorted(found, key=lambda g: (-g.value, g.name or "")))

    def moved(self) -> Whole:
        """The snapshot as `core.forecast.movement` reads it; rows alone where not all is seen."""
        won = {w.opportunity_id: Stood(w.amount, won=True) for w in self.wins}
        stood = {
            o.opportunity_id: Stood(o.value, False, o.chance, o.amount, o.close_on, o.booked)
            for o in self.lines
        }
        if self.whole and self.run.value is not None:
            return Whole(self.run.value, stood | won, self.run.fresh, self.run.undone or ZERO)
        return Whole(self.won + self.open, stood | won, ZERO)
