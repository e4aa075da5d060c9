"""A pipeline's forecast of a running period as of a day: computed from the store, written nowhere (B7)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import partial
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.forecast.amounts import in_money
from core.forecast.history import WON, History
from core.forecast.layer_models import LayerModels, fit_layers
from core.forecast.outlook import PeriodOutlook, outlook
from core.forecast.periods import Horizon
from core.forecast.registered import model_for
from core.forecast.valuation import Valuation, valuations
from core.forecast.weighing import WeightTimes
from data.models import InUse
from data.queries.calendars import company_country
from data.queries.currencies import main_currency
from data.queries.forecast_history import forecast_history
from data.queries.policies import company_tz
from data.queries.weights import weight_times
from data.schema import Person, Pipeline, Stage

PERIODS = ("month", "quarter")
AT = time(4)  # of the morning, when a day's snapshots are due
_EXACT = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Books:
    """A pipeline's history with what its numbers mean in the store.

    Attributes:
        stages: stage ids by place.
        team_of: each person's team, as it is today.
        weights: which factor weights were in force when.
        country: whose holidays the season knows: those of the company's calendar.
        currency: what amounts are in; "" where wins are counted because no amounts are kept.
    """

    pipeline_id: int
    history: History
    zone: ZoneInfo
    stages: tuple[int, ...]
    team_of: dict[int, int | None]
    currency: str
    weights: WeightTimes
    country: str

    def owner(self, code: int) -> int | None:
        """A person's id by the history's owner code."""
        return self.history.owner_ids[code] if code >= 0 else None

    def team(self, owner_id: int | None) -> int | None:
        """The team of a person."""
        return self.team_of.get(owner_id) if owner_id is not None else None


@dataclass(frozen=True, slots=True)
class Forecast:
    """A running period's outlook with a valuation of every open opportunity."""

    books: Books
    horizon: Horizon
    day: date
    outlook: PeriodOutlook
    lines: tuple[Valuation, ...]
    speaking: LayerModels
    version: int | None = None

    @property
    def models(self) -> dict[str, Any]:
        """Which model spoke, by layer, and why: `LayerModel.told`; the registered one with its version."""
        said = {layer: dict(model.told) for layer, model in self.speaking.items()}
        for told in said.values():
            if told["kind"] == "pooled" and self.version is not None:
                told["version"] = self.version
        return said


def open_books(session: Session, pipeline: str) -> Books:
    """Everything that a pipeline's forecasts need, read at once.

    Raises:
        NotFound: there is no such pipeline.
    """
    history = forecast_history(session, pipeline)
    key = session.scalars(select(Pipeline.id).where(Pipeline.key == pipeline)).one()
    stages = session.scalars(select(Stage.id).where(Stage.pipeline_id == key).order_by(Stage.position))
    teams = {row.id: row.team_id for row in session.execute(select(Person.id, Person.team_id))}
    return Books(
        key,
        history,
        company_tz(session),
        tuple(stages),
        teams,
        _currency(session, key, history),
        weight_times(session),
        company_country(session),
    )


def forecast_of(
    books: Books,
    period: str,
    day: date,
    *,
    in_use: InUse | None = None,
    tick: Callable[[float], None] = lambda share: None,
) -> Forecast:
    """The period that `day` lies in, as the books stood when the day began; see `outlook`."""
    horizon = Horizon(period)
    model = partial(model_for, in_use.grid) if in_use else None
    said = outlook(
        books.history,
        horizon,
        day,
        books.zone,
        country=books.country,
        model=model,
        tick=tick,
    )
    models = fit_layers(books.history, said.t, said.rest.end - said.t, said.rest.pipeline.model)
    lines = valuations(books.history, said.t, said.rest.end, weights=books.weights.at(said.t), models=models)
    return Forecast(books, horizon, day, said, lines, models, in_use.version if in_use else None)


def exact(value: float) -> Decimal | None:
    """Money to four places; None for a number that cannot be said.

    >>> exact(1.23456), exact(float("nan"))
    (Decimal('1.2346'), None)
    """
    return Decimal(repr(float(value))).quantize(_EXACT) if isfinite(value) else None


def _currency(session: Session, pipeline_id: int, history: History) -> str:
    """The currency of most amounts; "" where there were wins, and no amount stands anywhere."""
    books = history.as_of(float("inf"))
    won = bool((books.outcome == WON).any())
    return "" if won and not in_money(books) else main_currency(session, pipeline_id)
