"""A backtest as JSON: what the command prints and the store keeps."""

import math
from dataclasses import asdict
from typing import Any

from core.forecast.backtest import Backtest


def shown(done: Backtest) -> dict[str, Any]:
    """Every origin with its forecast, what came and what simple baselines said; totals; reliability."""
    rows = [
        {
            "origin": start.isoformat(),
            "horizon_end": end.isoformat(),
            **({"group": row.group} if row.group is not None else {}),
            "actual": row.actual,
            "forecast": _number(row.forecast),
            "low": _number(row.low),
            "high": _number(row.high),
            "baselines": row.baselines,
        }
        for start, end, row in zip(done.starts, done.ends, done.rows, strict=True)
    ]
    bins = [asdict(one) for one in done.reliability]
    return {"origins": rows, "totals": asdict(done.totals), "reliability": bins}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
