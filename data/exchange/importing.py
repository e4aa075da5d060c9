"""From a file to a plan: the same steps for a dry run and for the import itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from core.exchange.cells import fold
from core.exchange.full_names import by_whole_names
from core.exchange.kinds import Kind, with_own
from core.exchange.mapping import FileMapping, match
from core.exchange.rows import Record, Rejection, read_rows, without_repeats
from core.exchange.tables import Table
from core.messages import Problem
from core.policies import Policy
from core.vocabulary import own_terms
from data.exchange.actions import plan_actions
from data.exchange.collecting import uncollected
from data.exchange.customers import plan_contacts, plan_customers, plan_interactions
from data.exchange.demands import plan_demands
from data.exchange.opportunities import plan_opportunities
from data.exchange.plan import Plan
from data.exchange.promises import plan_promises
from data.exchange.signals import plan_signals
from data.exchange.stage_changes import plan_stage_changes
from data.exchange.users import plan_users
from data.text import LANGUAGES, catalogue, spoken

_PLANNERS: Mapping[str, Callable[[Plan, Sequence[Record]], None]] = {
    "users": plan_users,
    "customers": plan_customers,
    "contacts": plan_contacts,
    "opportunities": plan_opportunities,
    "actions": plan_actions,
    "interactions": plan_interactions,
    "signals": plan_signals,
    "stage_changes": plan_stage_changes,
    "demands": plan_demands,
    "promises": plan_promises,
}


@uncollected()
def plan_import(
    session: Session,
    kind: Kind,
    table: Table,
    mapping: FileMapping,
    policy: Policy,
    now: datetime,
    *,
    reserve: bool = False,
    left_out: Mapping[int, tuple[Problem, ...]] | None = None,
) -> Plan:
    """What an import of this table would do; writes nothing.

    Args:
        left_out: lines that are refused unread, with why.

    Raises:
        Invalid: the table lacks a needed column.
    """
    mapping, kind = (
        with_words(by_whole_names(mapping, table), policy),
        with_own(kind, policy.own_fields, (one.key for one in policy.stages)),
    )
    reading = read_rows(kind, table, match(kind, table.headers, mapping), mapping)
    plan = Plan(session, mapping, policy, now, reserve=reserve)
    if reading.half:
        trial = Plan(session, mapping, policy, now)
        _PLANNERS[kind.name](trial, reading.half)
        plan.rejected += with_further(reading.rejected, trial.rejected)
    else:
        plan.rejected += reading.rejected
    refused = left_out or {}
    plan.rejected += [Rejection(line, problems) for line, problems in refused.items()]
    records = tuple(r for r in reading.records if r.line not in refused)
    if kind.name != "stage_changes":
        single = without_repeats(kind, records)
        plan.rejected += single.rejected
        plan.duplicates += single.repeats
        records = single.records
    _PLANNERS[kind.name](plan, records)
    return plan


def with_further(unread: Sequence[Rejection], trial: Sequence[Rejection]) -> list[Rejection]:
    """Rows that cannot be read, each also with what else would be refused of it: it is mended once.

    Args:
        trial: what would be refused of what could be read of them. What it says of fields that could not be
            read is not news, and which own fields are asked for depends on a time that may be among them.
    """
    found = {r.line: r.problems for r in trial}
    rows = []
    for row in unread:
        said = {p.field for p in row.problems}
        more = [p for p in found.get(row.line, ()) if p.field not in said and not p.field.startswith("own_")]
        rows.append(Rejection(row.line, (*row.problems, *more)))
    return rows


def with_words(mapping: FileMapping, policy: Policy | None = None) -> FileMapping:
    """The mapping with the company's currency, and words for choices: 赢单 and Won both mean `won`.

    Args:
        policy: whose names are meant; those in use in this process when None.
    """
    words = {area: dict(known) for area, known in _words().items()}
    names = spoken() if policy is None else own_terms(policy.tags, policy.stages)
    for key, label in names.items():
        _, area, name = key.split(".", 2)
        words.setdefault(area, {}).update({fold(said): name for said in label.values()})
    own = policy.currency if policy else ""
    return replace(mapping, formats=replace(mapping.formats, words=words, currency=own))


@lru_cache
def _words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        for key, sentence in catalogue(language).items():
            parts = key.split(".")
            if parts[0] == "terms" and len(parts) == 3:
                found.setdefault(parts[1], {})[fold(sentence)] = parts[2]
                found[parts[1]].setdefault(fold(parts[2]), parts[2])
    return found
