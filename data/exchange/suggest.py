"""Guesses for a person to confirm: which header may mean a field, which word may mean a choice."""

from collections.abc import Callable, Mapping, Sequence

from rapidfuzz import fuzz, process

from core.exchange.cells import fold, text_of
from core.exchange.closing import closed_as
from core.exchange.kinds import Column, Holds, Kind
from core.exchange.mapping import ANY, FileMapping, recognise
from core.exchange.tables import Table, blank
from core.exchange.units import without_unit
from core.exchange.values import check_cell

_SURE_ENOUGH = 78.0  # of 100; below it a guess annoys more than it helps
_MOST_WORDS = 20
_MOST_PEOPLE = 50


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
    said = ((c, _unmapped(c, table, places, mapping)) for c in kind.columns if c.holds is Holds.CHOICE)
    unknown = ((c.name, [w for w in words if check_cell(c, w, mapping.formats)]) for c, words in said)
    return {field: words[:_MOST_WORDS] for field, words in unknown if words}


def unknown_stages(kind: Kind, table: Table, places: Mapping[str, int], mapping: FileMapping) -> list[str]:
    """The words for stages that mean none of Firebreak's own; none where a file follows its own pipeline."""
    column = next((c for c in kind.columns if c.holds is Holds.STAGE), None)
    other = mapping.pipeline is not None or "pipeline" in places or "pipeline" in mapping.defaults
    if column is None or other:
        return []
    formats, closing = mapping.formats, kind.column("outcome") is not None
    known = {fold(c) for c in column.choices} | set(formats.words.get("stage", {}))
    said = _unmapped(column, table, places, mapping)
    return [w for w in said if fold(w) not in known and not (closing and closed_as(w, formats))][:_MOST_WORDS]


def unknown_people(
    kind: Kind,
    table: Table,
    places: Mapping[str, int],
    mapping: FileMapping,
    known: Callable[[str], int | None],
) -> dict[str, list[str]]:
    """Per column that names people, the words in the file that mean nobody, or more than one.

    Args:
        known: the person that a word means.
    """
    said = ((c.name, _unmapped(c, table, places, mapping)) for c in kind.columns if c.person)
    unknown = ((field, [w for w in words if known(w) is None]) for field, words in said)
    return {field: words[:_MOST_PEOPLE] for field, words in unknown if words}


def _unmapped(column: Column, table: Table, places: Mapping[str, int], mapping: FileMapping) -> Sequence[str]:
    """What a column's cells say, each once, but for what the mapping reads another word for."""
    place, known = places.get(column.name), mapping.values.get(column.name, {})
    if place is None or ANY in known:
        return ()
    cells = (row.cells[place] for row in table.rows if place < len(row.cells))
    return [w for w in dict.fromkeys(text_of(c) for c in cells if not blank(c)) if w not in known]


def nearest(word: str, choices: Mapping[str, str]) -> str | None:
    """The choice whose words are most like `word`; None when none is.

    Args:
        choices: per key, the words that people see for it.
    """
    spoken = {key: fold(label) for key, label in choices.items()}
    found = process.extractOne(fold(word), spoken, scorer=fuzz.WRatio, score_cutoff=_SURE_ENOUGH)
    return found[2] if found else None
