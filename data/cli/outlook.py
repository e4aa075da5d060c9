"""`forecast`: what a running month or quarter will bring, as it stood on a day."""

import argparse
import json
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.process.stages import PIPELINE
from data.cli.as_of import add_as_of, begun
from data.forecasting import PERIODS, Forecast, forecast_of, open_books
from data.jobs.forecast import as_rows
from data.jsontext import to_json
from data.models import in_use_on
from data.queries.outlook import computed, snapshot_on
from data.queries.policies import company_day
from data.queries.snapshots import Snapshot
from data.runtime import this_store
from data.text import percent

_TOP = 10


def add(commands: Any) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("forecast", help="a running month or quarter, as it stood on a day")
    parser.add_argument("--pipeline", default=PIPELINE, help="key of a pipeline; default firebreak")
    add_as_of(parser, "what was recorded when this day began; default today")
    parser.add_argument("--period", choices=PERIODS, default="month")
    parser.add_argument(
        "--lines", type=int, default=_TOP, metavar="N", help=f"open opportunities shown; {_TOP}"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> int:
    store = this_store()
    with store.reading() as session:
        day = begun(chosen.as_of, company_day(session, store.clock()))
        found = snapshot_on(session, chosen.pipeline, chosen.period, day)
        if found is None:
            said = _computed(session, chosen.pipeline, chosen.period, day)
            found = computed(session, chosen.pipeline, *as_rows(said))
    told = _told(found, chosen.lines)
    print(json.dumps(told, ensure_ascii=False) if chosen.json else _text(told))
    return 0


def _computed(session: Session, pipeline: str, period: str, day: date) -> Forecast:
    books = open_books(session, pipeline)
    model = in_use_on(session, books.pipeline_id, day, books.zone)
    return forecast_of(books, period, day, in_use=model)


def _told(found: Snapshot, most: int) -> dict[str, Any]:
    run = found.run
    lines = sorted(found.lines, key=lambda line: (-line.value, line.opportunity_id))
    told: dict[str, Any] = _numbers(
        {
            "pipeline": found.pipeline,
            "period": run.period,
            "starts_on": run.starts_on,
            "ends_on": run.ends_on,
            "as_of": run.taken_on,
            "source": found.source,
            "currency": run.currency,
            "value": run.value,
            "low": run.low,
            "high": run.high,
            "won_so_far": run.won_so_far,
            "open": found.open,
            "fresh": run.fresh,
            "undone": run.undone,
            "adjustment": found.adjustment,
            "parts": run.parts,
            "weights": run.weights,
            "models": run.models,
            "teams": [_group(g) for g in found.by_team()],
            "reps": [_group(g) for g in found.by_rep()],
            "lines": [_line(line) for line in lines[:most]],
            "lines_in_all": len(lines),
        }
    )
    return told


def _group(group: Any) -> dict[str, Any]:
    return {
        "name": group.name,
        "won": group.won,
        "open": group.open,
        "value": group.value,
        "lines": group.lines,
    }


def _line(line: Any) -> dict[str, Any]:
    names = ("opportunity_id", "opportunity", "rep", "layer", "chance", "amount", "value", "scorecard_value")
    return {name: getattr(line, name) for name in names}


def _numbers(value: Any) -> Any:
    """Amounts as numbers, days as text."""
    match value:
        case dict():
            return {k: _numbers(v) for k, v in value.items()}
        case list():
            return [_numbers(v) for v in value]
        case Decimal():
            return float(value)
        case _:
            return to_json(value)


def _text(told: dict[str, Any]) -> str:
    heads = ("value", "low", "high", "won_so_far", "open", "fresh", "adjustment")
    lines = [f"{told['pipeline']} {told['period']} from {told['starts_on']}, as of {told['as_of']}"]
    lines += [f"  {name:12} {_said(told[name]):>16} {told['currency']}" for name in heads]
    for name in ("teams", "reps"):
        lines += [f"{name}:"] + [f"  {g['name'] or '-':24} {_said(g['value']):>16}" for g in told[name]]
    lines += ["opportunities:"]
    lines += [
        f"  {o['opportunity'][:40]:40} {percent('en', o['chance']):>4} {_said(o['value']):>16}"
        for o in told["lines"]
    ]
    return "\n".join(lines)


def _said(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"
