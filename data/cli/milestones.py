"""`milestones`: where the company and its teams stand on the way from launch to day 120."""

import argparse
import json
from typing import Any

from core.access import OPERATOR
from core.milestones.assess import Assessment, State
from data.cli.as_of import add_as_of, end_of
from data.jsontext import to_json
from data.queries.milestones import Path, Stop, milestone_path, milestone_teams
from data.queries.policies import company_zone
from data.runtime import this_store


def add(commands: Any) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("milestones", help="value, limit and outlook of every criterion, by team")
    add_as_of(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON array")
    parser.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> int:
    store = this_store()
    with store.reading() as session:
        at = end_of(chosen.as_of, company_zone(session), store)
        paths = [milestone_path(session, OPERATOR, team, at) for team in milestone_teams(session, OPERATOR)]
    rows = [row for path in paths for row in _rows(path)]
    if chosen.json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        for row in rows:
            print("  ".join(f"{key}={'-' if value is None else value}" for key, value in row.items()))
    return 3 if any(row["state"] == State.MISSED for row in rows) else 0


def _rows(path: Path) -> list[dict[str, Any]]:
    return [_row(path, stop, told) for stop in path.stops for told in stop.assessments]


def _row(path: Path, stop: Stop, told: Assessment) -> dict[str, Any]:
    shown = {
        "team": path.team or None,
        "day": stop.day,
        "due": stop.due_on,
        "issued": stop.result_id is not None,
        "criterion": told.criterion,
        "value": None if told.value is None else round(told.value, 4),
        "limit": told.limit,
        "rows": told.n,
        "state": told.state,
        "trend": told.trend,
        "chance": None if told.chance is None else round(told.chance, 4),
    }
    return dict(to_json(shown))
