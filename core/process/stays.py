"""Stays and marks of one week: the rows behind every number of the weekly health report (A5).

A stay is the time that an opportunity needs to get beyond a stage: it begins when the opportunity first
reaches that stage, having been at no later one before, and ends when it first reaches a later one, or
closes. Going back and coming again starts no new stay, so actions that bring it nowhere new change none.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.process.metrics import advances
from core.process.stages import Gap, StageEvent

_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Week:
    """A week from its Monday's first instant up to, not including, the next Monday's; UTC."""

    starts_at: datetime
    ends_at: datetime

    def has(self, at: datetime | None) -> bool:
        """Whether an instant lies in the week."""
        return at is not None and self.starts_at <= at < self.ends_at


def week_of(monday: date, timezone: str) -> Week:
    """The week that begins on a Monday, by the clock of a place; 167 or 169 hours where clocks change.

    >>> w = week_of(date(2026, 3, 23), "Europe/Berlin")
    >>> (w.ends_at - w.starts_at).total_seconds() / 3600
    167.0
    """
    zone = ZoneInfo(timezone)
    first, last = (
        datetime.combine(day, time(), zone).astimezone(UTC) for day in (monday, monday + timedelta(days=7))
    )
    return Week(first, last)


def week_name(monday: date) -> str:
    """A week's ISO name, which `date.fromisoformat` reads back.

    >>> week_name(date(2026, 3, 2)), date.fromisoformat("2026-W10")
    ('2026-W10', datetime.date(2026, 3, 2))
    """
    return f"{monday:%G-W%V}"


def last_monday(now: datetime, timezone: str) -> date:
    """The first day of the last week that is over, by the clock of a place.

    >>> from datetime import UTC
    >>> last_monday(datetime(2026, 3, 1, 17, tzinfo=UTC), "Asia/Shanghai")  # Monday there
    datetime.date(2026, 2, 23)
    """
    today = now.astimezone(ZoneInfo(timezone)).date()
    return today - timedelta(days=today.weekday() + 7)


@dataclass(frozen=True, slots=True)
class About:
    """Whom a row is about, in the names of the day on which it was looked up."""

    opportunity_id: int
    opportunity: str
    customer_id: int | None = None
    customer: str | None = None
    rep_id: int | None = None
    rep: str | None = None
    team: str | None = None
    industry: str | None = None
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class DueStep:
    """A planned step whose time came in the week and that was not called off before.

    Attributes:
        event: `order` of the stage event that carrying it out left; None while it was not carried out.
    """

    stage: str
    planned_for: datetime
    event: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One opportunity as it was known when the report was made.

    Attributes:
        events: all that were known; those after the week do not count.
        closed_at: when it closed; None while open.
        next_step: whether a step is planned beyond the week's end.
        due: its planned steps of the week.
    """

    about: About
    events: tuple[StageEvent, ...]
    closed_at: datetime | None = None
    next_step: bool = False
    due: tuple[DueStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay that touched the week.

    Attributes:
        ended_at: None when it lasted beyond the week.
        days: elapsed days from its start to its end, or to the week's end.
        lost_days: days of this week that lay past the benchmark; 0–7, zero without a benchmark.
        past: whether `days` is over the benchmark.
        visits: events at the stage from its start to its end.
        skipped: earlier stages that had not been visited when it began.
        waits: it lasted beyond the week and no next step was planned.
    """

    about: About
    stage: str
    started_at: datetime
    ended_at: datetime | None
    days: float
    lost_days: float
    past: bool
    visits: int
    skipped: tuple[str, ...]
    waits: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that counts for a rate of a stage, and whether it counts as a yes.

    Attributes:
        kind: `visit` (yes: a repeat), `passed` (yes: the stage was skipped), `step` (yes: carried out).
    """

    about: About
    kind: str
    stage: str
    at: datetime
    yes: bool


def stays(
    case: Case,
    place: Mapping[str, int],
    benchmarks: Mapping[str, float | None],
    week: Week,
    optional: Collection[str] = (),
) -> Iterator[Stay]:
    """The stays of one opportunity that touched the week; passing an `optional` stage by is no skip.

    `lost_days` is the part of [start + benchmark, end] that lies in the week. So a day is lost once, in the
    week in which it was lost, also by an opportunity that still lies there; the weeks add up to the whole.
    A stay that was found under way counts while it lasts, for what it lasted since; once it has ended nobody
    knows how long it took.
    """
    ordered = _ordered(case, week)
    ahead = advances(ordered, tuple(place))
    ends = [*(e.happened_at for e in ahead[1:]), case.closed_at]
    for event, end in zip(ahead, ends, strict=False):  # nothing began: nothing ends
        ended = None if end is None or end >= week.ends_at else max(end, event.happened_at)
        if ended is not None and (ended < week.starts_at or event.gap is Gap.SINCE):
            continue
        until, benchmark = ended or week.ends_at, benchmarks.get(event.stage)
        days = _days(event.happened_at, until)
        yield Stay(
            case.about,
            event.stage,
            event.happened_at,
            ended,
            days,
            0.0 if benchmark is None else min(max(0.0, days - benchmark), _days(week.starts_at, until)),
            benchmark is not None and days > benchmark,
            sum(e.stage == event.stage for e in ordered if event.happened_at <= e.happened_at <= until),
            _unseen(ordered, event, place, {*optional, *_untold(ahead, event, place)}),
            ended is None and not case.next_step,
        )


def marks(case: Case, place: Mapping[str, int], week: Week, optional: Collection[str] = ()) -> Iterator[Mark]:
    """What of one opportunity counts for the week's rates; an `optional` stage that is passed by does not."""
    ordered = _ordered(case, week)
    forward = {e.order for e in advances(ordered, tuple(place))}
    yield from _visits(case, ordered, forward, week)
    yield from _passings(case, ordered, place, week, optional)
    yield from _steps(case, forward)


def _visits(case: Case, ordered: list[StageEvent], forward: set[int], week: Week) -> Iterator[Mark]:
    """A first visit that comes after the opportunity was further along counts neither way."""
    seen: set[str] = set()
    for event in ordered:
        if week.has(event.happened_at) and (event.order in forward or event.stage in seen):
            yield Mark(case.about, "visit", event.stage, event.happened_at, event.stage in seen)
        seen.add(event.stage)


def _passings(
    case: Case,
    ordered: list[StageEvent],
    place: Mapping[str, int],
    week: Week,
    optional: Collection[str],
) -> Iterator[Mark]:
    """A stage is passed once, when a later one is first reached; visiting it afterwards heals no skip."""
    reached, ahead = 0, advances(ordered, tuple(place))
    for event in ahead:
        if week.has(event.happened_at):
            unseen = _unseen(ordered, event, place, ())
            passed = [s for s, n in place.items() if reached <= n < place[event.stage]]
            unasked = {*optional, *_untold(ahead, event, place)}
            for stage in (s for s in passed if s not in unasked or s not in unseen):
                yield Mark(case.about, "passed", stage, event.happened_at, stage in unseen)
        reached = place[event.stage]


def _steps(case: Case, forward: set[int]) -> Iterator[Mark]:
    """One mark per stage whose steps were due: a yes when none was left undone.

    Steps that were carried out and brought the opportunity nowhere new count neither way; or one could
    raise the rate by planning and recording actions without content.
    """
    by_stage: dict[str, list[DueStep]] = {}
    for step in sorted(case.due, key=lambda s: s.planned_for):
        if step.event is None or step.event in forward:
            by_stage.setdefault(step.stage, []).append(step)
    for stage, steps in by_stage.items():
        undone = [s for s in steps if s.event is None]
        yield Mark(case.about, "step", stage, (undone or steps)[0].planned_for, not undone)


def _ordered(case: Case, week: Week) -> list[StageEvent]:
    known = (e for e in case.events if e.happened_at < week.ends_at)
    return sorted(known, key=lambda e: (e.happened_at, e.order))


def _unseen(
    ordered: list[StageEvent], event: StageEvent, place: Mapping[str, int], optional: Collection[str]
) -> tuple[str, ...]:
    seen = {e.stage for e in ordered[: ordered.index(event)]} | set(optional)
    return tuple(s for s, n in place.items() if n < place[event.stage] and s not in seen)


def _untold(ahead: list[StageEvent], event: StageEvent, place: Mapping[str, int]) -> set[str]:
    """Stages of which nobody knows whether the opportunity was there: it was found further along."""
    found = [place[e.stage] for e in ahead[: ahead.index(event) + 1] if e.gap]
    return {stage for stage, n in place.items() if n < max(found, default=0)}


def _days(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds() / _DAY_SECONDS)
