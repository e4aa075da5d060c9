"""`import`, `export` and `undo-import`: files in and out."""

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.access import OPERATOR
from core.exchange.kinds import KINDS, with_own
from core.exchange.mapping import FileMapping, PipelineSpec, from_document
from core.messages import AppError, Invalid, Problem
from data.commands.exchange import export_file, import_table, undo_import
from data.engine import Store
from data.exchange.reading import read_table
from data.exchange.report import as_json, sentence
from data.exchange.results import ImportResult
from data.install import install
from data.migrate import is_current
from data.queries.exchange import dry_run, own_fields, own_types
from data.runtime import this_store

_SHOWN = 10


def add(commands: Any) -> None:
    """Add the commands to the command line."""
    importing = commands.add_parser("import", help="import files: CSV, XLSX, XES")
    importing.add_argument("kind", metavar="KIND", help=", ".join(KINDS))
    importing.add_argument("files", metavar="FILE", nargs="+", type=Path)
    importing.add_argument("--mapping", type=Path, help="a TOML file, see docs/import.md")
    importing.add_argument("--pipeline", help="name of the pipeline that the file brings along")
    importing.add_argument("--sheet", help="sheet of a workbook; by default the one that fits the kind best")
    importing.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    importing.add_argument("--json", action="store_true", help="answer with one JSON object")
    importing.set_defaults(run=_import)
    exporting = commands.add_parser("export", help="export a kind to .csv or .xlsx")
    exporting.add_argument("kind", metavar="KIND", help=", ".join(KINDS))
    exporting.add_argument("file", metavar="FILE", type=Path)
    exporting.set_defaults(run=_export)
    undoing = commands.add_parser("undo-import", help="take an import back, the latest by default")
    undoing.add_argument("batch", metavar="BATCH", nargs="?", type=int)
    undoing.set_defaults(run=_undo)


def _import(chosen: argparse.Namespace) -> int:
    try:
        results = _carry_out(chosen)
    except AppError as error:
        if not chosen.json:
            raise
        print(json.dumps(as_json(ImportResult(0, 0, 0, ())) | {"error": _why(error)}, ensure_ascii=False))
        return 2
    result = _sum(results)
    if chosen.json:
        print(json.dumps(as_json(result), ensure_ascii=False))
    else:
        _tell(result, [r.batch_id for r in results if r.batch_id], dry=chosen.dry_run)
    return 3 if result.rejected else 0


def _carry_out(chosen: argparse.Namespace) -> list[ImportResult]:
    if chosen.kind not in KINDS:
        raise Invalid([Problem("kind", "unknown_choice", {"value": chosen.kind})])
    mapping = _mapping(chosen)
    store = _ready()
    tables = []
    for path in chosen.files:
        if not chosen.json:
            print(f"Reading {path} …", file=sys.stderr)
        form = {"sheet": mapping.sheet, "encoding": mapping.encoding}
        tables.append((path.name, read_table(path.name, _content(path), chosen.kind, **form)))
    results = []
    with store.batch():
        for name, table in tables:
            if not chosen.json:
                print(f"Importing {len(table.rows):,} rows of {name} …", file=sys.stderr)
            run = dry_run if chosen.dry_run else import_table
            results.append(run(store, OPERATOR, chosen.kind, name, table, mapping))
    return results


def _sum(results: list[ImportResult]) -> ImportResult:
    return ImportResult(
        sum(r.accepted for r in results),
        sum(r.updated for r in results),
        sum(r.duplicates for r in results),
        tuple(rejection for r in results for rejection in r.rejected),
        without_customer=tuple(line for r in results for line in r.without_customer),
        namesakes=tuple(line for r in results for line in r.namesakes),
        role_unsaid=tuple(line for r in results for line in r.role_unsaid),
        owner_out=tuple(line for r in results for line in r.owner_out),
        closes_early=tuple(line for r in results for line in r.closes_early),
    )


def _ready() -> Store:
    store = this_store()
    if not is_current(store):
        install(store)
    return store


def _mapping(chosen: argparse.Namespace) -> FileMapping:
    with _ready().reading() as session:
        kind = with_own(KINDS[chosen.kind], own_fields(session, OPERATOR), own_types(session, OPERATOR))
    mapping = FileMapping()
    if chosen.mapping:
        try:
            mapping = from_document(tomllib.loads(_content(chosen.mapping).decode("utf-8-sig")), kind)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Invalid([Problem("mapping", "mapping_unreadable", {"value": str(error)})]) from error
    if chosen.pipeline:
        stages = mapping.pipeline.stages if mapping.pipeline else ()
        mapping = replace(mapping, pipeline=PipelineSpec(chosen.pipeline, chosen.pipeline, stages))
    return replace(mapping, sheet=chosen.sheet or mapping.sheet)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Invalid([Problem("file", "file_missing", {"value": str(path)})]) from error


def _why(error: AppError) -> str:
    problems = error.problems if isinstance(error, Invalid) else ()
    return " ".join(f"{p.field}: {sentence(p, 'en')}" for p in problems) or str(error)


def _worth_saying(result: ImportResult) -> Iterator[tuple[Sequence[int], tuple[str, str]]]:
    """Lines of what comes in and is worth a look, and what is said of them."""
    yield result.without_customer, ("Without a customer", "opportunities")
    yield result.namesakes, ("With the name of another", "customers")
    yield result.owner_out, ("With an owner who is locked out", "rows")
    yield result.closes_early, ("Expected to close before they were opened", "opportunities")
    yield result.role_unsaid, ("Without a role, so sales reps", "people")


def _tell(result: ImportResult, batches: list[int], *, dry: bool) -> None:
    done = "Nothing was written; an import would give" if dry else "Imported"
    print(
        f"{done}: {result.accepted:,} new, {result.updated:,} updated, {result.duplicates:,} known already, "
        f"{len(result.rejected):,} rejected."
    )
    for found, said in _worth_saying(result):
        if found:
            print(f"{said[0]}: {len(found):,} {said[1]}.")
    for row in as_json(result)["rejected"][:_SHOWN]:
        place = f"line {row['line']}" + (f", {row['field']}" if row["field"] else "")
        print(f"  {place}: {row['message']}")
    if len(result.rejected) > _SHOWN:
        print(f"  … and {len(result.rejected) - _SHOWN:,} more; --json lists all.")
    for batch in reversed(batches):  # a later file may build on an earlier one
        print(f"To take it back: python -m data undo-import {batch}")


def _export(chosen: argparse.Namespace) -> int:
    if chosen.kind not in KINDS:
        raise Invalid([Problem("kind", "unknown_choice", {"value": chosen.kind})])
    suffix = chosen.file.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise Invalid([Problem("file", "wrong_file_type", {"value": suffix or chosen.file.name})])
    content, rows = export_file(_ready(), OPERATOR, chosen.kind, suffix.removeprefix("."))
    chosen.file.write_bytes(content)
    print(f"{rows:,} {chosen.kind} written to {chosen.file}")
    return 0


def _undo(chosen: argparse.Namespace) -> int:
    batch = undo_import(_ready(), OPERATOR, chosen.batch)
    print(f"Import {batch} was taken back.")
    return 0
