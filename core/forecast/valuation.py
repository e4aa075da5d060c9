"""What each open opportunity is worth in a period, beside what the scorecard says, and why they differ (B3).

Value is chance times amount; the scorecard's value likewise, with the same amount. The difference of the two
is split among factors, in money, so that the parts add up to it exactly: `core.forecast.contributions` on the
difference of both chances, against typical open opportunities. How far the two stand apart on those is a
part of its own, `level`: there the scorecard as a whole runs low or high.

The 80% range is one of the expected value, not of the outcome: a single deal is won or is not. It holds the
spread of what the learners say of it, what so many wins leave open, and the spread of paid amounts; taken
together on the logarithm of the value, as independent and normal there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import compress, repeat

import numpy as np

from core.forecast.amounts import Amounts, amounts
from core.forecast.contributions import Parts
from core.forecast.factors import FACTOR_NAMES
from core.forecast.features import NAMES, PRODUCT, SEASON, SPEAKS_FOR, Rows, open_rows
from core.forecast.history import Floats, History, Ints
from core.forecast.layer_models import LayerModel, LayerModels, fit_layers, layer_rows
from core.forecast.layers import LAYERS
from core.forecast.scorecard import (
    DEFAULT_WEIGHTS,
    STEP,
    Basis,
    Weights,
    basis,
    chance_of,
    chances,
    logit,
    points_of,
    weights_of,
)
from core.intervals import Z80

LEVEL = "level"
TYPICAL = 16  # open opportunities that stand for all in the attribution
_UNSAID = {*SEASON, PRODUCT, "furthest_stage", "events", "pace", "amount_log", "new_customer", "renewal"}


@dataclass(frozen=True, slots=True)
class Reason:
    """A factor's part in the difference, in money; negative where it lowers the AI value."""

    factor: str
    value: float


@dataclass(frozen=True, slots=True)
class Valuation:
    """One open opportunity.

    Attributes:
        of: index in the history.
        layer: of `LAYERS`.
        chance, scorecard_chance: probability 0–1 of a win within the period.
        amount: expected amount if won, in the history's money.
        low, high: 80% range of the expected value; see the module.
        factors: values by name, missing ones left out.
        reasons: parts of value - scorecard_value, the largest first; none where the scorecard speaks.
    """

    of: int
    layer: str
    chance: float
    amount: float
    value: float
    low: float
    high: float
    scorecard_chance: float
    scorecard_value: float
    factors: Mapping[str, float]
    reasons: tuple[Reason, ...]


def valuations(
    history: History,
    t: float,
    end: float,
    *,
    weights: Weights = DEFAULT_WEIGHTS,
    models: LayerModels | None = None,
    only: Ints | None = None,
) -> tuple[Valuation, ...]:
    """Every opportunity that was open at `t`, for wins until `end`, by what was known at `t`.

    Args:
        weights: of the scorecard's factors.
        models: `fit_layers(history, t, end - t)` or those of another day; made here when None.
        only: indices of the opportunities that are wanted; all when None.
    """
    rows = open_rows(history, t)
    if not len(rows.of):
        return ()
    models = fit_layers(history, t, end - t) if models is None else models
    card = _Card(basis(history, t, end))
    x = np.column_stack([rows.x, weights_of(history, t, rows.of, weights)])
    typical = _typical(x, card(x))
    wanted = np.ones(len(rows.of), np.bool_) if only is None else np.isin(rows.of, only)
    paid = amounts(history, t)
    found: list[Valuation] = []
    for number, name in enumerate(LAYERS):
        mine = layer_rows(rows.x, number) & wanted
        if mine.any():
            said = _Said(models[name], card, Rows(rows.of[mine], x[mine]), typical)
            found += _valued(history, t, name, said, paid)
    return tuple(sorted(found, key=lambda valued: valued.of))


@dataclass(frozen=True, slots=True)
class _Card:
    """The scorecard's chance of rows that hold the features, then the factors' weights."""

    based: Basis

    def __call__(self, x: Floats) -> Floats:
        return chance_of(self._points(x), self.based)

    def parts(self, x: Floats) -> Parts:
        """Each factor's part in the chance, beside the whole's rate; shape (rows, factors)."""
        whole = np.full(len(x), float(logit(np.array(self.based.whole))))
        return Parts(whole, STEP * self._points(x)).through(chances)

    def _points(self, x: Floats) -> Floats:
        return points_of(x[:, _FACTORS], self.based, x[:, len(NAMES) :])


@dataclass(frozen=True, slots=True)
class _Said:
    """What speaks for a layer's rows; rows hold the features, then the scorecard's weights.

    Attributes:
        typical: rows that stand for all open opportunities.
    """

    by: LayerModel
    card: _Card
    rows: Rows
    typical: Floats

    def chance(self, x: Floats) -> Floats:
        """The AI's chance; the scorecard's where no model speaks."""
        return self.card(x) if self.by.model is None else self.by.model(x[:, : len(NAMES)])

    def difference(self, x: Floats) -> Floats:
        """The AI's chance less the scorecard's."""
        return self.chance(x) - self.card(x)

    def parts(self) -> Floats:
        """Each factor's part in the difference of chances, then the level's; shape (rows, factors + 1)."""
        x, known = self.rows.x, len(NAMES)
        if self.by.model is None:
            return np.zeros((len(x), 0))
        by = self.by.model.parts(x[:, :known], self.typical[:, :known]).by
        by[:, _FACTORS] -= self.card.parts(x).by
        split = np.column_stack([by[:, group].sum(axis=1) for group in _GROUPS.values()])
        return np.column_stack([split, self.difference(x) - split.sum(axis=1)])


def _valued(history: History, t: float, layer: str, said: _Said, paid: Amounts) -> list[Valuation]:
    of, x = said.rows.of, said.rows.x
    chance, card = said.chance(x), said.card(x)
    amount = paid.of(history, t, of)
    low, high = _range(said, chance, amount, paid.spreads(history, t, of))
    numbers = chance, amount, chance * amount, low, high, card, card * amount
    reasons = _reasons(said.parts() * amount[:, None])
    columns = of.tolist(), repeat(layer), *(each.tolist() for each in numbers), _factors(x), reasons
    return list(map(Valuation, *columns))


def _factors(x: Floats) -> Iterator[dict[str, float]]:
    """The factors of each row that are known."""
    known = np.isfinite(x[:, _COLUMNS])
    for values, there in zip(x[:, _COLUMNS].tolist(), known.tolist(), strict=True):
        yield dict(compress(zip(_VALUES, values, strict=True), there))


def _reasons(split: Floats) -> Iterator[tuple[Reason, ...]]:
    """The reasons of each row, the largest first; what has no part is no reason."""
    order = np.argsort(-np.abs(split), axis=1, kind="stable")
    ranked = np.take_along_axis(split, order, axis=1)
    names = np.array([*_GROUPS, LEVEL], dtype=object)[order] if split.shape[1] else order
    for row, values in zip(names.tolist(), ranked.tolist(), strict=True):
        yield tuple(Reason(name, value) for name, value in zip(row, values, strict=True) if value)


def _typical(x: Floats, chance: Floats) -> Floats:
    """Rows evenly spread from the least to the most promising, by the scorecard, then by age."""
    order = np.lexsort((x[:, NAMES.index("age_days")], chance))
    places = np.linspace(0, len(x) - 1, min(TYPICAL, len(x)))
    found: Floats = x[order[np.unique(places.round().astype(int))]]
    return found


def _range(said: _Said, chance: Floats, amount: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """80% range of the expected value; never above a sure win at the amount's own upper end."""
    odds = np.full(len(chance), 1.0 / (said.by.wins + 1.0))
    if said.by.model is not None:
        odds += said.by.model.disagreement(said.rows.x[:, : len(NAMES)])
    of_chance = (1 - chance) * np.sqrt(odds)
    of_amount = np.sqrt(np.log1p(spread**2))
    reach = np.exp(Z80 * np.hypot(of_chance, of_amount))
    value = chance * amount
    return value / reach, np.minimum(value * reach, amount * np.exp(Z80 * of_amount))


def _groups() -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for column, name in enumerate(NAMES):
        if name not in SEASON:
            found.setdefault(SPEAKS_FOR.get(name, name), []).append(column)
    return found


_GROUPS = _groups()
_VALUES = [name for name in NAMES if name not in _UNSAID]
_COLUMNS = [NAMES.index(name) for name in _VALUES]
_FACTORS = [NAMES.index(name) for name in FACTOR_NAMES]
