"""The studio's short lists on their way into force: what does not fit, and what a tag's change does (F2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.grades import check_rules
from core.messages import Problem
from core.policies import Policy
from core.process.stages import PIPELINE, STAGES
from core.studio import Area
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


def misfits(area: Area, policy: Policy) -> list[Problem]:
    """What does not go together in a draft of a list that is about to be published."""
    found: list[Problem] = []
    match area:
        case Area.TAGS:
            found = check_tags(policy.tags)
        case Area.STAGES:
            found = check_types(policy.stages, shipped_stages())
        case Area.GRADES:
            found = check_rules(policy.grade_rules, policy.own_fields)
    return [Problem("", p.code, p.params) for p in found]


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
