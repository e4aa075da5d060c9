"""Why one opportunity is worth what the forecast says: computed from the store, written nowhere (B1, B3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.forecast.factors import FACTOR_NAMES
from core.forecast.layer_models import LayerModel, fit_layers
from core.forecast.periods import Horizon, instant
from core.forecast.registered import model_for
from core.forecast.valuation import Valuation, valuations
from core.messages import NotFound
from data.models import in_use_on
from data.queries.factor_known import last_known
from data.queries.forecast_history import forecast_history
from data.queries.policies import company_tz
from data.queries.weights import weight_times
from data.schema import Opportunity, Pipeline, Stage

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Explained:
    """An opportunity's valuation with what it rests on.

    Attributes:
        stage: key of the stage at which it stood.
        booked: amount that stood in the books then; NaN without one.
        version: of the registered model, where one speaks.
        known: when the newest row behind each factor was recorded.
        missing: factors of which nothing was known.
        t, end: the instant, and the end of the period.
    """

    opportunity: Opportunity
    pipeline: str
    stage: str | None
    booked: float
    model: LayerModel
    version: int | None
    valuation: Valuation
    known: Mapping[str, datetime]
    missing: tuple[str, ...]
    t: datetime
    end: datetime

    @property
    def rest(self) -> float:
        """What the reasons leave unexplained of the change, in money: nothing but rounding."""
        v = self.valuation
        return v.value - v.scorecard_value - sum(reason.value for reason in v.reasons)


def explain(session: Session, opportunity: str, day: date, period: str) -> Explained:
    """An open opportunity for the period that `day` lies in, as the books stood when the day began.

    Args:
        opportunity: its id, or its reference in the system that it was imported from.

    Raises:
        NotFound: there is none, or it was not open then.
    """
    row = _found(session, opportunity)
    pipeline = session.get_one(Pipeline, row.pipeline_id)
    history, zone = forecast_history(session, pipeline.key), company_tz(session)
    horizon = Horizon(period)
    t, end = instant(day, zone), instant(horizon.step(horizon.running(day)), zone)
    at = int(np.flatnonzero(history.ids == row.id)[0])
    if not history.as_of(t).is_open[at]:
        raise NotFound("not_open_then", name=row.name, day=day.isoformat())
    until = _EPOCH + timedelta(days=t)
    registered = in_use_on(session, pipeline.id, day, zone)
    pooled = model_for(registered.grid, end - t) if registered else None
    models = fit_layers(history, t, end - t, pooled)
    weights = weight_times(session).at(t)
    [valuation] = valuations(history, t, end, weights=weights, models=models, only=np.array([at]))
    return Explained(
        row,
        pipeline.key,
        _stage(session, pipeline.id, valuation.factors.get("stage")),
        float(history.as_of(t).amount[at]),
        models[valuation.layer],
        registered.version if registered and models[valuation.layer].kind == "pooled" else None,
        valuation,
        last_known(session, row.id, until, valuation.factors),
        tuple(name for name in FACTOR_NAMES if name not in valuation.factors),
        until,
        _EPOCH + timedelta(days=end),
    )


def _found(session: Session, opportunity: str) -> Opportunity:
    id_ = int(opportunity) if opportunity.isascii() and opportunity.isdigit() else None
    query = select(Opportunity).where(or_(Opportunity.id == id_, Opportunity.ref == opportunity))
    row = session.scalar(query.order_by(Opportunity.ref != opportunity).limit(1))
    if row is None:
        raise NotFound("unknown_opportunity", value=opportunity)
    return row


def _stage(session: Session, pipeline_id: int, place: float | None) -> str | None:
    if place is None:
        return None
    stages = select(Stage.key).where(Stage.pipeline_id == pipeline_id).order_by(Stage.position)
    return session.scalars(stages).all()[int(place)]
