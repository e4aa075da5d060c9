"""What each open opportunity is worth in a period, beside what the scorecard says, and why they differ (B3).

Value is chance times amount; the scorecard's value likewise, with the same amount. The difference of the two
is split among factors, in money, so that the parts add up to it exactly: `core.forecast.attribution` on the
difference of both chances, against typical open opportunities. How far the two stand apart on those is a
part of its own, `level`: there the scorecard as a whole runs low or high.

The 80% range is one of the expected value, not of the outcome: a single deal is won or is not. It holds the
spread of what the learners say of it, what so many wins leave open, and the spread of paid amounts; taken
together on the logarithm of the value, as independent and normal there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.forecast.amounts import Amounts, amounts
from core.forecast.attribution import parts
from core.forecast.features import NAMES, open_rows
from core.forecast.history import Floats, History, Ints
from core.forecast.layer_models import LayerModel, LayerModels, fit_layers, layer_rows
from core.forecast.layers import LAYERS
from core.forecast.win_model import StageRate, sample, stage_rate

LEVEL = "level"
TYPICAL = 24  # open opportunities that stand for all in the attribution
_Z80 = 1.2816
_WITHIN = {
    "furthest_stage": "stage",
    "events": "recent_events",
    "pace": "recent_events",
    "amount_log": "amount",
    "new_customer": "layer",
    "renewal": "layer",
}  # features that speak for a factor of another name


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
    models: LayerModels | None = None,
    only: Ints | None = None,
) -> tuple[Valuation, ...]:
    """Every opportunity that was open at `t`, for wins until `end`, by what was known at `t`.

    Args:
        models: `fit_layers(history, t, end - t)` or those of another day; made here when None.
        only: indices of the opportunities that are wanted; all when None.
    """
    rows = open_rows(history, t)
    if not len(rows.of):
        return ()
    models = fit_layers(history, t, end - t) if models is None else models
    card = stage_rate(sample(history, t, end - t), history.stages)
    wanted = np.ones(len(rows.of), np.bool_) if only is None else np.isin(rows.of, only)
    paid = amounts(history, t)
    found: list[Valuation] = []
    for number, name in enumerate(LAYERS):
        mine = layer_rows(rows.x, number) & wanted
        if mine.any():
            said = _Said(models[name], card, rows.of[mine], rows.x[mine], _typical(rows.x, card))
            found += _valued(history, t, name, said, paid)
    return tuple(sorted(found, key=lambda valued: valued.of))


@dataclass(frozen=True, slots=True)
class _Said:
    """What speaks for a layer's rows.

    Attributes:
        typical: rows that stand for all open opportunities.
    """

    by: LayerModel
    card: StageRate
    of: Ints
    x: Floats
    typical: Floats

    def difference(self, x: Floats) -> Floats:
        """The AI's chance less the scorecard's."""
        assert self.by.model is not None
        return self.by.model(x) - self.card(x)

    def parts(self) -> Floats:
        """Each factor's part in the difference of chances, and the level's; shape (rows, factors + 1)."""
        if self.by.model is None:
            return np.zeros((len(self.x), 0))
        split = parts(self.difference, self.x, self.typical, list(_GROUPS.values()))
        own = self.difference(self.x) - split.sum(axis=1)
        return np.column_stack([split, own])


def _valued(history: History, t: float, layer: str, said: _Said, paid: Amounts) -> list[Valuation]:
    card = said.card(said.x)
    chance = card if said.by.model is None else said.by.model(said.x)
    amount = paid.of(history, t, said.of)
    low, high = _range(said, chance, amount, paid, history.as_of(t).amount[said.of] > 0)
    split = said.parts() * amount[:, None]
    names = [*_GROUPS, LEVEL]
    return [
        Valuation(
            int(said.of[n]),
            layer,
            float(chance[n]),
            float(amount[n]),
            float(chance[n] * amount[n]),
            float(low[n]),
            float(high[n]),
            float(card[n]),
            float(card[n] * amount[n]),
            {name: float(v) for name, v in zip(_VALUES, said.x[n, _LED], strict=True) if np.isfinite(v)},
            _reasons(names, split[n]),
        )
        for n in range(len(said.of))
    ]


def _reasons(names: list[str], split: Floats) -> tuple[Reason, ...]:
    found = (Reason(name, float(v)) for name, v in zip(names, split, strict=False) if v)
    return tuple(sorted(found, key=lambda reason: -abs(reason.value)))


def _typical(x: Floats, card: StageRate) -> Floats:
    """Rows evenly spread from the least to the most promising, by the scorecard, then by age."""
    order = np.lexsort((x[:, NAMES.index("age_days")], card(x)))
    places = np.linspace(0, len(x) - 1, min(TYPICAL, len(x)))
    return x[order[np.unique(places.round().astype(int))]]


def _range(
    said: _Said, chance: Floats, amount: Floats, paid: Amounts, booked: Floats
) -> tuple[Floats, Floats]:
    """80% range of the expected value; never above a sure win at the amount's own upper end."""
    odds = 1.0 / (said.by.wins + 1.0)
    if said.by.model is not None and said.by.model.learners:
        odds = odds + said.by.model.disagreement(said.x)
    of_chance = (1 - chance) * np.sqrt(odds)
    of_amount = np.sqrt(np.log1p(np.where(booked, paid.booked_spread, paid.spread) ** 2))
    reach = np.exp(_Z80 * np.hypot(of_chance, of_amount))
    value = chance * amount
    return value / reach, np.minimum(value * reach, amount * np.exp(_Z80 * of_amount))


def _groups() -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for column, name in enumerate(NAMES):
        if not name.endswith("_share"):
            found.setdefault(_WITHIN.get(name, name), []).append(column)
    return found


_GROUPS = _groups()
_VALUES = tuple(name for name in NAMES if name not in _WITHIN)
_LED = [NAMES.index(name) for name in _VALUES]
