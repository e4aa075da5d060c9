"""Guesses for a person to confirm: which header may mean a field, which word may mean a choice."""

from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz, process

from core.exchange.cells import fold, text_of
from core.exchange.kinds import Holds, Kind
from core.exchange.mapping import ANY, FileMapping, recognise
from core.exchange.tables import Table, blank
from core.exchange.units import without_unit
from core.exchange.values import check_cell

_SURE_ENOUGH = 78.0  # of 100; below it a guess annoys more than it helps
_MOST_WORDS = 20


def suggest_columns(kind: Kind, headers: Sequence[str]) -> dict[str, str]:
    """Headers that look like a field's name or words; each header for one field, the likeliest.

    >>> from core.exchange.kinds import CUSTOMERS
    >>> suggest_columns(CUSTOMERS, ["Custmer name", "Whim"])
    {'name': 'Custmer name'}
    """
    certain = recognise(kind, headers)
    free = [h for n, h in enumerate(headers) if h and n not in certain.values() and h not in kind.told]
    scored = []
    for column in kind.columns:
        if column.name not in certain:
            words = [fold(w) for w in (column.name, *column.words)]
            for header in free:
                found = process.extractOne(
                    fold(without_unit(header)), words, scorer=fuzz.ratio, score_cutoff=_SURE_ENOUGH
                )
                if found:
                    scored.append((found[1], header, column.name))
    suggested: dict[str, str] = {}
    for _, header, field in sorted(scored, reverse=True):
        if field not in suggested and header not in suggested.values():
            suggested[field] = header
    return suggested


def unknown_words(
    kind: Kind, table: Table, places: Mapping[str, int], mapping: FileMapping
) -> dict[str, list[str]]:
    """Per column of choices, the words in the file that mean none of them yet."""
    found: dict[str, list[str]] = {}
    for column in kind.columns:
        place = places.get(column.name)
        if column.holds is not Holds.CHOICE or place is None:
            continue
        known = mapping.values.get(column.name, {})
        cells = (row.cells[place] for row in table.rows if place < len(row.cells))
        words = dict.fromkeys(text_of(c) for c in cells if not blank(c))
        unknown = [w for w in words if w not in known and ANY not in known]
        unknown = [w for w in unknown if check_cell(column, w, mapping.formats)]
        if unknown:
            found[column.name] = unknown[:_MOST_WORDS]
    return found


def nearest(word: str, choices: Mapping[str, str]) -> str | None:
    """The choice whose words are most like `word`; None when none is.

    Args:
        choices: per key, the words that people see for it.
    """
    spoken = {key: fold(label) for key, label in choices.items()}
    found = process.extractOne(fold(word), spoken, scorer=fuzz.WRatio, score_cutoff=_SURE_ENOUGH)
    return found[2] if found else None
