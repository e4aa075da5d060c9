"""Milestones as a workbook: the path with its criteria, and all rows behind each of them."""

from collections.abc import Sequence

from core.exchange.tables import Cell
from data.exchange.xlsx import Leaf, write_book
from data.milestone_sheets import COLUMNS, head, proof_table, stop_table
from data.queries.milestones import Path, Proof
from data.text import translate

_WIDTHS = {0: 30, 4: 26, 5: 34, 7: 60}
_ROW_WIDTHS = {0: 16, 1: 14, 2: 30, 4: 34, 5: 34}


def milestone_book(language: str, path: Path, proofs: Sequence[Proof]) -> bytes:
    """An XLSX file; text is text whatever it begins with, values of rows are numbers."""
    tables = [stop_table(language, stop) for stop in path.stops]
    front: list[Sequence[Cell]] = [*head(language, path), ()]
    for table in tables:
        front += [(table.title,), table.heads, *table.rows, ()]
    title = translate(language, "milestones.title")
    leaves = [Leaf(title, (title, *[""] * (len(COLUMNS) - 1)), front, widths=_WIDTHS)]
    for proof in proofs:
        table = proof_table(language, proof)
        leaves.append(Leaf(table.title, table.heads, table.rows, widths=_ROW_WIDTHS))
    return write_book(leaves)
