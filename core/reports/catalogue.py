"""The metric catalogue: every number that a report may show, defined once (D1).

A metric counts rows of one grain. Each row carries a numerator and, for a ratio, a denominator, so a number
is the sum of its rows' numerators, over the sum of their denominators where it is a ratio; whatever splits or
narrows it does the same with fewer rows. Formula and name in words lie in the text catalogue under
`metrics.of.<name>`; the rows are read in `data/queries/metrics`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a metric's number is measured in; RATE is 0–1."""

    MONEY = "money"
    COUNT = "count"
    RATE = "rate"
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"


class Grain(StrEnum):
    """What one row of a metric is."""

    CLOSED = "closed"  # an opportunity that was won or lost in the period
    OPENED = "opened"  # an opportunity that was opened in the period
    OPEN = "open"  # an opportunity that was open at the period's end
    STAY = "stay"  # an opportunity's stay at a stage that ended in the period
    ACTION = "action"  # an action that was completed in the period
    STEP = "step"  # a planned step further whose time came in the period
    TALK = "talk"  # a conversation in the period
    DEMAND = "demand"  # a demand that was answered, or whose time ran out, in the period
    PROMISE = "promise"  # a promise for a day of the period, or one that is red at its end
    FORECAST = "forecast"  # an opportunity's line in the forecast of a month that ended in the period


class Good(StrEnum):
    """Which way is better. NEAR_ZERO: the nearer to zero the better."""

    UP = "up"
    DOWN = "down"
    NEAR_ZERO = "near_zero"


class Dimension(StrEnum):
    """By what a metric may be split."""

    TEAM = "team"
    REP = "rep"
    STAGE = "stage"
    INDUSTRY = "industry"
    SEGMENT = "segment"
    PRODUCT = "product"
    CUSTOMER = "customer"
    TYPE = "type"
    URGENCY = "urgency"


_DEAL = (
    Dimension.TEAM,
    Dimension.REP,
    Dimension.INDUSTRY,
    Dimension.SEGMENT,
    Dimension.PRODUCT,
    Dimension.CUSTOMER,
)
_CUSTOMER = tuple(d for d in _DEAL if d is not Dimension.PRODUCT)
SPLITS: Mapping[Grain, tuple[Dimension, ...]] = {
    Grain.CLOSED: _DEAL,
    Grain.OPENED: _DEAL,
    Grain.OPEN: (Dimension.STAGE, *_DEAL),
    Grain.STAY: (Dimension.STAGE, *_DEAL),
    Grain.ACTION: (Dimension.TYPE, *_DEAL),
    Grain.STEP: (Dimension.TYPE, *_DEAL),
    Grain.TALK: (Dimension.TYPE, *_CUSTOMER),
    Grain.DEMAND: (Dimension.URGENCY, *_CUSTOMER),
    Grain.PROMISE: _CUSTOMER,
    Grain.FORECAST: (Dimension.STAGE, *_DEAL),
}


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Attributes:
        name: stable; its words are `metrics.of.<name>`.
        ratio: whether it is numerators over denominators; otherwise numerators are added up.
        item: the PRODUCT items that ask for it.
        sources: the records that its rows come from; their names are `metrics.sources.<name>`.
    """

    name: str
    unit: Unit
    grain: Grain
    good: Good
    ratio: bool
    item: str
    sources: tuple[str, ...]

    @property
    def splits(self) -> tuple[Dimension, ...]:
        """The dimensions by which it may be split, its grain's own first."""
        return SPLITS[self.grain]

    @property
    def standing(self) -> bool:
        """Whether its rows are what stands at an instant, so that most of them are there in both periods."""
        return self.grain is Grain.OPEN or self.name == "red_promises"

    @property
    def title(self) -> str:
        """Catalogue key of its name."""
        return f"metrics.of.{self.name}.name"

    @property
    def formula(self) -> str:
        """Catalogue key of its formula in words."""
        return f"metrics.of.{self.name}.formula"


def _sum(name: str, unit: Unit, grain: Grain, good: Good, item: str, *sources: str) -> Metric:
    return Metric(name, unit, grain, good, False, item, sources)


def _ratio(name: str, unit: Unit, grain: Grain, good: Good, item: str, *sources: str) -> Metric:
    return Metric(name, unit, grain, good, True, item, sources)


_U, _G, _W = Unit, Grain, Good
METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        _sum("won_amount", _U.MONEY, _G.CLOSED, _W.UP, "D1", "opportunity"),
        _sum("wins", _U.COUNT, _G.CLOSED, _W.UP, "D1", "opportunity"),
        _ratio("win_rate", _U.RATE, _G.CLOSED, _W.UP, "D1", "opportunity"),
        _ratio("average_won", _U.MONEY, _G.CLOSED, _W.UP, "D1", "opportunity"),
        _ratio("cycle_days", _U.DAYS, _G.CLOSED, _W.DOWN, "D1", "opportunity"),
        _sum("lost_amount", _U.MONEY, _G.CLOSED, _W.DOWN, "D1", "opportunity"),
        _ratio("quote_win_rate", _U.RATE, _G.CLOSED, _W.UP, "A1, D1", "opportunity", "action"),
        _sum("new_opportunities", _U.COUNT, _G.OPENED, _W.UP, "D1", "opportunity"),
        _sum("new_amount", _U.MONEY, _G.OPENED, _W.UP, "D1", "opportunity"),
        _sum("open_amount", _U.MONEY, _G.OPEN, _W.UP, "A3", "opportunity"),
        _sum("open_opportunities", _U.COUNT, _G.OPEN, _W.UP, "A3", "opportunity"),
        _ratio("next_step_rate", _U.RATE, _G.OPEN, _W.UP, "A2, A3", "opportunity", "action"),
        _sum("overdue_steps", _U.COUNT, _G.OPEN, _W.DOWN, "A3", "opportunity", "action"),
        _ratio("past_benchmark_rate", _U.RATE, _G.OPEN, _W.DOWN, "A3", "stage_event", "stage"),
        _ratio("go_on_rate", _U.RATE, _G.STAY, _W.UP, "A3", "stage_event", "opportunity"),
        _ratio("dwell_days", _U.DAYS, _G.STAY, _W.DOWN, "A3", "stage_event"),
        _ratio("late_stay_rate", _U.RATE, _G.STAY, _W.DOWN, "A3, A5", "stage_event", "stage"),
        _ratio("skip_rate", _U.RATE, _G.STAY, _W.DOWN, "A3, A5", "stage_event"),
        _sum("evidenced_actions", _U.COUNT, _G.ACTION, _W.UP, "A2", "action"),
        _ratio("recording_rate", _U.RATE, _G.ACTION, _W.UP, "A2", "action"),
        _ratio("entry_hours", _U.HOURS, _G.ACTION, _W.DOWN, "A6", "action"),
        _ratio("completion_rate", _U.RATE, _G.STEP, _W.UP, "A3", "action", "stage_event"),
        _sum("talk_minutes", _U.MINUTES, _G.TALK, _W.UP, "B1, D1", "action", "interaction"),
        _sum("customer_questions", _U.COUNT, _G.TALK, _W.UP, "B1, D1", "interaction"),
        _ratio("response_hours", _U.HOURS, _G.DEMAND, _W.DOWN, "C1", "demand", "demand_pause"),
        _ratio("answered_in_time_rate", _U.RATE, _G.DEMAND, _W.UP, "C1", "demand", "demand_pause"),
        _ratio("kept_rate", _U.RATE, _G.PROMISE, _W.UP, "C3, C4", "promise", "promised_date"),
        _sum("red_promises", _U.MONEY, _G.PROMISE, _W.DOWN, "C3", "promise", "opportunity"),
        _ratio("forecast_deviation", _U.RATE, _G.FORECAST, _W.NEAR_ZERO, "B4", "forecast_line"),
        _ratio("adoption_rate", _U.RATE, _G.FORECAST, _W.UP, "B3, B4", "forecast_decision"),
    )
}

REFUSED = ("calls_dialled", "messages_sent", "visits_logged", "records_edited", "hours_online")
"""Vanity counts that no report shows; why stands under `metrics.refused.<name>` (D1)."""


def metrics_of(grain: Grain) -> tuple[Metric, ...]:
    """The metrics that count rows of a grain.

    >>> [metric.name for metric in metrics_of(Grain.PROMISE)]
    ['kept_rate', 'red_promises']
    """
    return tuple(metric for metric in METRICS.values() if metric.grain is grain)
