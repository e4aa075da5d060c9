"""`backtest`: what would have been said."""

import argparse
import json
import math
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from core.forecast.backtest import Backtest, backtest
from core.forecast.periods import Horizon
from core.forecast.scoring import Totals
from core.messages import Problem, refuse
from core.process.stages import PIPELINE
from data.backtests import shown
from data.queries.calendars import company_country
from data.queries.forecast_history import forecast_history
from data.queries.policies import company_tz
from data.runtime import this_store


def add(commands: Any) -> None:
    """Add the commands to the command line."""
    parser = commands.add_parser("backtest", help="forecast past periods as it would have been then")
    parser.add_argument("--pipeline", default=PIPELINE, help="key of a pipeline; default firebreak")
    parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
    parser.add_argument(
        "--to",
        dest="last",
        type=date.fromisoformat,
        required=True,
        metavar="YYYY-MM-DD",
        help="last day on which a period may begin; it must have ended in the books",
    )
    parser.add_argument(
        "--horizon", type=_horizon, default=Horizon("month"), help="month, quarter, 7d, 28d …"
    )
    parser.add_argument("--level", choices=("company", "team", "rep"), default="company")
    parser.add_argument("--timezone", type=ZoneInfo, help="where days begin; default the company's")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=_backtest)


def _horizon(word: str) -> Horizon:
    try:
        return Horizon(word)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"month, quarter or days as in 7d, not {word}") from error


def _backtest(chosen: argparse.Namespace) -> int:
    refuse([Problem("to", "ends_before_start")] if chosen.last < chosen.first else [])
    with this_store().reading() as session:
        zone = chosen.timezone or company_tz(session)
        history = replace(forecast_history(session, chosen.pipeline), zone=zone)
        country = company_country(session)
    done = backtest(
        history,
        chosen.horizon,
        chosen.first,
        chosen.last,
        level=chosen.level,
        zone=zone,
        country=country,
        tick=_ticker(),
    )
    print(json.dumps(shown(done), ensure_ascii=False) if chosen.json else _table(done))
    return 0


def _ticker() -> Callable[[float], None]:
    """A bar on a terminal, silence elsewhere."""
    if not sys.stderr.isatty():
        return lambda share: None
    return lambda share: print(f"\r{share:4.0%}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)


def _table(done: Backtest) -> str:
    lines = [f"{'origin':10}  {'actual':>14}  {'forecast':>14}  {'low':>14}  {'high':>14}  group"]
    for start, row in zip(done.starts, done.rows, strict=True):
        figures = "  ".join(f"{_said(v):>14}" for v in (row.actual, row.forecast, row.low, row.high))
        lines.append(f"{start.isoformat()}  {figures}  {row.group or ''}".rstrip())
    return "\n".join([*lines, *_summary(done.totals)])


def _said(value: float) -> str:
    return f"{value:,.0f}" if math.isfinite(value) else "-"


def _summary(totals: Totals) -> list[str]:
    figures = {k: v for k, v in asdict(totals).items() if k != "baselines"}
    figures |= {f"accuracy_mean of {k}": v for k, v in totals.baselines.items()}
    return [f"{name}: {'-' if v is None else f'{v:.4g}'}" for name, v in figures.items()]
