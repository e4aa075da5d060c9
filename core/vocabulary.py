"""The company's own names of action types (stages) and of tags, and which tags count (PRODUCT.md F2, A4).

Keys never change: records, files and rules go by them. What people read goes by the names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.definitions import LANGUAGES, LONGEST_NAME
from core.messages import Problem
from core.process.stages import STAGES
from core.terms import HIGH_VALUE_TAGS

MOST_TAGS = 100
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
class StageName:
    """What the company calls an action type."""

    key: str
    label: Names


def tag_from(document: Mapping[str, Any]) -> Tag:
    """A tag from its document."""
    flags = {name: bool(document.get(name)) for name in ("high_value", "retired")}
    return Tag(document["key"], dict(document.get("label") or {}), **flags)


def stage_name_from(document: Mapping[str, Any]) -> StageName:
    """A stage's name from its document."""
    return StageName(document["key"], dict(document["label"]))


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


def check_stage_names(names: Sequence[StageName], shipped: Mapping[str, Names]) -> list[Problem]:
    """What is wrong with names of stages, each at `<key>.name_<language>`.

    Args:
        shipped: by stage, what the product calls it: no other stage may be called so.
    """
    problems = [
        Problem(one.key, "unknown_choice", {"value": one.key}) for one in names if one.key not in STAGES
    ]
    problems += [problem for one in names for problem in _check_names(one.key, one.label)]
    given = {one.key: one.label for one in names}
    return problems + _twice([(key, given.get(key, shipped.get(key, {}))) for key in STAGES])


def own_terms(tags: Iterable[Tag], stages: Iterable[StageName]) -> dict[str, Names]:
    """The company's names by catalogue key.

    >>> own_terms([Tag("big", {"en": "Big", "zh": "大"})], [])
    {'terms.tag.big': {'en': 'Big', 'zh': '大'}}
    """
    named = {f"terms.tag.{tag.key}": tag.label for tag in tags if any(tag.label.values())}
    return named | {f"terms.stage.{one.key}": one.label for one in stages}


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
