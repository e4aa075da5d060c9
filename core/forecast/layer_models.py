"""Which model speaks for each layer, and why (B2).

A layer has a model of its own where it has enough wins and, held against landmarks that neither saw, its
own beats the model of all layers together by more than the standard error of the difference. Otherwise the
pooled model speaks, which has the layer among its features. Where even all layers together have too few
wins, the scorecard speaks: the AI value is then the scorecard's, and it is said why.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.forecast.features import NAMES
from core.forecast.history import Bools, Floats, History
from core.forecast.landmarks import FEW_WINS, Sample, held_out, sample
from core.forecast.layers import LAYERS
from core.forecast.win_model import WinModel, learn, losses, unjudged

_NEW, _RENEWAL = NAMES.index("new_customer"), NAMES.index("renewal")


@dataclass(frozen=True, slots=True)
class LayerModel:
    """What speaks for a layer.

    Attributes:
        kind: `own`, `pooled` or `scorecard`.
        why: a code: `better`, `no_better`, `few_wins` of the layer, `few_held_out`, `no_model` at all.
        wins: different opportunities of the layer that were won in the landmark rows.
        loss, pooled_loss: log loss of its own and the pooled model on the layer's latest landmarks, fitted
            to earlier ones; None where they could not be compared.
        model: gives the chances; None for the scorecard.
    """

    kind: str
    why: str
    wins: int
    loss: float | None = None
    pooled_loss: float | None = None
    model: WinModel | None = None

    @property
    def told(self) -> dict[str, str | int | float | None]:
        """What is kept of it with a forecast."""
        return {
            "kind": self.kind,
            "why": self.why,
            "wins": self.wins,
            "loss": self.loss,
            "pooled_loss": self.pooled_loss,
        }


LayerModels = Mapping[str, LayerModel]


def fit_layers(
    history: History, t: float, horizon: float, pooled: WinModel | None = None
) -> dict[str, LayerModel]:
    """A model for each layer, from what was known at `t`, for wins within the next `horizon` days.

    Args:
        pooled: `win_model.fit` of the same instant and horizon, where it is at hand.
    """
    rows = sample(history, t, horizon)
    pooled = pooled or learn(rows, t, horizon, history.stages)
    if pooled.kind == "stage_rate":
        return {name: LayerModel("scorecard", "no_model", _of(rows, n).wins) for n, name in enumerate(LAYERS)}
    early, late = held_out(rows, t, horizon)
    together = unjudged(early, history.stages) if early.wins >= FEW_WINS else None
    found = {}
    for n, name in enumerate(LAYERS):
        kind, why, own, both = _judged(_of(early, n), _of(late, n), together, history.stages)
        mine = _of(rows, n)
        model = learn(mine, t, horizon, history.stages) if kind == "own" else pooled
        found[name] = LayerModel(kind, why, mine.wins, own, both, model)
    return found


def layer_rows(x: Floats, layer: int) -> Bools:
    """Which feature rows belong to a layer."""
    new, renewal = x[:, _NEW] > 0, x[:, _RENEWAL] > 0
    return (new, renewal, ~(new | renewal))[layer]


def _of(rows: Sample, layer: int) -> Sample:
    return rows.where(layer_rows(rows.x, layer))


def _judged(
    early: Sample, late: Sample, together: WinModel | None, stages: int
) -> tuple[str, str, float | None, float | None]:
    """Kind, why, and both losses on a layer's late rows."""
    if early.wins < FEW_WINS:
        return "pooled", "few_wins", None, None
    if together is None or late.wins < FEW_WINS:
        return "pooled", "few_held_out", None, None
    own = losses(late.y, unjudged(early, stages)(late.x))
    both = losses(late.y, together(late.x))
    gain = both - own
    better = gain.mean() > gain.std() / np.sqrt(len(np.unique(late.of)))
    kind, why = ("own", "better") if better else ("pooled", "no_better")
    return kind, why, float(own.mean()), float(both.mean())
