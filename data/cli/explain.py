"""`explain`: why an opportunity is worth what the forecast says."""

import argparse
import json
from typing import Any

from core.forecast.valuation import LEVEL
from data.cli.as_of import add_as_of, begun
from data.explaining import Explained, explain
from data.forecast_words import UNITS, Words, name_of
from data.own_terms import hear
from data.queries.policies import company_day
from data.queries.suggestions_asked import ASKED, PERIODS
from data.runtime import this_store
from data.text import LANGUAGES, has, percent, translate


def add(commands: Any) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("explain", help="why an opportunity is worth what the forecast says")
    parser.add_argument("opportunity", metavar="OPPORTUNITY", help="its id, or its reference when imported")
    add_as_of(parser, "what was recorded when this day began; default today")
    parser.add_argument("--period", choices=PERIODS, default=ASKED)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> int:
    store = this_store()
    hear(store)
    with store.reading() as session:
        day = begun(chosen.as_of, company_day(session, store.clock()))
        found = explain(session, chosen.opportunity, day, chosen.period)
    print(json.dumps(_told(found), ensure_ascii=False) if chosen.json else _text(found))
    return 0


def _told(found: Explained) -> dict[str, Any]:
    v = found.valuation
    said = {language: _words(found, language) for language in LANGUAGES}
    return {
        "opportunity": found.opportunity.id,
        "name": found.opportunity.name,
        "pipeline": found.pipeline,
        "as_of": found.t.isoformat(),
        "period_end": found.end.isoformat(),
        "layer": v.layer,
        "model": {**found.model.told, "version": found.version},
        "chance": v.chance,
        "amount": v.amount,
        "value": v.value,
        "low": v.low,
        "high": v.high,
        "scorecard": {"chance": v.scorecard_chance, "value": v.scorecard_value},
        "factors": [_factor(found, name) for name in (*v.factors, *found.missing)],
        "reasons": [
            {
                "factor": reason.factor,
                "value": reason.value,
                "sentence": {
                    language: words.reason(reason.factor, reason.value, v.scorecard_value)
                    for language, words in said.items()
                },
            }
            for reason in v.reasons
        ],
        "sum_check": {
            "change": v.value - v.scorecard_value,
            "reasons": sum(reason.value for reason in v.reasons),
            "difference": found.rest,
        },
    }


def _factor(found: Explained, name: str) -> dict[str, Any]:
    known = found.known.get(name)
    return {
        "name": name,
        "value": found.valuation.factors.get(name),
        "unit": UNITS.get(name, "count"),
        "known_at": known.isoformat() if known else None,
        "missing": name in found.missing,
    }


def _words(found: Explained, language: str) -> Words:
    v = found.valuation
    named = {"layer": translate(language, f"forecast.layer.{v.layer}")}
    if found.stage:
        key = f"terms.stage.{found.stage}"
        named["stage"] = translate(language, key) if has(language, key) else found.stage
    if found.booked > 0:
        named["amount"] = f"{found.booked:,.0f} {found.opportunity.currency}"
    return Words(language, v.factors, named)


def _text(found: Explained) -> str:
    v, words = found.valuation, _words(found, "en")
    lines = [
        f"{found.opportunity.name} ({v.layer}, {found.model.kind}: {found.model.why})",
        f"{'scorecard':40}  {v.scorecard_value:>14,.0f}  {percent('en', v.scorecard_chance)}",
        *(f"{_short(r.factor):40}  {r.value:>+14,.0f}" for r in v.reasons),
        f"{'AI':40}  {v.value:>14,.0f}  {percent('en', v.chance)} of {v.amount:,.0f}",
        *(words.reason(r.factor, r.value, v.scorecard_value) for r in v.reasons[:3]),
    ]
    return "\n".join(lines)


def _short(factor: str) -> str:
    return "scorecard as a whole" if factor == LEVEL else name_of("en", factor)
