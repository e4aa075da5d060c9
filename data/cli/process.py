"""`process PIPELINE`: how work runs through a pipeline, stage by stage."""

import argparse
import json
from dataclasses import asdict
from typing import Any

from core.process.measures import PipelineMeasures
from data.queries.process import process_measures
from data.runtime import this_store

_COLUMNS = (
    "stage",
    "visits",
    "repeats",
    "dwell_hours_median",
    "visited",
    "went_further",
    "skipped",
    "skip_rate",
)


def add(commands: Any) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("process", help="how work runs through a pipeline, stage by stage")
    parser.add_argument("pipeline", metavar="PIPELINE", help="key of a pipeline, e.g. firebreak")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> int:
    with this_store().reading() as session:
        measures = process_measures(session, chosen.pipeline)
    print(json.dumps(asdict(measures), ensure_ascii=False) if chosen.json else _table(measures))
    return 0


def _table(measures: PipelineMeasures) -> str:
    rows = [_COLUMNS, *(tuple(_shown(getattr(s, c)) for c in _COLUMNS) for s in measures.stages)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(_COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(
        [
            f"{measures.pipeline}: {measures.cases} cases, {measures.events} events, "
            f"{measures.variants} variants, {measures.backward_moves} backward moves",
            *lines,
        ]
    )


def _shown(value: Any) -> str:
    return "-" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)
