"""The path of milestones for printing: one HTML file that needs nothing from anywhere."""

from collections.abc import Sequence
from html import escape

from core.milestones.path import Phase
from data.exchange.printing import document
from data.milestone_sheets import Table, head, proof_table, stop_table
from data.milestone_words import brings_words, day_words
from data.queries.milestone_results import Result
from data.queries.milestones import Path, Proof, Stop
from data.text import translate

_WIDE = "table td{white-space:normal}"


def milestone_page(language: str, path: Path, results: Sequence[Result], proofs: Sequence[Proof]) -> bytes:
    """An HTML file of A4 pages: where the path stands, its criteria, what hangs on it, and the rows."""
    title = translate(language, "milestones.title")
    told = "".join(f"<p>{escape(label)}: {escape(said)}</p>" for label, said in head(language, path))
    parts = [f"<h1>{escape(title)}</h1>", told, *(_stop(language, stop) for stop in path.stops)]
    parts += [_result(language, result) for result in results]
    parts += [_rows(proof_table(language, proof)) for proof in proofs if proof.rows]
    return document(language, title, "\n".join(parts), _WIDE)


def _stop(language: str, stop: Stop) -> str:
    note = ""
    if stop.phase is Phase.OVER and stop.result_id is not None:
        on = day_words(language, stop.due_on)
        note = f'<p class="quiet">{escape(translate(language, "milestones.issued", on=on))}</p>'
    table = stop_table(language, stop)
    return f"<section><h2>{escape(table.title)}</h2>{note}{_table(table)}</section>"


def _result(language: str, result: Result) -> str:
    team = result.team or translate(language, "milestones.result_company")
    day = translate(language, "milestones.day", day=result.day)
    force = translate(language, f"milestones.force.{result.force}")
    words = escape(f"{team} · {day} · {force}: {brings_words(language, result)}")
    return f'<p class="verdict">{words}</p>'


def _rows(table: Table) -> str:
    return (
        f'<section class="rows"><h2>{escape(table.title)} ({len(table.rows)})</h2>{_table(table)}</section>'
    )


def _table(table: Table) -> str:
    if not table.rows:
        return ""
    heads = "".join(f"<th>{escape(name)}</th>" for name in table.heads)
    lines = "".join(
        f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in table.rows
    )
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>'
