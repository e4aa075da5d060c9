"""The weekly process health report: where the week's time went, and why (PRODUCT.md A5).

The bottleneck is the stage that lost the most days in the week, `Stay.lost_days` added up: a total rather
than a mean, because one opportunity that lies for weeks and ten that lie for days are both lost time, and
a mean over stays that ended would never see those that still lie. Every number is counted from the rows
that stand beside it; actions that bring an opportunity nowhere new improve none of them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from core.process.causes import Cause, cause
from core.process.stays import Case, Mark, Stay, Week, marks, stays


@dataclass(frozen=True, slots=True)
class StageWeek:
    """One stage in one week.

    Attributes:
        benchmark_days: as it was when the report was issued; None if unknown.
        stays: opportunities that were at the stage in the week: `ended` or still `standing` at its end.
        median_days, mean_days: elapsed days of those that ended; None without any.
        past: stays over the benchmark.
        lost_days: days of the week past the benchmark, over all stays.
        visits, repeats: actions of the week at the stage, and those that were not the opportunity's first;
            a first one after the opportunity was further along counts neither way.
        went_further, skipped: opportunities that passed the stage in the week, and those without a visit.
        due, completed: opportunities with steps of the stage due in the week, and those that left none.
    """

    stage: str
    benchmark_days: float | None
    stays: int
    ended: int
    standing: int
    median_days: float | None
    mean_days: float | None
    past: int
    lost_days: float
    visits: int
    repeats: int
    went_further: int
    skipped: int
    due: int
    completed: int

    def ratio(self, least: int) -> float | None:
        """Median over benchmark; None when fewer than `least` stays ended, or there is no benchmark."""
        if self.ended < max(least, 1) or not self.benchmark_days or self.median_days is None:
            return None
        return self.median_days / self.benchmark_days

    @property
    def late_rate(self) -> float | None:
        """Stays over the benchmark, 0–1; None without stays or benchmark."""
        return rate(self.past, self.stays) if self.benchmark_days else None

    @property
    def skip_rate(self) -> float | None:
        """0–1; None when none went further."""
        return rate(self.skipped, self.went_further)

    @property
    def repeat_rate(self) -> float | None:
        """0–1; None without visits."""
        return rate(self.repeats, self.visits)

    @property
    def completion_rate(self) -> float | None:
        """0–1; None when nothing was due."""
        return rate(self.completed, self.due)


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """The stage that lost the most.

    Attributes:
        share: of all days lost in the week, 0–1.
        cause: what its lost days have in common; its code also names the suggested action.
    """

    stage: str
    lost_days: float
    share: float
    stays: int
    past: int
    cause: Cause


@dataclass(frozen=True, slots=True)
class Gap:
    """What a report lacks: `no_stays`, `few_stays` (n of the needed) or `no_benchmark`."""

    code: str
    n: int = 0
    needed: int = 0


@dataclass(frozen=True, slots=True)
class WeeklyHealth:
    """The whole report.

    Attributes:
        stages: in the pipeline's order.
        bottleneck: None when no stage lost time, or `gaps` say why it cannot be told.
        least: stays from which a ratio is said (the policy of `policy_version`).
    """

    stages: tuple[StageWeek, ...]
    bottleneck: Bottleneck | None
    gaps: tuple[Gap, ...]
    least: int
    policy_version: int

    def total(self, of: Callable[[StageWeek], float]) -> float:
        """A number of all stages together, e.g. `total(lambda s: s.lost_days)`."""
        return sum(of(s) for s in self.stages)

    def parts(self, measure: str) -> tuple[int, int]:
        """What a rate of `MEASURES` is made of, over all stages: how many, of how many."""
        part, whole = _PARTS[measure]
        return int(self.total(part)), int(self.total(whole))

    def measure(self, name: str) -> float | None:
        """One of `MEASURES` over all stages: `lost` in days, the others 0–1; None where nothing counts."""
        if not any(s.benchmark_days for s in self.stages) and name in ("lost", "late"):
            return None
        return self.total(lambda s: s.lost_days) if name == "lost" else rate(*self.parts(name))


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows behind a report's numbers."""

    stays: tuple[Stay, ...]
    marks: tuple[Mark, ...]


MEASURES = ("lost", "late", "skips", "repeats", "completion")
SHOWS = ("stays", "late", "visit", "passed", "step")  # the rows that numbers count

_PARTS: dict[str, tuple[Callable[[StageWeek], float], Callable[[StageWeek], float]]] = {
    "late": (lambda s: s.past, lambda s: s.stays if s.benchmark_days else 0),
    "skips": (lambda s: s.skipped, lambda s: s.went_further),
    "repeats": (lambda s: s.repeats, lambda s: s.visits),
    "completion": (lambda s: s.completed, lambda s: s.due),
}


def behind(found: Rows, show: str, stage: str | None = None) -> Rows:
    """The rows that a number counts: of one kind of `SHOWS`, and of one stage unless that is None.

    Stays that lost most come first, and marks that count as a yes.
    """
    stays = found.stays if show in ("stays", "late") else ()
    kept = (s for s in stays if (show == "stays" or s.past) and stage in (None, s.stage))
    marked = (m for m in found.marks if m.kind == show and stage in (None, m.stage))
    return Rows(
        tuple(sorted(kept, key=lambda s: (-s.lost_days, -s.days))),
        tuple(sorted(marked, key=lambda m: (not m.yes, m.at))),
    )


def rate(part: int, whole: int) -> float | None:
    """part / whole; None without a whole."""
    return part / whole if whole else None


def rows(
    cases: Iterable[Case],
    order: Sequence[str],
    benchmarks: Mapping[str, float | None],
    week: Week,
    optional: Collection[str] = (),
) -> Rows:
    """What of these opportunities counts for the week; stages in the pipeline's order.

    Args:
        optional: stages that may be passed by.
    """
    place = {stage: n for n, stage in enumerate(order)}
    known = tuple(cases)
    return Rows(
        tuple(s for c in known for s in stays(c, place, benchmarks, week, optional)),
        tuple(m for c in known for m in marks(c, place, week, optional)),
    )


def weekly_health(
    found: Rows,
    order: Sequence[str],
    benchmarks: Mapping[str, float | None],
    *,
    least: int,
    policy_version: int = 0,
) -> WeeklyHealth:
    """The report from its rows.

    Args:
        least: with fewer stays neither a ratio nor a bottleneck is said.
    """
    stages = tuple(_stage(stage, benchmarks.get(stage), found) for stage in order)
    gaps = _gaps(stages, least)
    worst = max(stages, key=lambda s: s.lost_days, default=None)
    told = worst is not None and worst.lost_days > 0 and not gaps
    bottleneck = _bottleneck(worst, found, stages) if worst and told else None
    return WeeklyHealth(stages, bottleneck, gaps, least, policy_version)


def _stage(stage: str, benchmark: float | None, found: Rows) -> StageWeek:
    here = [s for s in found.stays if s.stage == stage]
    ended = [s.days for s in here if s.ended_at is not None]
    count = {
        (kind, yes): sum((m.kind, m.stage, m.yes) == (kind, stage, yes) for m in found.marks)
        for kind in ("visit", "passed", "step")
        for yes in (False, True)
    }
    return StageWeek(
        stage=stage,
        benchmark_days=benchmark,
        stays=len(here),
        ended=len(ended),
        standing=len(here) - len(ended),
        median_days=median(ended) if ended else None,
        mean_days=fmean(ended) if ended else None,
        past=sum(s.past for s in here),
        lost_days=sum(s.lost_days for s in here),
        visits=count["visit", False] + count["visit", True],
        repeats=count["visit", True],
        went_further=count["passed", False] + count["passed", True],
        skipped=count["passed", True],
        due=count["step", False] + count["step", True],
        completed=count["step", True],
    )


def _gaps(stages: Sequence[StageWeek], least: int) -> tuple[Gap, ...]:
    stayed = sum(s.stays for s in stages)
    if not stayed:
        return (Gap("no_stays"),)
    gaps = [Gap("few_stays", stayed, least)] if stayed < least else []
    if not any(s.benchmark_days for s in stages):
        gaps.append(Gap("no_benchmark"))
    return tuple(gaps)


def _bottleneck(worst: StageWeek, found: Rows, stages: Sequence[StageWeek]) -> Bottleneck:
    here = [s for s in found.stays if s.stage == worst.stage]
    share = worst.lost_days / sum(s.lost_days for s in stages)
    return Bottleneck(worst.stage, worst.lost_days, share, worst.stays, worst.past, cause(here))
