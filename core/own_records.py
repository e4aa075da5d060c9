"""Own fields of customers and of opportunities: by the same definitions as those of actions (PRODUCT.md F2).

A field belongs to customers or to opportunities where `types` names them in place of action types.
Form, import and API say what they have, and `settle` answers with what the record holds afterwards and
with every problem at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.definitions import CUSTOMER, OPPORTUNITY, is_asked, value_of
from core.fields import Field, Kind, is_empty
from core.fields import check as check_value
from core.messages import Problem
from core.process.actions import FIELDS, own_fields
from core.terms import SEGMENTS, Grade
from core.vocabulary import ActionType

_ABOUT: Mapping[str, tuple[Field, ...]] = {
    CUSTOMER: (
        Field("name", Kind.TEXT),
        Field("industry", Kind.TEXT),
        Field("segment", Kind.CHOICE, choices=SEGMENTS),
        Field("region", Kind.TEXT),
        Field("grade", Kind.CHOICE, choices=tuple(Grade)),
        Field("note", Kind.LONG_TEXT),
    ),
    OPPORTUNITY: (
        Field("name", Kind.TEXT),
        Field("product", Kind.TEXT),
        Field("amount", Kind.NUMBER),
        Field("currency", Kind.TEXT),
        Field("close_on", Kind.DATE),
    ),
}  # what a record says by itself, for conditions to read
SHIPPED: Mapping[str, tuple[Field, ...]] = {**FIELDS, **_ABOUT}


def asked_of(types: Iterable[ActionType]) -> Mapping[str, tuple[Field, ...]]:
    """What an own field can be asked for with, and the fields that are there by themselves.

    Args:
        types: the company's action types; those that it added have no fields but its own.
    """
    return {one.key: () for one in types} | dict(SHIPPED)


@dataclass(frozen=True, slots=True)
class Settled:
    """A record's own fields after somebody has said something about them.

    Attributes:
        fields: what it holds, by key: typed where somebody said it, else as it was kept.
        problems: what is wrong, each at `fields.<key>`.
    """

    fields: dict[str, Any]
    problems: tuple[Problem, ...]


def about(place: str, *records: Any) -> dict[str, Any]:
    """What conditions read of a customer or opportunity.

    Args:
        records: what has the values as attributes; the first that has one counts.
    """
    keys = (f.key for f in _ABOUT[place])
    return {key: next((getattr(r, key) for r in records if hasattr(r, key)), None) for key in keys}


def settle(
    place: str,
    kept: Mapping[str, Any],
    given: Mapping[str, Any],
    about: Mapping[str, Any],
    own: Iterable[Field],
    known_at: datetime,
) -> Settled:
    """Lay what was said over what a record held, and check it.

    What nobody touches stays, also under a definition that would not take it any more; what a retired
    field holds stays too. An empty value takes a field's value away.

    Args:
        place: CUSTOMER or OPPORTUNITY.
        kept: the record's fields as the store has them.
        given: values by key; fields that are not named stay.
        about: the record's other values, for conditions.
        own: the company's own fields.
        known_at: instant at which the record, or the change, became known.
    """
    mine = own_fields(place, own)
    held = {f.key: value_of(f, kept.get(f.key)) for f in mine}
    said = {f.key: given[f.key] for f in mine if f.key in given}
    values = dict(about) | held | said
    problems: list[Problem] = []
    for field in mine:
        value, required = values.get(field.key), is_asked(field, values, known_at)
        if (field.key in said and value != held[field.key]) or is_empty(value):
            problems += check_value(field, value, "fields.", required=required)
    fresh = {key: value for key, value in said.items() if value != held[key]}
    left = {key: value for key, value in (dict(kept) | fresh).items() if not is_empty(value)}
    return Settled(left, tuple(problems))


def asked(
    place: str, values: Mapping[str, Any], own: Iterable[Field], known_at: datetime
) -> tuple[Field, ...]:
    """Own fields as a form draws them: `required` says what must be filled as things stand."""
    return tuple(replace(f, required=is_asked(f, values, known_at)) for f in own_fields(place, own))
