"""Holding a version of the weights against the past: read, compute outside of any transaction, keep."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime

from core.access import Permission, Who, decide
from core.forecast.weighing import Compared, WeightBacktest, weight_backtest
from core.messages import NotAllowed, NotFound
from core.process.stages import PIPELINE
from data.commands.weights import keep_backtest
from data.engine import Store
from data.queries.forecast_history import forecast_history
from data.queries.weights import as_weights, latest_use
from data.schema import WeightVersion

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def backtest_weights(
    store: Store, who: Who, version_id: int, tick: Callable[[float], None] = lambda share: None
) -> int:
    """Compute a version's backtest against what is in force, over Firebreak's own pipeline, and keep it.

    Raises:
        NotAllowed: the role may not change weights.
        NotFound: no such version.
        Conflict: something else has come into force meanwhile.
    """
    if not decide(who, Permission.CHANGE_WEIGHTS).allowed:
        raise NotAllowed(permission=Permission.CHANGE_WEIGHTS)
    with store.reading(fresh=True) as session:
        new = session.get(WeightVersion, version_id)
        if new is None:
            raise NotFound(entity="weights")
        use = latest_use(session)
        against = use.version_id if use else None
        old = session.get(WeightVersion, against) if against else None
        said = as_weights(old.id, old.weights) if old else as_weights(0, {})
        wished, history = as_weights(new.id, new.weights), forecast_history(session, PIPELINE)
    t = (store.clock() - _EPOCH).total_seconds() / 86_400
    found = weight_backtest(history, t, said, wished, tick=tick)
    return keep_backtest(store, who, version_id, against, _json(found))


def _json(found: WeightBacktest) -> dict[str, object]:
    return {
        "landmarks": found.landmarks,
        "whole": _compared(found.whole),
        "by_industry": {name: _compared(one) for name, one in found.by_industry.items()},
    }


def _compared(one: Compared) -> dict[str, object]:
    sides = {name: asdict(s) | {"accuracy": s.accuracy} for name, s in (("old", one.old), ("new", one.new))}
    return {**sides, "gain": one.gain, "noise": one.noise}
