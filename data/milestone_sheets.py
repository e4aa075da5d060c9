"""Milestones as tables: in the workbook and in print alike (PRODUCT.md E)."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.milestones.path import Phase
from data.milestone_words import (
    NOTHING,
    about_words,
    chance_words,
    day_words,
    limit_words,
    next_words,
    row_value_words,
    rows_words,
    trend_words,
    value_words,
    whys_words,
)
from data.queries.milestones import Path, Proof, Stop
from data.text import translate

COLUMNS = ("criterion", "value", "limit", "state", "rows", "trend", "outlook", "next")
ROW_COLUMNS = ("on", "who", "about", "number", "said", "why_col")


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its title, in words; numbers are numbers."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str | float, ...], ...]


def stop_table(language: str, stop: Stop) -> Table:
    """A milestone: a line for each of its criteria."""
    day = translate(language, "milestones.day", day=stop.day)
    title = f"{day} · {day_words(language, stop.due_on)} · {stop_state(language, stop)}"
    area = "state" if stop.phase is Phase.OVER else "now"
    lines = tuple(
        (
            translate(language, f"milestones.of.{told.criterion}"),
            value_words(language, told.criterion, told.value),
            limit_words(language, told),
            translate(language, f"milestones.{area}.{told.state}"),
            rows_words(language, told),
            trend_words(language, told),
            chance_words(language, told.chance),
            next_words(language, told, stop.phase is Phase.OVER),
        )
        for told in stop.assessments
    )
    return Table(title, _heads(language, COLUMNS), lines)


def stop_state(language: str, stop: Stop) -> str:
    """How a milestone stands, in a word, and whether an appeal makes it count as met."""
    if not stop.assessments:
        return translate(language, f"milestones.phase.{stop.phase}")
    area = "state" if stop.phase is Phase.OVER else "now"
    state = translate(language, f"milestones.{area}.{stop.state}")
    if stop.counts_as is stop.state:
        return state
    return f"{state} · {translate(language, 'milestones.counts_met_short')}"


def proof_table(language: str, proof: Proof) -> Table:
    """The rows that a criterion counts, each with its number and in words."""
    name = proof.assessment.criterion
    lines = tuple(
        (
            day_words(language, row.on),
            row.whose,
            about_words(language, name, row),
            round(row.value, 4),
            row_value_words(language, name, row),
            whys_words(language, row),
        )
        for row in proof.rows
    )
    return Table(translate(language, f"milestones.of.{name}"), _heads(language, ROW_COLUMNS), lines)


def head(language: str, path: Path) -> tuple[tuple[str, str], ...]:
    """Whose path it is, since when, and where it stands."""
    launched = path.launch.launched_on if path.launch else None
    lines = (
        ("whose", path.team or translate(language, "milestones.company")),
        ("launch", day_words(language, launched) if launched else NOTHING),
        ("today", day_words(language, path.today)),
    )
    return tuple((translate(language, f"milestones.{key}"), said) for key, said in lines)


def _heads(language: str, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(translate(language, f"milestones.{_KEYS.get(name, name)}") for name in names)


_KEYS = {"state": "state_col", "rows": "rows_col", "trend": "trend_col", "next": "next_col"}
