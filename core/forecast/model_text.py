"""Models as text and back: the same chances to the last digits that matter (B7).

Features are kept by name. A release that no longer has one of them cannot speak with such a model.
"""

from typing import Any

import numpy as np

from core.forecast.ahead import Ahead
from core.forecast.features import NAMES
from core.forecast.learners import Logistic, Trees
from core.forecast.passage import Course, Passage
from core.forecast.rhythm import Rhythm
from core.forecast.win_model import StageRate, WinModel


def told(model: WinModel) -> dict[str, Any]:
    """A learnt model as JSON values; the trees as LightGBM writes them."""
    return {
        "kind": model.kind,
        "wins": model.wins,
        "mix": list(model.mix),
        "rate": _told(model.rate),
        "learners": [_told(learner) for learner in model.learners],
    }


def read(text: dict[str, Any]) -> WinModel:
    """The model that `told` wrote.

    Raises:
        KeyError: it looks at a feature that this release does not have, or an earlier one wrote it otherwise.
    """
    rate = _read(text["rate"])
    learners = tuple(_read(one) for one in text["learners"])
    return WinModel(text["kind"], rate, text["wins"], learners, tuple(text["mix"]))


def _told(learner: Any) -> dict[str, Any]:
    match learner:
        case StageRate():
            return {"is": "stage_rate", "rates": learner.rates.tolist(), "whole": learner.whole}
        case Logistic():
            numbers = {k: getattr(learner, k).tolist() for k in ("mean", "scale", "weights")}
            return {
                "is": "logistic",
                "chosen": [NAMES[n] for n in learner.chosen],
                "stages": learner.stages,
                "bias": learner.bias,
                **numbers,
            }
        case Trees():
            text = learner.booster.model_to_string()
            return {"is": "trees", "chosen": [NAMES[n] for n in learner.chosen], "text": text}
        case Passage():
            tables = {k: getattr(learner, k).tolist() for k in ("products", "ages")}
            return {"is": "passage", **tables, **_course(learner.course)}
    raise TypeError(type(learner))


def _course(course: Course) -> dict[str, Any]:
    rates = [[[edges.tolist(), rate.tolist()] for edges, rate in of] for of in course.rates]
    rhythm = {k: getattr(course.ahead.rhythm, k).tolist() for k in ("places", "parts")}
    return {"rates": rates, "ahead": {"horizon": course.ahead.horizon, **rhythm}}


def _read_passage(text: dict[str, Any]) -> Passage:
    products, ages = (np.array(text[k], np.float64) for k in ("products", "ages"))
    told = text["ahead"]
    ahead = Ahead(Rhythm(*(np.array(told[k]) for k in ("places", "parts"))), told["horizon"])
    rates = [tuple((np.array(edges), np.array(rate)) for edges, rate in of) for of in text["rates"]]
    return Passage(products, ages, Course(tuple(rates), ahead))


def _read(text: dict[str, Any]) -> Any:
    if text["is"] == "stage_rate":
        return StageRate(np.array(text["rates"]), text["whole"])
    if text["is"] == "passage":
        return _read_passage(text)
    places = {name: n for n, name in enumerate(NAMES)}
    chosen = tuple(places[name] for name in text["chosen"])
    if text["is"] == "trees":
        from lightgbm import Booster

        return Trees(chosen, Booster(model_str=text["text"]))
    mean, scale, weights = (np.array(text[k]) for k in ("mean", "scale", "weights"))
    return Logistic(chosen, text["stages"], mean, scale, weights, text["bias"])
