"""What a win model looks at: SHAP values of its boosted trees by factor, and the calendar by week (B7)."""

import numpy as np

from core.forecast.features import NAMES, SEASON, SPEAKS_FOR
from core.forecast.history import Floats
from core.forecast.learners import Trees
from core.forecast.passage import Passage
from core.forecast.win_model import WinModel

_STANDS_OUT = 0.1  # of usual wins, between the weeks with most and with least
CALENDAR = "calendar"  # where in its month and quarter the instant lies


def importance(model: WinModel, x: Floats) -> dict[str, float]:
    """Each factor's share of all that moves the trees' log odds, the largest first.

    A share is the mean of a factor's absolute SHAP values, which are exact for trees (Lundberg et al., From
    local explanations to global understanding with explainable AI for trees, 2020), over the sum of those
    of all factors; trees count by their weight in the mix. It says what the model uses, not what makes a win.

    Args:
        x: features of opportunities, shape (rows, len(NAMES)).

    Returns:
        Shares 0–1 by factor that add up to 1; empty without rows, or where the model has no trees.
    """
    import shap

    moved = np.zeros(len(NAMES))
    for weight, learner in zip(model.mix, model.learners, strict=True):
        if isinstance(learner, Trees) and len(x):
            chosen = list(learner.chosen)
            values = np.asarray(shap.TreeExplainer(learner.booster).shap_values(x[:, chosen]))
            moved[chosen] += weight * np.abs(values).mean(axis=0)
    if not moved.any():
        return {}
    found: dict[str, float] = {}
    for name, part in zip(NAMES, moved / moved.sum(), strict=True):
        factor = CALENDAR if name in SEASON else SPEAKS_FOR.get(name, name)
        found[factor] = found.get(factor, 0.0) + float(part)
    return dict(sorted(((n, share) for n, share in found.items() if share), key=lambda pair: -pair[1]))


def rhythm_by_week(model: WinModel) -> tuple[float, ...]:
    """Wins in each week of a quarter over the usual ones, as the model counts; empty without a rhythm."""
    for learner in model.learners:
        if isinstance(learner, Passage):
            weeks = learner.course.ahead.rhythm.weeks()
            return weeks if max(weeks) - min(weeks) > _STANDS_OUT else ()
    return ()
