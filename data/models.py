"""The models in the store: written down, read back, and which of them is in use when (B7)."""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.forecast.model_text import read, told
from core.forecast.registered import Grid
from data.schema import ForecastModel

ALL = "all"  # the layer of the model that speaks wherever a layer has none better of its own
IN_USE, REFUSED, RETIRED = "in_use", "refused", "retired"


@dataclass(frozen=True, slots=True)
class InUse:
    """A registered model: win models by horizon, and what is kept with it to see drift."""

    id: int
    version: int
    grid: Grid
    metrics: Mapping[str, Any]


def packed(grid: Grid) -> str:
    """Models by horizon as text."""
    text = json.dumps({str(horizon): told(model) for horizon, model in grid.items()})
    return base64.b64encode(zlib.compress(text.encode())).decode()


def unpacked(text: str) -> Grid:
    """What `packed` wrote.

    Raises:
        KeyError: a feature that this release does not have.
    """
    found = json.loads(zlib.decompress(base64.b64decode(text)))
    return {float(horizon): read(model) for horizon, model in found.items()}


def in_use(session: Session, pipeline_id: int, at: datetime) -> InUse | None:
    """The model that was in use at an instant; None when there was none, or it cannot speak any more."""
    m = ForecastModel
    row = session.scalars(
        select(m)
        .where(
            m.pipeline_id == pipeline_id,
            m.layer == ALL,
            m.state.in_((IN_USE, RETIRED)),
            m.trained_at <= at,
            or_(m.retired_at.is_(None), m.retired_at > at),
        )
        .order_by(m.version.desc())
        .limit(1)
    ).first()
    try:
        return InUse(row.id, row.version, unpacked(row.content), row.metrics) if row else None
    except KeyError:  # another release's features; models are made fresh until the next training
        return None


def in_use_on(session: Session, pipeline_id: int, day: date, zone: ZoneInfo) -> InUse | None:
    """The model that was in use when a day began: it has seen nothing that the day's snapshot may not see."""
    return in_use(session, pipeline_id, datetime.combine(day, time(), zone).astimezone(UTC))
