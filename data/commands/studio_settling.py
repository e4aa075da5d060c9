"""The studio's short lists on their way into force: what does not fit, and what a tag's change does (F2)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.grades import check_rules
from core.messages import Problem
from core.policies import Policy
from core.studio import Area
from core.vocabulary import Tag, check_stage_names, check_tags, counts_by_itself
from data.commands.projections import project_customers
from data.queries.studio_lists import shipped_stages
from data.schema import Tag as Row


def misfits(area: Area, policy: Policy) -> list[Problem]:
    """What does not go together in a draft of a list that is about to be published."""
    found: list[Problem] = []
    match area:
        case Area.TAGS:
            found = check_tags(policy.tags)
        case Area.STAGES:
            found = check_stage_names(policy.stage_names, shipped_stages())
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
