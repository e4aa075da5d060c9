"""Importing a file, taking an import back, exporting: each one transaction and one audit row (P1, P2)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.access import Permission
from core.exchange.kinds import KINDS
from core.exchange.mapping import FileMapping
from core.exchange.tables import Table
from core.messages import Conflict, Invalid, NotFound, Problem
from data.commands.command import Tx, command
from data.exchange.exporting import as_file, export_rows
from data.exchange.holding import plan_held
from data.exchange.plan import Read
from data.exchange.results import ImportResult, result_of
from data.exchange.undoing import take_back
from data.exchange.writing import write
from data.migrate import IMPORTS, alone
from data.schema import ImportBatch


@command("import.run", needs=Permission.IMPORT)
def import_table(
    tx: Tx,
    kind: str,
    filename: str,
    table: Table,
    mapping: FileMapping,
    seen: Mapping[Read, Any] | None = None,
) -> ImportResult:
    """Import a table: good rows are written, bad ones are not, all in one transaction.

    Args:
        seen: of the dry run that somebody looked at before; rows that would overwrite what others changed
            since are refused. None where nobody looked.

    Raises:
        Invalid: no such kind, or a needed column is not in the file.
    """
    if kind not in KINDS:
        raise Invalid([Problem("kind", "unknown_choice", {"value": kind})])
    alone(tx.session.connection(), IMPORTS)  # what one import creates, the next one knows
    plan = plan_held(tx.session, KINDS[kind], table, mapping, tx.policy, tx.now, seen)
    counts = {k: getattr(plan, k) for k in ("accepted", "updated", "duplicates")}
    counts["rejected"] = len(plan.rejected)
    batch = ImportBatch(kind=kind, filename=filename, at=tx.now, person_id=tx.who.person_id, counts=counts)
    tx.session.add(batch)
    tx.session.flush()
    write(tx, plan, batch)
    tx.audit("import", batch.id, after={"kind": kind, "filename": filename} | counts)
    return result_of(plan, batch.id)


@command("import.undo", needs=Permission.IMPORT)
def undo_import(tx: Tx, batch_id: int | None = None) -> int:
    """Take an import back, the latest when None; returns its id.

    Raises:
        NotFound: there is no such import.
        Conflict: none is left, it was undone already, or records of it were changed or built upon since.
    """
    alone(tx.session.connection(), IMPORTS)
    batch = _batch(tx, batch_id)
    if batch.undone_at is not None:
        raise Conflict("undone_already")
    batch.undone_at = tx.now
    tx.session.flush()
    take_back(tx, batch)
    tx.audit("import", batch.id, before=batch.counts, after={"filename": batch.filename})
    return batch.id


@command("export.run", needs=Permission.EXPORT)
def export_file(tx: Tx, kind: str, form: str) -> tuple[bytes, int]:
    """Export what the person may see of a kind as `csv` or `xlsx`; returns the file and its rows.

    Raises:
        Invalid: no such kind.
    """
    if kind not in KINDS:
        raise Invalid([Problem("kind", "unknown_choice", {"value": kind})])
    headers, rows = export_rows(tx.session, tx.who, kind)
    tx.audit("export", None, after={"kind": kind, "form": form, "rows": len(rows)})
    return as_file(kind, form, headers, rows), len(rows)


def _batch(tx: Tx, batch_id: int | None) -> ImportBatch:
    query = select(ImportBatch).with_for_update()
    if batch_id is None:
        query = query.where(ImportBatch.undone_at.is_(None)).order_by(ImportBatch.id.desc()).limit(1)
    else:
        query = query.where(ImportBatch.id == batch_id)
    batch = tx.session.scalar(query)
    if batch is None and batch_id is None:
        raise Conflict("no_import_to_undo")
    if batch is None:
        raise NotFound(entity="import")
    return batch
