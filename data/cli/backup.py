"""`backup`, `verify`, `restore`, `move`: a company in one file, back again, and to another database."""

import argparse
from pathlib import Path
from typing import Any

from core.access import OPERATOR
from data.backup.archive import Copy, restore, verify, write
from data.backup.moving import move
from data.commands.upkeep import note_backup
from data.engine import Store
from data.runtime import this_store


def add(commands: Any) -> None:
    """Add the commands to the command line."""
    for name, run, words in (
        ("backup", _backup, "copy the whole company into one file, while the app runs"),
        ("verify", _verify, "read a backup from end to end and hold it against its own sums"),
        ("restore", _restore, "bring a backup back into an empty store"),
    ):
        parser = commands.add_parser(name, help=words)
        parser.add_argument("file", type=Path)
        parser.set_defaults(run=run)
    parser = commands.add_parser("move", help="write the whole store into another, empty database")
    parser.add_argument("to", help="its address, as in FIREBREAK_DATABASE_URL")
    parser.set_defaults(run=_move)


def _backup(chosen: argparse.Namespace) -> int:
    store = this_store()
    write(store, chosen.file)
    made = verify(chosen.file)
    note_backup(store, OPERATOR, chosen.file.name, made.rows, len(made.files), len(made.missing))
    print(f"Copied: {store.shown_url}")
    return _tell(chosen, made)


def _verify(chosen: argparse.Namespace) -> int:
    return _tell(chosen, verify(chosen.file))


def _tell(chosen: argparse.Namespace, made: Copy) -> int:
    print(f"{chosen.file}: {_told(made)}, read back and equal to its sums.")
    for sha256 in made.missing:
        print(f"A file that rows tell of was not in the folder: {sha256}")
    return 3 if made.missing else 0


def _restore(chosen: argparse.Namespace) -> int:
    store = this_store()
    made = restore(chosen.file, store)
    print(f"{store.shown_url}: {_told(made)}, brought back and equal to the backup.")
    return 0


def _move(chosen: argparse.Namespace) -> int:
    source = this_store()
    target = Store(chosen.to, source.files)
    moved = move(source, target)
    rows = sum(rows for rows, _ in moved.values())
    print(f"{target.shown_url}: {rows} rows in {len(moved)} tables, compared and equal.")
    target.close()
    return 0


def _told(made: Copy) -> str:
    held = f"{made.rows} rows in {len(made.tables)} tables, {len(made.files)} files"
    return f"{held}, schema {made.revision}, of {made.made_at}"
