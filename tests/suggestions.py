"""Suggestions written straight into the store, for tests that answer or show them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select

from data.engine import Store
from data.schema import ForecastLine, ForecastRun, Opportunity, Pipeline

SHANGHAI = ZoneInfo("Asia/Shanghai")
TOLD = {"kind": "pooled", "why": "few_wins", "wins": 12, "loss": None, "pooled_loss": None}
FACTORS = {"days_since_answer": 16.0, "touches_14d": 0.0, "stage": 3.0}


def month_run(store: Store, on: date, period: str = "month", told=TOLD) -> int:
    """A forecast of the month (or quarter) of a day, taken at its midnight in Shanghai."""
    first = on.replace(day=1) if period == "month" else on.replace(month=(on.month - 1) // 3 * 3 + 1, day=1)
    after = (first + timedelta(days=31 if period == "month" else 95)).replace(day=1)
    at = datetime(on.year, on.month, on.day, tzinfo=SHANGHAI)
    with store.writing() as session:
        row = ForecastRun(
            pipeline_id=session.scalars(select(Pipeline.id).where(Pipeline.key == "firebreak")).one(),
            period=period,
            starts_on=first,
            ends_on=after,
            taken_on=on,
            taken_at=at,
            recorded_at=at,
            currency="CNY",
            won_so_far=Decimal(0),
            fresh=Decimal(0),
            parts={},
            weights={},
            models={"pipeline": told, "new": told, "renewal": told},
        )
        session.add(row)
        session.flush()
        return row.id


def line(store: Store, run: int, opportunity: int, value: float, scorecard: float, **more) -> int:
    """A suggestion; its reasons add up to the difference of the two values."""
    change = value - scorecard
    reasons = [
        ("days_since_answer", change * 1.5),
        ("touches_14d", change * -0.25),
        ("level", change * -0.25),
    ]
    with store.writing() as session:
        about = session.get_one(Opportunity, opportunity)
        said = {
            "layer": "pipeline",
            "amount": Decimal(1000),
            "booked": Decimal(1000),
            "chance": value / 1000,
            "low": Decimal(str(value / 2)),
            "high": Decimal(str(value * 2)),
            "scorecard_chance": scorecard / 1000,
            "factors": FACTORS,
            "reasons": [{"factor": f, "value": v} for f, v in reasons if v],
        }
        row = ForecastLine(
            run_id=run,
            opportunity_id=opportunity,
            owner_id=about.owner_id,
            value=Decimal(str(value)),
            scorecard_value=Decimal(str(scorecard)),
            **said | more,
        )
        session.add(row)
        session.flush()
        return row.id
