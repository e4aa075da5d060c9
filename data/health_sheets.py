"""The weekly health report as tables: drawn on the page, written to the workbook and printed alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.process.health import SHOWS, Rows, StageWeek, WeeklyHealth, behind
from core.process.stays import Mark, Stay
from data.health_words import NOTHING, stage_name, team_name, verdict, week_words
from data.queries.health import Issued
from data.text import translate

IN_SHORT = (  # columns of the stages where room is scarce
    "stage", "median", "ended", "benchmark", "stays", "late_rate", "lost", "skip_rate", "repeat_rate",
    "completion",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        kind: text, count, days, times (a ratio), rate (0–1), instant or yes (a bool).
    """

    name: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its title in words; a row has a raw value per column, None where there is none."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]


def stage_sheet(language: str, health: WeeklyHealth) -> Sheet:
    """A line per stage: all figures of the report."""
    cells: dict[str, tuple[str, Callable[[StageWeek], Any]]] = {
        "stage": ("text", lambda s: stage_name(language, s.stage)),
        "median": ("days", lambda s: s.median_days),
        "ended": ("count", lambda s: s.ended),
        "benchmark": ("days", lambda s: s.benchmark_days),
        "ratio": ("times", lambda s: s.ratio(health.least)),
        "stays": ("count", lambda s: s.stays),
        "late": ("count", lambda s: s.past),
        "late_rate": ("rate", lambda s: s.late_rate),
        "lost": ("days", lambda s: s.lost_days if s.benchmark_days else None),
        "passed": ("count", lambda s: s.went_further),
        "skips": ("count", lambda s: s.skipped),
        "skip_rate": ("rate", lambda s: s.skip_rate),
        "visits": ("count", lambda s: s.visits),
        "repeats": ("count", lambda s: s.repeats),
        "repeat_rate": ("rate", lambda s: s.repeat_rate),
        "due": ("count", lambda s: s.due),
        "done": ("count", lambda s: s.completed),
        "completion": ("rate", lambda s: s.completion_rate),
    }
    return _sheet(language, "stages", cells, health.stages)


def _stay_sheet(language: str, show: str, stays: Sequence[Stay]) -> Sheet:
    cells: dict[str, tuple[str, Callable[[Stay], Any]]] = _about() | {
        "stage": ("text", lambda s: stage_name(language, s.stage)),
        "days": ("days", lambda s: s.days),
        "lost": ("days", lambda s: s.lost_days),
        "is_late": ("yes", lambda s: s.past),
        "started": ("instant", lambda s: s.started_at),
        "ended_at": ("instant", lambda s: s.ended_at),
        "visits_there": ("count", lambda s: s.visits),
        "waits": ("yes", lambda s: s.waits),
        "skipped": ("text", lambda s: " · ".join(stage_name(language, k) for k in s.skipped)),
    }
    return _sheet(language, show, cells, stays)


def _mark_sheet(language: str, kind: str, marks: Sequence[Mark]) -> Sheet:
    cells: dict[str, tuple[str, Callable[[Mark], Any]]] = _about() | {
        "stage": ("text", lambda m: stage_name(language, m.stage)),
        f"at_{kind}": ("instant", lambda m: m.at),
        f"yes_{kind}": ("yes", lambda m: m.yes),
    }
    return _sheet(language, kind, cells, marks)


def week_sheet(language: str, trend: Sequence[Issued]) -> Sheet:
    """A line per report up to this one, newest first."""
    cells: dict[str, tuple[str, Callable[[Issued], Any]]] = {
        "week": ("text", lambda r: week_words(language, r.monday)),
        "lost": ("days", lambda r: r.health.measure("lost")),
        "stays": ("count", lambda r: r.health.total(lambda s: s.stays)),
        "late_rate": ("rate", lambda r: r.health.measure("late")),
        "skip_rate": ("rate", lambda r: r.health.measure("skips")),
        "repeat_rate": ("rate", lambda r: r.health.measure("repeats")),
        "completion": ("rate", lambda r: r.health.measure("completion")),
        "worst": ("text", lambda r: _worst(language, r.health)),
    }
    return _sheet(language, "weeks", cells, trend[::-1])


def row_sheets(language: str, found: Rows) -> tuple[Sheet, ...]:
    """All rows behind a report, a sheet per kind."""
    return tuple(row_sheet(language, show, behind(found, show)) for show in SHOWS if show != "late")


def row_sheet(language: str, show: str, found: Rows) -> Sheet:
    """The rows of one kind of `SHOWS`."""
    if show in ("stays", "late"):
        return _stay_sheet(language, show, found.stays)
    return _mark_sheet(language, show, found.marks)


def head(language: str, report: Issued) -> tuple[tuple[str, str], ...]:
    """What stands above the figures: label and words."""
    said = verdict(language, report.health)
    words = {
        "team": team_name(language, report),
        "week": week_words(language, report.monday),
        "verdict": said.sentence,
        "action": said.action or NOTHING,
    }
    return tuple((translate(language, f"health.head.{key}"), value) for key, value in words.items())


def _worst(language: str, health: WeeklyHealth) -> str:
    return stage_name(language, health.bottleneck.stage) if health.bottleneck else NOTHING


def _about() -> dict[str, tuple[str, Callable[[Any], Any]]]:
    return {
        "customer": ("text", lambda row: row.about.customer or NOTHING),
        "opportunity": ("text", lambda row: row.about.opportunity),
        "rep": ("text", lambda row: row.about.rep or NOTHING),
        "team": ("text", lambda row: row.about.team or NOTHING),
    }


def _sheet(language: str, name: str, cells: dict[str, tuple[str, Any]], rows: Sequence[Any]) -> Sheet:
    return Sheet(
        translate(language, f"health.sheet.{name}"),
        tuple(Column(k, kind, translate(language, f"health.col.{k}")) for k, (kind, _) in cells.items()),
        tuple(tuple(of(row) for _, of in cells.values()) for row in rows),
    )


def chosen(sheet: Sheet, names: Sequence[str]) -> Sheet:
    """The sheet with these columns only, in this order."""
    places = {column.name: n for n, column in enumerate(sheet.columns)}
    kept = [places[name] for name in names]
    return Sheet(
        sheet.title,
        tuple(sheet.columns[n] for n in kept),
        tuple(tuple(row[n] for n in kept) for row in sheet.rows),
    )
