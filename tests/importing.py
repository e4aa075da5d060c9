"""Importing in tests as the command line does it: a file's name and content, a kind, a mapping."""

import tomllib
from pathlib import Path

from sqlalchemy import func, select

from core.access import OPERATOR
from core.exchange.kinds import KINDS
from core.exchange.mapping import FileMapping, from_document
from data.commands.exchange import export_file, import_table
from data.engine import Store
from data.exchange.reading import read_table
from data.exchange.results import ImportResult
from data.schema import Base

_KEPT = {"audit", "import_batch", "import_change", "alembic_version"}  # what an undo leaves behind


def import_text(
    store: Store, kind: str, text: str | bytes, name: str = "file.csv", mapping: str = ""
) -> ImportResult:
    """Import a file given by its content, with a mapping given as TOML."""
    content = text.encode() if isinstance(text, str) else text
    how = from_document(tomllib.loads(mapping), KINDS[kind]) if mapping else FileMapping()
    table = read_table(name, content, kind, sheet=how.sheet, encoding=how.encoding)
    return import_table(store, OPERATOR, kind, name, table, how)


def import_path(store: Store, kind: str, path: Path, mapping: Path) -> ImportResult:
    """Import a file of the disk with a mapping of the disk."""
    return import_text(store, kind, path.read_bytes(), path.name, mapping.read_text())


def contents(store: Store) -> dict[str, list[tuple]]:
    """Every row of every table that an import may touch, without what merely counts its changes."""
    found = {}
    with store.reading() as session:
        for table in Base.metadata.sorted_tables:
            if table.name not in _KEPT:
                columns = [c for c in table.c if c.name != "version"]
                found[table.name] = sorted(map(repr, session.execute(select(*columns))))
    return found


def count(store: Store, table: type[Base], *where) -> int:
    """How many rows a table has."""
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where))


def shown(result: ImportResult) -> tuple[int, int, int, list[tuple[int, str, str]]]:
    """A result as one comparable value: new, updated, known, and (line, field, code) of each rejection."""
    first = [(r.line, r.problems[0].field, r.problems[0].code) for r in result.rejected]
    return result.accepted, result.updated, result.duplicates, first


def export(store: Store, kind: str, form: str = "csv", who=OPERATOR) -> bytes:
    """A kind's export."""
    return export_file(store, who, kind, form)[0]
