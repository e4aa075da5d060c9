"""What the installation notes of its own upkeep: the latest backup, and the size of each night."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.access import Permission
from data.commands.command import Tx, command
from data.queries.operator import BACKUP, SIZES, database_bytes, engine_of
from data.schema import Setting

NIGHTS = 90


@command("backup.note", needs=Permission.SEE_JOBS)
def note_backup(tx: Tx, name: str, rows: int, files: int, missing: int) -> None:
    """Remember that a backup was made, read back and equal to its sums.

    Args:
        name: of its file, without the folder.
        missing: files that rows tell of and that were not there.
    """
    told = {"name": name, "rows": rows, "files": files, "missing": missing}
    _keep(tx.session, BACKUP, told | {"at": tx.now.isoformat()})
    tx.audit("backup", None, after=told)


def measure(session: Session, now: datetime) -> None:
    """Remember how large the database is; the last ninety nights are kept."""
    size = database_bytes(session)
    row = session.get(Setting, SIZES)
    kept: list[Any] = list(row.value or ()) if row else []
    nights = [night for night in kept if night[0] != now.isoformat()]
    if size is not None:
        _keep(session, SIZES, [*nights, [now.isoformat(), size, engine_of(session)]][-NIGHTS:])


def _keep(session: Session, key: str, value: Any) -> None:
    row = session.get(Setting, key)
    if row is None:
        session.add(Setting(key=key, value=value))
    else:
        row.value = value
