"""The objective factors behind every forecast value: what each is, and what it says as of an instant (B1).

A value is computed from what had happened and stood in the books at the instant, never from what came
later. Missing is NaN, not zero: where nothing of a factor's source was ever recorded nothing is known; an
opportunity with touches on record but none lately has zero. What is only written down when it happens
(competitor contact, trial activity, downloads) is zero as soon as the company records it anywhere in the
pipeline. A window of n days up to t holds what happened after t - n and before t.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.forecast import reading
from core.forecast.history import Floats, History, Ints
from core.forecast.reading import Reading
from core.forecast.signals import Mark

LEAST_TALK_MINUTES = 3.0


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor's definition.

    Attributes:
        name: its name everywhere: features, forecast lines, catalogues.
        unit: place, ratio, count, days, minutes, hours, yes_no or points; in words: `data.forecast_words`.
        low, high: the range of its values.
        source: the rows that it is computed from.
        known: the instant from which a row counts.
        layer: `all`, or the layer that it was made for: `new`, `renewal` (B2).
        direction: 1 when more of it speaks for winning, -1 against, 0 when either may be.
        value: its values, shape (opportunities,).
    """

    name: str
    unit: str
    low: float
    high: float
    source: str
    layer: str
    direction: int
    value: Callable[[Reading], Floats]
    known: str = "recorded_at"


def _stage(seen: Reading) -> Floats:
    stage = seen.books.standing.stage
    return np.where(stage >= 0, stage, np.nan)


def _dwell_ratio(seen: Reading) -> Floats:
    stage = seen.books.standing.stage
    usual = np.r_[reading.usual_stays(seen), np.nan][stage]  # -1, without a stage, is the last cell
    days: Floats = np.maximum(seen.t - seen.books.standing.since, 0.0)
    return np.asarray(days / usual, np.float64)


def _answered(seen: Reading) -> Floats:
    """Days since the last answer; since our first try where none ever came."""
    last = reading.latest(seen, Mark.ANSWER)
    return seen.t - np.where(np.isfinite(last), last, reading.earliest(seen, Mark.OUTREACH))


def _touches(seen: Reading) -> Floats:
    counted = reading.counts(seen, 14.0, Mark.ANSWER)
    return np.where(reading.has(seen, Mark.ANSWER, Mark.OUTREACH), counted, np.nan)


def _questions(seen: Reading) -> Floats:
    return np.where(reading.has(seen, Mark.QUESTIONS), reading.sums(seen, 30.0, Mark.QUESTIONS), np.nan)


def _talk(seen: Reading) -> Floats:
    minutes = reading.sums(seen, 30.0, Mark.TALK, least=LEAST_TALK_MINUTES)
    return np.where(reading.has(seen, Mark.TALK), minutes, np.nan)


def _decision_maker(seen: Reading) -> Floats:
    met = reading.sums(seen, np.inf, Mark.PERSON) > 0
    return np.where(reading.has(seen, Mark.PERSON), met, np.nan)


def _changes(seen: Reading) -> Floats:
    """Quotes after the first, and contract changes."""
    first = reading.earliest(seen, Mark.QUOTE) > seen.t - 30.0
    counted = reading.counts(seen, 30.0, Mark.QUOTE, Mark.CONTRACT) - first
    return np.where(reading.has(seen, Mark.ACTION, Mark.QUOTE, Mark.CONTRACT), counted, np.nan)


def _objections(seen: Reading) -> Floats:
    return np.where(reading.has(seen, Mark.ACTION, Mark.OBJECTION), reading.open_objections(seen), np.nan)


def _pushes(seen: Reading) -> Floats:
    pushed = seen.history.close_on.rises_by(seen.t)
    return np.where(np.isfinite(seen.books.close_on), pushed, np.nan)


def _told(*marks: Mark, days: float) -> Callable[[Reading], Floats]:
    """Marks that are written down only when they happen: none is zero once the company keeps them."""

    def value(seen: Reading) -> Floats:
        kept = any(len(seen.marks[mark].of) for mark in marks)
        return reading.counts(seen, days, *marks) if kept else np.full(seen.size, np.nan)

    return value


def _mean(mark: Mark, days: float) -> Callable[[Reading], Floats]:
    return lambda seen: reading.means(seen, days, mark)


def _categories(seen: Reading) -> Floats:
    kept = len(seen.marks[Mark.CATEGORY].of) > 0
    return reading.sums(seen, 365.0, Mark.CATEGORY) if kept else np.full(seen.size, np.nan)


_ANY = np.inf
_TOUCHED = "interaction, action, signal"
_competitor, _download = _told(Mark.COMPETITOR, days=30.0), _told(Mark.DOWNLOAD, days=7.0)
_industry, _video = _told(Mark.TRIAL, Mark.DRAWING, days=30.0), _told(Mark.VIDEO, days=7.0)
_ticket, _satisfaction = _mean(Mark.TICKET, 90.0), _mean(Mark.SATISFACTION, 365.0)

FACTORS: tuple[Factor, ...] = (
    Factor("stage", "place", 0, _ANY, "stage_event", "all", 1, _stage),
    Factor("stage_dwell_ratio", "ratio", 0, _ANY, "stage_event, stage", "all", -1, _dwell_ratio),
    Factor("touches_14d", "count", 0, _ANY, _TOUCHED, "all", 1, _touches),
    Factor("days_since_answer", "days", 0, _ANY, _TOUCHED, "all", -1, _answered),
    Factor("questions_30d", "count", 0, _ANY, "interaction", "all", 1, _questions),
    Factor("talk_minutes_30d", "minutes", 0, _ANY, _TOUCHED, "all", 1, _talk),
    Factor("decision_maker", "yes_no", 0, 1, "action", "all", 1, _decision_maker),
    Factor("quote_changes_30d", "count", 0, _ANY, "action, signal", "all", 0, _changes),
    Factor("competitor_30d", "count", 0, _ANY, "signal", "all", -1, _competitor),
    Factor("open_objections", "count", 0, _ANY, "action", "all", -1, _objections),
    Factor("close_date_pushes", "count", 0, _ANY, "opportunity_change", "all", -1, _pushes),
    Factor("industry_signal_30d", "count", 0, _ANY, "signal", "all", 1, _industry),
    Factor("downloads_7d", "count", 0, _ANY, "signal", "new", 1, _download),
    Factor("video_meetings_7d", "count", 0, _ANY, "interaction, signal", "new", 1, _video),
    Factor("ticket_hours_90d", "hours", 0, _ANY, "signal", "renewal", -1, _ticket),
    Factor("categories_added_365d", "count", 0, _ANY, "signal", "renewal", 1, _categories),
    Factor("satisfaction_365d", "points", 1, 5, "signal", "renewal", 1, _satisfaction),
)
FACTOR_NAMES = tuple(factor.name for factor in FACTORS)


def factor_values(history: History, t: float, of: Ints) -> Floats:
    """What each factor said of these opportunities at `t`.

    Args:
        of: indices in the history, shape (rows,).

    Returns:
        Values by `FACTORS`, shape (rows, len(FACTORS)); NaN is missing.
    """
    seen = reading.read(history, t)
    return np.column_stack([np.asarray(factor.value(seen), np.float64)[of] for factor in FACTORS])
