"""The company's own names of action types (stages) and of tags, and which tags count (PRODUCT.md F2, A4).

Keys never change: records, files and rules go by them. What people read goes by the names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.definitions import LANGUAGES, LONGEST_NAME
from core.messages import Problem
from core.terms import HIGH_VALUE_TAGS, STAGES

MOST_TAGS = 100
MOST_TYPES = 12  # action types, those switched off included
Names = Mapping[str, str]  # by language


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as the company defines it.

    Attributes:
        key: its name in records and files, for good.
        label: by language; empty for what the product or a file calls it.
        high_value: whether it counts towards "follow up together" (A4).
        retired: carried on by those who carry it, given to nobody any more.
    """

    key: str
    label: Names
    high_value: bool = False
    retired: bool = False


@dataclass(frozen=True, slots=True)
class ActionType:
    """An action type, which is a stage too, as the company has it.

    Attributes:
        key: its name in records and files, for good.
        label: by language; empty for what the product calls it.
        off: recorded and planned no more; what is on record stays, under its name.
        off_since: instant from which that holds; None until it is published.
    """

    key: str
    label: Names
    off: bool = False
    off_since: datetime | None = None


def tag_from(document: Mapping[str, Any]) -> Tag:
    """A tag from its document."""
    flags = {name: bool(document.get(name)) for name in ("high_value", "retired")}
    return Tag(document["key"], dict(document.get("label") or {}), **flags)


def type_from(document: Mapping[str, Any]) -> ActionType:
    """An action type from its document."""
    since = document.get("off_since")
    label, off = dict(document.get("label") or {}), bool(document.get("off"))
    return ActionType(document["key"], label, off, datetime.fromisoformat(since) if since else None)


def to_document(one: ActionType) -> dict[str, Any]:
    """An action type as JSON."""
    since = one.off_since.isoformat() if one.off and one.off_since else None
    return {"key": one.key, "label": dict(one.label), "off": one.off, "off_since": since}


def all_types(own: Iterable[ActionType]) -> tuple[ActionType, ...]:
    """Every action type in the pipeline's order: as the company has them, else as shipped."""
    defined = tuple(own)
    known = {one.key for one in defined}
    return (*defined, *(ActionType(key, {}) for key in STAGES if key not in known))


def offered(own: Iterable[ActionType]) -> tuple[str, ...]:
    """Keys of the action types that can be recorded and planned, in the pipeline's order.

    >>> offered([ActionType("appointment", {}, off=True)])[0]
    'needs_diagnosis'
    """
    return tuple(one.key for one in all_types(own) if not one.off)


def is_offered(key: str, own: Iterable[ActionType], known_at: datetime) -> bool:
    """Whether an action of this type could be written at an instant: before it was switched off, it could."""
    found = next((one for one in all_types(own) if one.key == key), None)
    if found is None:
        return False
    return not found.off or (found.off_since is not None and known_at < found.off_since)


def counts_by_itself(key: str) -> bool:
    """Whether a tag that the company has not defined is of high value: as shipped."""
    return key in HIGH_VALUE_TAGS


def check_tags(tags: Sequence[Tag]) -> list[Problem]:
    """What is wrong with the company's tags, each at `<key>.name_<language>`."""
    used = [tag for tag in tags if not tag.retired]
    problems = [problem for tag in used for problem in _check_names(tag.key, tag.label)]
    if len(used) > MOST_TAGS:
        problems.append(Problem("", "too_many_tags", {"limit": MOST_TAGS}))
    return problems + _twice([(tag.key, tag.label) for tag in used])


def check_types(types: Sequence[ActionType], shipped: Mapping[str, Names]) -> list[Problem]:
    """What is wrong with the company's action types, each at `<key>.name_<language>`.

    Args:
        shipped: by stage, what the product calls it, for those without a name of the company's own.
    """
    problems = [p for one in types if any(one.label.values()) or one.key not in shipped
                for p in _check_names(one.key, one.label)]  # fmt: skip
    if len(types) > MOST_TYPES:
        problems.append(Problem("", "too_many_types", {"limit": MOST_TYPES}))
    if types and all(one.off for one in types):
        problems.append(Problem("", "no_type_left"))
    return problems + _twice([(one.key, one.label or shipped.get(one.key, {})) for one in types])


def own_terms(tags: Iterable[Tag], types: Iterable[ActionType]) -> dict[str, Names]:
    """The company's names by catalogue key.

    >>> own_terms([Tag("big", {"en": "Big", "zh": "大"})], [])
    {'terms.tag.big': {'en': 'Big', 'zh': '大'}}
    """
    named = {f"terms.tag.{tag.key}": tag.label for tag in tags if any(tag.label.values())}
    return named | {f"terms.stage.{one.key}": one.label for one in types if any(one.label.values())}


def _check_names(key: str, label: Names) -> list[Problem]:
    problems = []
    for one in LANGUAGES:
        said = label.get(one, "").strip()
        if not said:
            problems.append(Problem(f"{key}.name_{one}", "required"))
        elif len(said) > LONGEST_NAME:
            problems.append(Problem(f"{key}.name_{one}", "too_long", {"limit": LONGEST_NAME}))
    return problems


def _twice(named: Iterable[tuple[str, Names]]) -> list[Problem]:
    """Names that stand twice in one language, at the second of them."""
    problems, seen = [], set[tuple[str, str]]()
    for key, label in named:
        for one in LANGUAGES:
            said = (one, label.get(one, "").strip().casefold())
            if said[1] and said in seen:
                problems.append(Problem(f"{key}.name_{one}", "name_taken"))
            seen.add(said)
    return problems
