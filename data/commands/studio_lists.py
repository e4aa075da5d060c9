"""The studio's short lists in a person's draft: tags, names of action types, grade rules (PRODUCT.md F2)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from sqlalchemy import select

from core.access import Who
from core.definitions import new_key
from core.grades import GradeRule, check_rules
from core.messages import refuse
from core.studio import Area
from core.vocabulary import StageName, Tag, check_stage_names, check_tags
from data.commands.studio import edit_draft
from data.engine import Store
from data.queries.policies import policy_in_force
from data.queries.studio_lists import as_shipped, shipped_stages
from data.schema import Tag as Row

FRESH = ""  # in place of a key: a new tag


def keep_tags(store: Store, who: Who, tags: Sequence[Tag]) -> None:
    """Put the company's tags into the person's draft; one with `FRESH` for a key is given one.

    Raises:
        Invalid: a name is missing, too long, or stands twice.
    """
    named = [tag for tag in tags if tag.key != FRESH or any(v.strip() for v in tag.label.values())]
    refuse(check_tags(named))
    with store.reading() as session:
        known = set(session.scalars(select(Row.key)))
        defined = {tag.key for tag in policy_in_force(session).tags}
    kept: list[Tag] = []
    for tag in (replace(tag, label=_stripped(tag.label)) for tag in named):
        key = tag.key or new_key(tag.label["en"], known | {t.key for t in kept})
        if key in defined or key not in known or tag != as_shipped(key):
            kept.append(replace(tag, key=key))
    edit_draft(store, who, Area.TAGS, lambda _: {"tags": [asdict(tag) for tag in kept]} if kept else {})


def keep_stage_names(store: Store, who: Who, names: Sequence[StageName]) -> None:
    """Put names of action types into the person's draft; those that say what the product says are left out.

    Raises:
        Invalid: a name is missing, too long, or stands twice.
    """
    shipped = shipped_stages()
    refuse(check_stage_names(names, shipped))
    own = [{"key": n.key, "label": _stripped(n.label)} for n in names]
    kept = [one for one in own if one["label"] != shipped[str(one["key"])]]
    edit_draft(store, who, Area.STAGES, lambda _: {"stage_names": kept} if kept else {})


def keep_grade_rules(store: Store, who: Who, rules: Mapping[str, str]) -> None:
    """Put grade rules into the person's draft.

    Args:
        rules: by grade, its condition; none where it is blank.

    Raises:
        Invalid: a condition cannot be read, or reads what there is not.
    """
    wanted = [GradeRule(grade, text.strip()) for grade, text in rules.items() if text.strip()]
    with store.reading() as session:
        refuse(check_rules(wanted, policy_in_force(session).own_fields))
    kept = [asdict(rule) for rule in wanted]
    edit_draft(store, who, Area.GRADES, lambda _: {"grade_rules": kept} if kept else {})


def _stripped(label: Mapping[str, str]) -> dict[str, str]:
    return {language: said.strip() for language, said in label.items()}
