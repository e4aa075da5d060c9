"""The studio's short lists on their way into force: what does not fit, and what a tag's change does (F2)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.definitions import check_together
from core.grades import check_rules
from core.home import check_layout
from core.messages import Problem
from core.own_records import asked_of
from core.policies import Policy
from core.process.stages import PIPELINE, STAGES
from core.reports.own import check_reports
from core.rules import RULES, check_values, value_of
from core.studio import Area
from core.telling import check_rule
from core.vocabulary import (
    ActionType,
    Tag,
    all_types,
    check_tags,
    check_types,
    counts_by_itself,
    to_document,
    type_from,
)
from data.commands.projections import project_customers, project_opportunities
from data.jobs.registry import enqueue
from data.queries.studio_lists import shipped_stages
from data.schema import Pipeline, Stage
from data.schema import Tag as Row


def misfits(area: Area, wanted: Policy, stood: Policy) -> list[Problem]:
    """What does not go together in a draft that is about to be published.

    Args:
        wanted: the policy with the draft.
        stood: the one in force.
    """
    return _CHECKS[area](wanted, stood)


def _of_no_field(problems: Iterable[Problem]) -> list[Problem]:
    """A short list is put right as a whole."""
    return [Problem("", p.code, p.params) for p in problems]


_CHECKS: Mapping[Area, Callable[[Policy, Policy], list[Problem]]] = {
    Area.RULES: lambda new, _: check_values({}, {name: value_of(new, rule) for name, rule in RULES.items()}),
    Area.FIELDS: lambda new, old: check_together(new.own_fields, old.own_fields, asked_of(new.stages)),
    Area.REPORTS: lambda new, _: check_reports(new.own_reports),
    Area.HOME: lambda new, _: [p for layout in new.home for p in check_layout(layout)],
    Area.NOTICES: lambda new, _: [p for rule in new.notice_rules for p in check_rule(rule, rule.off)],
    Area.TAGS: lambda new, _: _of_no_field(check_tags(new.tags)),
    Area.STAGES: lambda new, _: _of_no_field(check_types(new.stages, shipped_stages())),
    Area.GRADES: lambda new, _: _of_no_field(check_rules(new.grade_rules, new.own_fields)),
}


def still_there(
    wanted: Iterable[Mapping[str, Any]], stood: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Tags as they come into force: what stood before and is not wanted is retired, as customers carry it."""
    kept = [dict(tag) for tag in wanted]
    known = {tag["key"] for tag in kept}
    return kept + [dict(tag) | {"retired": True} for tag in stood if tag["key"] not in known]


def types_in_force(
    wanted: Iterable[Mapping[str, Any]], stood: Iterable[Mapping[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    """Action types as they come into force: one that stood before and is not wanted is switched off, and what
    is switched off is so from now on. None at all where they are as shipped."""
    before = {one.key: one for one in map(type_from, stood)}
    kept = [type_from(one) for one in wanted]
    known = {one.key for one in (*kept, *all_types(()))}
    kept += [replace(one, off=True) for one in before.values() if one.key not in known]
    settled = tuple(_since(one, before.get(one.key), now) for one in all_types(kept))
    return [] if settled == all_types(()) else [to_document(one) for one in settled]


def _since(one: ActionType, before: ActionType | None, now: datetime) -> ActionType:
    stood = before.off_since if before is not None and before.off else None
    return replace(one, off_since=(stood or now) if one.off else None)


def put_types(session: Session, types: Sequence[ActionType], now: datetime) -> None:
    """Let the stages of Firebreak's own pipeline be the action types, in their order.

    What the company added, and what it switched off, may be passed by: opportunities of before could not,
    or need not, have been there. Where the stages are others than before, the forecast learns anew.
    """
    pipeline = session.scalars(select(Pipeline).where(Pipeline.key == PIPELINE)).one()
    rows = {row.key: row for row in session.scalars(select(Stage).where(Stage.pipeline_id == pipeline.id))}
    stood = sorted(rows, key=lambda key: rows[key].position)
    for position, one in enumerate(all_types(types)):
        row = rows.get(one.key) or Stage(pipeline_id=pipeline.id, key=one.key)
        row.position, row.optional = position, one.off or one.key not in STAGES
        session.add(row)
    session.flush()
    if stood != [one.key for one in all_types(types)]:
        project_opportunities(session)  # the furthest stage is another one
        enqueue(session, "retrain", now, PIPELINE)


def put_tags(session: Session, tags: Sequence[Tag]) -> None:
    """Let the table of tags say what is in force, and count each customer's tags of high value anew."""
    defined = {tag.key: tag for tag in tags}
    rows = {row.key: row for row in session.scalars(select(Row))}
    session.add_all(
        Row(key=key, high_value=tag.high_value) for key, tag in defined.items() if key not in rows
    )
    for key, row in rows.items():
        row.high_value = defined[key].high_value if key in defined else counts_by_itself(key)
    session.flush()
    project_customers(session, None)
