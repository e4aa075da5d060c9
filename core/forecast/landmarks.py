"""What can be learnt at an instant: landmarks of the past, and which of them a learner is judged by (B2).

At past instants (landmarks) the books say which opportunities were open; what the books say today tells
which of them were won within the horizon. So *when* is learnt together with *whether*: what is neither won
nor lost by then counts as not won. A landmark is used only when its whole horizon lies before the instant
of the forecast. (Landmarking: van Houwelingen, Dynamic prediction by landmarking, 2007.)
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.forecast.features import NAMES, Rows, open_rows
from core.forecast.history import Floats, History, Ints
from core.forecast.passage import Passage, passage

MOST_LANDMARKS = 40
MOST_ROWS = 25_000
LOOK_BACK = 540.0  # days
FEW_WINS = 30  # fewer won opportunities than this and the stage's rate is all that can be said
_MOST_HELD = 4  # horizons of landmarks that are held out at most
_HALF_LIFE = 180.0  # days after which a landmark counts half


@dataclass(frozen=True, slots=True)
class Sample:
    """Landmark rows: which opportunity, features, whether won within the horizon, weight, landmark.

    `passage` is what the stays known at the instant say, `earlier` what those known `held` horizons before
    said: so many horizons of the latest landmarks are held out to judge learners by. Rows of so few wins that
    nothing is learnt from them have neither.
    """

    of: Ints
    x: Floats
    y: Floats
    weight: Floats
    at: Floats
    passage: Passage | None = None
    earlier: Passage | None = None
    held: int = 2

    @property
    def wins(self) -> int:
        """Different opportunities that were won; one can be in many rows."""
        return len(np.unique(self.of[self.y > 0]))

    def where(self, mask: Any) -> "Sample":
        """These rows alone."""
        kept = (self.of[mask], self.x[mask], self.y[mask], self.weight[mask], self.at[mask])
        return Sample(*kept, self.passage, self.earlier, self.held)


def sample(history: History, t: float, horizon: float) -> Sample:
    """What can be learnt at `t` about the next `horizon` days; empty while no whole horizon has passed.

    The history keeps the last one: models of layers and the scorecard learn from the same.
    """
    if (t, horizon) not in history.learnt:
        history.learnt.clear()
        history.learnt[t, horizon] = _sample(history, t, horizon)
    found: Sample = history.learnt[t, horizon]
    return found


def _sample(history: History, t: float, horizon: float) -> Sample:
    found = _landmarks(history, t, horizon)
    if not len(found.of):
        return found
    held = _held(found, t, horizon)
    early, _ = held_out(replace(found, held=held), t, horizon)
    said = [
        passage(history, t - back * horizon, horizon) if rows.wins >= FEW_WINS else None
        for back, rows in ((0, found), (held, early))
    ]
    return replace(found, passage=said[0], earlier=said[1], held=held)


def _landmarks(history: History, t: float, horizon: float) -> Sample:
    books = history.as_of(t)
    first = max(books.first_closing, t - LOOK_BACK)
    latest, step = t - horizon, max(1.0, horizon / 7)
    parts: list[tuple[Rows, Floats, float]] = []
    rows = 0
    needed = t - 4 * horizon  # a horizon to fit to, one set aside, two held out: see `held_out`
    while latest >= first - 1 and len(parts) < MOST_LANDMARKS and (rows < MOST_ROWS or latest > needed):
        at = open_rows(history, latest)
        parts.append((at, books.won(latest, latest + horizon)[at.of].astype(float), latest))
        rows += len(at.of)
        latest -= step
    if not rows:
        return Sample(np.zeros(0, np.int64), np.zeros((0, len(NAMES))), np.zeros(0), np.zeros(0), np.zeros(0))
    times = np.concatenate([np.full(len(r.of), s) for r, _, s in parts])
    return Sample(
        np.concatenate([r.of for r, _, _ in parts]),
        np.concatenate([r.x for r, _, _ in parts]),
        np.concatenate([y for _, y, _ in parts]),
        0.5 ** ((t - times) / _HALF_LIFE),
        times,
    )


def _held(rows: Sample, t: float, horizon: float) -> int:
    """How many horizons to hold out: two, or more where few are open at a time, until all have wins."""
    for held in range(2, _MOST_HELD + 1):
        early, late = held_out(replace(rows, held=held), t, horizon)
        if min(early.wins, late.wins) >= FEW_WINS:
            return held
    return 2


def held_out(rows: Sample, t: float, horizon: float) -> tuple[Sample, Sample]:
    """Early landmarks, and the latest, which all lie after the early ones' horizons.

    Landmarks between the two are left out: their outcomes are partly those that the latest are judged by.
    """
    late = rows.at > t - rows.held * horizon
    early = rows.where(rows.at <= t - (rows.held + 1) * horizon)
    return replace(early, passage=rows.earlier), rows.where(late)
