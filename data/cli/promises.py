"""`sla` and `check-promises`: the clocks of demands, and promises held against the plan."""

import argparse
import json
from typing import Any

from core.access import OPERATOR
from data.cli.as_of import add_as_of, end_of
from data.jsontext import to_json
from data.queries.policies import company_zone, policy_in_force, working_calendar
from data.queries.promises import DemandClock, PromiseRow, demand_clocks, promises
from data.runtime import this_store


def add(commands: Any) -> None:
    """Add the commands to the command line."""
    for name, run, words in (
        ("sla", _sla, "when each demand's answer is due, and which came late"),
        ("check-promises", _check, "promises that come before the plan, or have none"),
    ):
        parser = commands.add_parser(name, help=words)
        add_as_of(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON array")
        parser.set_defaults(run=run)


def _sla(chosen: argparse.Namespace) -> int:
    store = this_store()
    with store.reading() as session:
        as_of, policy = end_of(chosen.as_of, company_zone(session), store), policy_in_force(session)
        calendar = working_calendar(session)
        rows = [_demand(d) for d in demand_clocks(session, OPERATOR, calendar, policy, as_of)]
    _tell(rows, chosen.json)
    return 3 if any(row["breached"] for row in rows) else 0


def _check(chosen: argparse.Namespace) -> int:
    store = this_store()
    with store.reading() as session:
        as_of = end_of(chosen.as_of, company_zone(session), store)
        rows = [_promise(p) for p in promises(session, OPERATOR, policy_in_force(session), as_of)]
    _tell(rows, chosen.json)
    return 3 if any(row["light"] == "red" for row in rows) else 0


def _demand(row: DemandClock) -> dict[str, Any]:
    shown = {
        "demand": row.ref or row.id,
        "customer": row.customer,
        "urgency": row.urgency,
        "opened": row.opened_at,
        "answered": row.answered_at,
        "due": row.clock.due_at,
        "paused_hours": round(row.clock.paused_hours, 4),
        "business_hours_used": round(row.clock.used_hours, 4),
        "allowed_hours": row.clock.allowed_hours,
        "breached": row.clock.breached,
        "years_without_calendar": row.clock.unknown_years,
    }
    return dict(to_json(shown))


def _promise(row: PromiseRow) -> dict[str, Any]:
    shown = {
        "promise": row.ref or row.id,
        "customer": row.customer,
        "feature": row.feature,
        "promised_on": row.promised_on,
        "planned_on": row.planned_on,
        "light": row.state.light,
        "why": row.state.code,
        "gap_days": row.state.gap_days,
        "delivery": row.delivery.state,
        "fulfilment": row.fulfilment,
    }
    return dict(to_json(shown))


def _tell(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        print("  ".join(f"{key}={'-' if value is None else value}" for key, value in row.items()))
