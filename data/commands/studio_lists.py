"""The studio's short lists in a person's draft: tags, action types, grade rules (PRODUCT.md F2)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from sqlalchemy import select

from core.access import Who
from core.definitions import new_key
from core.grades import GradeRule, check_rules
from core.messages import refuse
from core.studio import Area
from core.vocabulary import ActionType, Tag, check_tags, check_types, to_document
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
    with store.reading(fresh=True) as session:
        known = set(session.scalars(select(Row.key)))
        defined = {tag.key for tag in policy_in_force(session).tags}
    kept: list[Tag] = []
    for tag in (replace(tag, label=_stripped(tag.label)) for tag in named):
        key = tag.key or new_key(tag.label["en"], known | {t.key for t in kept})
        if key in defined or key not in known or tag != as_shipped(key):
            kept.append(replace(tag, key=key))
    edit_draft(store, who, Area.TAGS, lambda _: {"tags": [asdict(tag) for tag in kept]} if kept else {})


def keep_types(store: Store, who: Who, types: Sequence[ActionType]) -> None:
    """Put the action types into the person's draft, in their order; one with `FRESH` for a key is given one.

    Raises:
        Invalid: a name is missing, too long, or stands twice, or none is left to be recorded.
    """
    shipped = shipped_stages()
    named = [replace(one, label=_stripped(one.label)) for one in types if one.key or any(one.label.values())]
    refuse(check_types(named, shipped))
    kept: list[ActionType] = []
    for one in named:
        key = one.key or new_key(one.label["en"], {t.key for t in named})
        kept.append(replace(one, key=key, label={} if one.label == shipped.get(key) else one.label))
    edit_draft(store, who, Area.STAGES, lambda _: {"stages": [to_document(one) for one in kept]})


def keep_grade_rules(store: Store, who: Who, rules: Mapping[str, str]) -> None:
    """Put grade rules into the person's draft.

    Args:
        rules: by grade, its condition; none where it is blank.

    Raises:
        Invalid: a condition cannot be read, or reads what there is not.
    """
    wanted = [GradeRule(grade, text.strip()) for grade, text in rules.items() if text.strip()]
    with store.reading(fresh=True) as session:
        refuse(check_rules(wanted, policy_in_force(session).own_fields))
    kept = [asdict(rule) for rule in wanted]
    edit_draft(store, who, Area.GRADES, lambda _: {"grade_rules": kept} if kept else {})


def _stripped(label: Mapping[str, str]) -> dict[str, str]:
    return {language: said.strip() for language, said in label.items()}
