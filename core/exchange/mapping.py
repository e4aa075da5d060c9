"""Mappings: which header means which field, which word means which value (documented in docs/import.md)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from typing import Any
from zoneinfo import ZoneInfo

from core.exchange.cells import Formats, fold
from core.exchange.kinds import Kind
from core.exchange.units import without_unit
from core.messages import Invalid, Problem

ANY = "*"
_SECTIONS = {"columns", "values", "defaults", "pipeline", "formats", "options"}
AT_CLOSE = ("amount", "customer", "product")  # what another system may fill only when it closes
_OPTIONS = {"sheet", "encoding", "known_at_close", "expected_while_open"}


@dataclass(frozen=True, slots=True)
class PipelineSpec:
    """A pipeline that a file brings along; `stages` in their order, as far as it is known."""

    key: str
    name: str
    stages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileMapping:
    """How one system's files are to be understood.

    Attributes:
        columns: header of each field; "" leaves a field out although a header would match.
        values: per field, the word to read in place of a file's word; "*" for every other word.
        defaults: what to read where a cell is empty or has no column.
        known_at_close: fields of an opportunity that the other system fills only when it closes;
            a replay before that must not know them.
        expected_while_open: the closing time of a row that is still open is its expected close.
    """

    columns: Mapping[str, str] = attribute(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = attribute(default_factory=dict)
    defaults: Mapping[str, str] = attribute(default_factory=dict)
    pipeline: PipelineSpec | None = None
    formats: Formats = attribute(default_factory=Formats)
    sheet: str | None = None
    encoding: str | None = None
    known_at_close: tuple[str, ...] = ()
    expected_while_open: bool = False


def from_document(document: Mapping[str, Any], kind: Kind) -> FileMapping:
    """A mapping from its TOML document.

    Raises:
        Invalid: a section, field or option that does not exist, each named.
    """
    problems = _unknown(document, kind)
    if problems:
        raise Invalid(problems)
    options = document.get("options", {})
    return FileMapping(
        columns={k: str(v) for k, v in document.get("columns", {}).items()},
        values={k: {str(a): str(b) for a, b in v.items()} for k, v in document.get("values", {}).items()},
        defaults={k: str(v) for k, v in document.get("defaults", {}).items()},
        pipeline=_pipeline(document.get("pipeline")),
        formats=_formats(document.get("formats", {})),
        sheet=options.get("sheet"),
        encoding=options.get("encoding"),
        known_at_close=tuple(options.get("known_at_close", ())),
        expected_while_open=bool(options.get("expected_while_open", False)),
    )


def _unknown(document: Mapping[str, Any], kind: Kind) -> list[Problem]:
    fields = {c.name for c in kind.columns}
    sections = {k: v for k, v in document.items() if k in _SECTIONS}
    if misplaced := [k for k in document if k not in _SECTIONS]:
        return [Problem("mapping", "mapping_unknown", {"value": v}) for v in misplaced]
    if broken := [k for k, v in sections.items() if not isinstance(v, Mapping)]:
        return [Problem("mapping", "mapping_unknown", {"value": v}) for v in broken]
    named = [f for s in ("columns", "values", "defaults") for f in sections.get(s, {})]
    wrong = [f for f in named if f not in fields]
    wrong += [f for f, v in sections.get("values", {}).items() if not isinstance(v, Mapping)]
    wrong += [o for o in sections.get("options", {}) if o not in _OPTIONS]
    wrong += [k for k in sections.get("options", {}).get("known_at_close", ()) if k not in AT_CLOSE]
    return [Problem("mapping", "mapping_unknown", {"value": v}) for v in wrong]


def _pipeline(document: Mapping[str, Any] | None) -> PipelineSpec | None:
    if not document:
        return None
    key = str(document.get("key") or document.get("name") or "")
    if not key:
        raise Invalid([Problem("mapping", "mapping_unknown", {"value": "pipeline"})])
    return PipelineSpec(key, str(document.get("name", key)), tuple(map(str, document.get("stages", ()))))


def _formats(document: Mapping[str, Any]) -> Formats:
    try:
        formats = replace(Formats(), **document)
        ZoneInfo(formats.time_zone)
    except (TypeError, KeyError, ValueError, OSError) as error:
        raise Invalid([Problem("mapping", "mapping_unknown", {"value": "formats"})]) from error
    if formats.dates not in (None, "day first", "month first"):
        raise Invalid([Problem("mapping", "mapping_unknown", {"value": str(formats.dates)})])
    return formats


def match(kind: Kind, headers: Sequence[str], mapping: FileMapping) -> dict[str, int]:
    """Column index of each field that the file has: by the mapping, then by name, then by known words.

    Raises:
        Invalid: a header that the mapping names is not in the file, or a needed field has no column.
    """
    places = {h: n for n, h in reversed(list(enumerate(headers)))}
    named = {f: h for f, h in mapping.columns.items() if h}
    if lost := [h for h in named.values() if h not in places]:
        raise Invalid([Problem("file", "column_not_in_file", {"value": h}) for h in lost])
    found = {f: places[h] for f, h in named.items()}
    for field, place in recognise(kind, headers).items():
        if field not in mapping.columns and place not in found.values():
            found[field] = place
    missing = [group for group in kind.needed if not any(f in found or f in mapping.defaults for f in group)]
    if missing:
        raise Invalid([Problem(g[0], "missing_column", {"value": " / ".join(g)}) for g in missing])
    return found


def knows(kind: Kind) -> Callable[[Sequence[str]], int]:
    """Counts the headers that are certain for a kind."""
    return lambda headers: len(recognise(kind, headers))


def recognise(kind: Kind, headers: Sequence[str]) -> dict[str, int]:
    """Fields whose header is certain: the field's own name, or a known word for it, first of what is needed.

    >>> from core.exchange.kinds import CUSTOMERS
    >>> recognise(CUSTOMERS, ["客户名称", "Sector", "Whim"])
    {'name': 0, 'industry': 1}
    """
    folded = _folded(kind, headers)
    found = {c.name: folded[fold(c.name)] for c in kind.columns if fold(c.name) in folded}
    needed = {name for names in kind.needed for name in names}
    for column in sorted(kind.columns, key=lambda column: column.name not in needed):
        places = (folded[fold(w)] for w in column.words if fold(w) in folded)
        free = [p for p in places if p not in found.values()]
        if column.name not in found and free:
            found[column.name] = free[0]
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _folded(kind: Kind, headers: Sequence[str]) -> dict[str, int]:
    """Where each header stands, as it is and without its unit; the first of several alike."""
    said = [(text, place) for place, text in enumerate(headers) if text and text not in kind.told]
    folded: dict[str, int] = {}
    for text, place in [*said, *((without_unit(text), place) for text, place in said)]:
        folded.setdefault(fold(text), place)
    return folded
