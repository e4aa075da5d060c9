"""What alert rules may look at: one open opportunity, as the store keeps it at an instant."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from core.process.recordings import Sound

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote that was put to the customer; `action_id` is the action that did."""

    action_id: int
    made_at: datetime
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Heard:
    """The recording of a completed action.

    Attributes:
        sound: what was measured in it; None where nobody measured.
        unspoken: it was transcribed, and no transcript reads as if somebody spoke.
    """

    action_id: int
    sound: Sound | None
    unspoken: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """The furthest stage that an opportunity got to: its last advance (`core.process.metrics.advances`).

    Attributes:
        since: when it got there, UTC.
        by: id of the action that got it there; None for an imported stage change.
        benchmark_days: usual dwell time of the stage, elapsed days; None if unknown.
        only_seen: a list said that it stands there, not since when: `since` is when that was read.
    """

    stage: str
    since: datetime
    by: int | None
    benchmark_days: float | None
    only_seen: bool = False


@dataclass(frozen=True, slots=True)
class OpportunityFacts:
    """State of one open opportunity. What the store does not know is None or empty, never invented.

    Attributes:
        stage: key of the stage of its latest event; "" while nothing was recorded of it.
        stage_since: start of the present run in that stage, UTC; None without events.
        run_length: events in that run.
        run_started_by: id of the action that began the run; None for an imported stage change.
        as_of: the instant that the rules look from, by the company's clock.
        own: it is on Firebreak's own pipeline, so its actions and next steps are recorded here.
        reached: where it stands, which no step back changes; None without events.
        opened_at: when it was opened, UTC.
        last_event_at: its latest event, UTC; None while nothing was recorded of it.
        next_step_id, next_step_at: the earliest planned action.
        last_answer_at: when the customer last did something two-way: an inbound touch, or a meeting.
        skipped: stages before the furthest one that it never visited, in the pipeline's order.
        quotes: its quotes after the customer's last reply to one, oldest first.
        last_quote: the latest quote of all.
        met: different people of the customer in its completed actions.
        actions: its completed actions that say who was there.
        reused: completed actions whose recording serves another action too.
        recordings: what is heard in the recordings of its completed actions.
    """

    opportunity_id: int
    stage: str
    stage_since: datetime | None
    run_length: int
    run_started_by: int | None
    as_of: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    own: bool = True
    reached: Reached | None = None
    opened_at: datetime | None = None
    last_event_at: datetime | None = None
    next_step_id: int | None = None
    next_step_at: datetime | None = None
    last_answer_at: datetime | None = None
    skipped: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    last_quote: Quote | None = None
    met: int = 0
    actions: int = 0
    reused: tuple[int, ...] = ()
    recordings: tuple[Heard, ...] = ()

    def days_since(self, at: datetime | None) -> float | None:
        """Elapsed days up to `as_of`; None without an instant."""
        return (self.as_of - at) / _DAY if at else None

    def calendar_days_since(self, at: datetime | None) -> int:
        """How many days of the company's calendar an instant lies back, as people count; 0 without one.

        >>> from zoneinfo import ZoneInfo
        >>> morning = datetime(2026, 3, 6, 1, tzinfo=UTC).astimezone(ZoneInfo("Asia/Shanghai"))
        >>> facts = OpportunityFacts(1, "", None, 0, None, as_of=morning)  # Friday, 9:00
        >>> facts.calendar_days_since(datetime(2026, 3, 4, 6, tzinfo=UTC))  # Wednesday, 14:00
        2
        """
        return (self.as_of.date() - at.astimezone(self.as_of.tzinfo).date()).days if at else 0
