"""An import's result in words: for the command line, for the page, and as a file of rejected rows."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.exchange.rows import Rejection
from core.exchange.tables import Cell, Table, blank
from core.messages import Problem
from data.exchange.exporting import as_file
from data.text import translate


def sentence(problem: Problem, language: str, timezone: str = "Asia/Shanghai") -> str:
    """A problem as a sentence, its instants in local time, an outcome by its name."""
    zone = ZoneInfo(timezone)
    params = {
        k: v.astimezone(zone).strftime("%Y-%m-%d %H:%M") if isinstance(v, datetime) else v
        for k, v in problem.params.items()
    }
    if "outcome" in params:
        params["outcome"] = translate(language, f"terms.outcome.{params['outcome']}")
    return translate(language, f"problems.{problem.code}", **params)


def reasons(rejection: Rejection, language: str) -> str:
    """All that is wrong with a row; from the second problem on each with its field."""
    first, *more = rejection.problems
    return " ".join([sentence(first, language), *_named(more, language)])


def reasons_by_field(
    rejection: Rejection, language: str, timezone: str, name: Callable[[str], str] = str
) -> str:
    """All that is wrong with a row, each with its field.

    Args:
        name: what the reader calls a field.
    """
    return " ".join(_named(rejection.problems, language, timezone, name))


def _named(
    problems: Sequence[Problem],
    language: str,
    timezone: str = "Asia/Shanghai",
    name: Callable[[str], str] = str,
) -> list[str]:
    """Each problem with the field that it is about."""
    said = ((name(p.field) if p.field else "", sentence(p, language, timezone)) for p in problems)
    return [translate(language, "shell.pair", label=at, value=what) if at else what for at, what in said]


def rejected_file(
    table: Table,
    rejected: Sequence[Rejection],
    language: str,
    headings: tuple[str, str],
    timezone: str = "Asia/Shanghai",
    name: Callable[[str], str] = str,
) -> bytes:
    """The rejected rows as they came, with their line and what is wrong: to be corrected and imported again.

    Args:
        headings: of the two columns in front, line and reason.
        name: what the reader calls a field.
    """
    cells = {row.line: row.cells for row in table.rows}
    rows = [
        [
            r.line,
            reasons_by_field(r, language, timezone, name),
            *map(_plain, _filled(cells.get(r.line, ()))),
        ]
        for r in rejected
    ]
    return as_file("", "csv", [*headings, *table.headers], rows)


def _filled(cells: Sequence[Cell]) -> Sequence[Cell]:
    """Without the empty cells at the end, of which a spreadsheet has hundreds."""
    last = max((n for n, cell in enumerate(cells, 1) if not blank(cell)), default=0)
    return cells[:last]


def _plain(cell: Cell) -> Cell:
    return cell.isoformat() if isinstance(cell, datetime) else cell


def as_json(result: Any, language: str = "en") -> dict[str, Any]:
    """The object that `import --json` prints."""
    return {
        "accepted": result.accepted,
        "updated": result.updated,
        "duplicates": result.duplicates,
        "without_customer": list(result.without_customer),
        "namesakes": list(result.namesakes),
        "since_unsaid": list(result.since_unsaid),
        "role_unsaid": list(result.role_unsaid),
        "owner_out": list(result.owner_out),
        "closes_early": list(result.closes_early),
        "rejected": [
            {
                "line": r.line,
                "field": r.problems[0].field,
                "code": r.problems[0].code,
                "message": reasons(r, language),
            }
            for r in result.rejected
        ],
    }
