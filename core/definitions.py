"""A company's own fields of actions, customers and opportunities: checked when they are defined, kept as
documents (PRODUCT.md F2).

A definition never leaves: what is taken off is `retired`, so that its key is not given twice and old
records, files and exports still know what it was.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.conditions import Fault, holds, names, read
from core.fields import MAX_TEXT, Field, Kind
from core.fields import check as check_value
from core.messages import Problem

LANGUAGES = ("en", "zh")
MADE = (
    Kind.CHOICE,
    Kind.TEXT,
    Kind.LONG_TEXT,
    Kind.NUMBER,
    Kind.MONEY,
    Kind.DATE,
    Kind.PERSON,
    Kind.CUSTOMER,
)  # kinds that a company can make
MOST_FIELDS = 40  # own fields in use
MOST_CHOICES = 30
LONGEST_NAME = 60
LONGEST_HELP = 300
CONTEXT = ("type", "outcome")  # what conditions of an action's fields may read besides fields
CUSTOMER, OPPORTUNITY = "customer", "opportunity"
RECORDS = (CUSTOMER, OPPORTUNITY)  # in `Field.types` in place of action types
_PREFIX = "own_"
Shipped = Mapping[str, Sequence[Field]]


def new_key(name: str, taken: Collection[str], kind: str = "field") -> str:
    """A key for a new field, or thing of another kind: from its English name, given once and for all.

    >>> new_key("IT lead's influence", ()), new_key("影响力", ()), new_key("影响力", {"own_field"})
    ('own_it_leads_influence', 'own_field', 'own_field_2')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    key = _PREFIX + ("_".join(words)[:40].strip("_") or kind)
    numbered = (f"{key}_{n}" for n in range(2, len(taken) + 3))
    return key if key not in taken else next(k for k in numbered if k not in taken)


def read_choices(text: str, before: Field | None = None) -> tuple[tuple[str, ...], dict[str, dict[str, str]]]:
    """Choices from lines of `English | 中文`; a choice that `before` had under a name keeps its key.

    >>> read_choices("Strong | 强\\nWeak | 弱")
    (('strong', 'weak'), {'strong': {'en': 'Strong', 'zh': '强'}, 'weak': {'en': 'Weak', 'zh': '弱'}})
    """
    known = {
        label: key for key, by in ((before and before.choice_labels) or {}).items() for label in by.values()
    }
    labels: dict[str, dict[str, str]] = {}
    for line in (one for one in text.splitlines() if one.strip()):
        english, _, chinese = (part.strip() for part in line.replace("｜", "|").partition("|"))
        said = {"en": english or chinese, "zh": chinese or english}
        key = next((known[s] for s in said.values() if known.get(s, "") not in ("", *labels)), None)
        labels[key or new_key(said["en"], [_PREFIX + k for k in labels]).removeprefix(_PREFIX)] = said
    return tuple(labels), labels


def write_choices(field: Field) -> str:
    """Choices as lines of `English | 中文`, to be edited."""
    labels = field.choice_labels or {}
    return "\n".join(
        " | ".join(labels.get(key, {}).get(one, key) for one in LANGUAGES) for key in field.choices
    )


def check_definition(field: Field, own: Sequence[Field], shipped: Shipped) -> list[Problem]:
    """What is wrong with one definition, each at its part.

    Args:
        own: the company's fields as they stand, itself included or not.
        shipped: fields that the product brings along, by action type and kind of record.
    """
    others = [f for f in own if f.key != field.key and not f.retired]
    problems = [*_check_names(field, others), *_check_choices(field), *_check_bounds(field)]
    if not field.types:
        problems.append(Problem("types", "types_required"))
    problems += [Problem("types", "unknown_choice", {"value": t}) for t in field.types if t not in shipped]
    if len(_places(field)) > 1:
        problems.append(Problem("types", "types_mixed"))
    earlier = next((f for f in own if f.key == field.key), None)
    if earlier is not None and earlier.kind != field.kind:
        problems.append(Problem("kind", "kind_fixed"))
    if earlier is not None and earlier.since is not None and _places(earlier) != _places(field):
        problems.append(Problem("types", "place_fixed"))
    if field.kind not in MADE:
        problems.append(Problem("kind", "unknown_choice", {"value": str(field.kind)}))
    if len(others) >= MOST_FIELDS:
        problems.append(Problem("", "too_many_fields", {"limit": MOST_FIELDS}))
    return [*problems, *_check_condition(field, others, shipped)]


def _places(field: Field) -> frozenset[str]:
    """The kinds of records that a field is asked for: customers, opportunities, actions of whatever type."""
    return frozenset(t if t in RECORDS else "action" for t in field.types)


def check_together(wanted: Sequence[Field], stood: Sequence[Field], shipped: Shipped) -> list[Problem]:
    """What does not go together in a whole set of definitions that is about to be published.

    Two people who prepared a field of one key or one name at the same time meet here.

    Args:
        stood: the definitions in force.
    """
    kinds = {f.key: f.kind for f in stood}
    found = []
    for field in (f for f in wanted if not f.retired):
        others = [f for f in wanted if f.key != field.key]
        if kinds.get(field.key, field.kind) != field.kind or check_definition(field, others, shipped):
            name = " / ".join((field.label or {}).values())
            found.append(Problem("", "field_does_not_fit", {"name": name}))
    return found


def _check_names(field: Field, others: Sequence[Field]) -> list[Problem]:
    problems = []
    for one in LANGUAGES:
        said, name = (field.label or {}).get(one, "").strip(), f"name_{one}"
        if not said:
            problems.append(Problem(name, "required"))
        elif len(said) > LONGEST_NAME:
            problems.append(Problem(name, "too_long", {"limit": LONGEST_NAME}))
        elif any(said.casefold() == (f.label or {}).get(one, "").casefold() for f in others):
            problems.append(Problem(name, "name_taken"))
        if len((field.help or {}).get(one, "")) > LONGEST_HELP:
            problems.append(Problem(f"help_{one}", "too_long", {"limit": LONGEST_HELP}))
    return problems


def _check_choices(field: Field) -> list[Problem]:
    if field.kind is not Kind.CHOICE:
        return []
    if len(field.choices) < 2:
        return [Problem("choices", "two_choices")]
    if len(field.choices) > MOST_CHOICES:
        return [Problem("choices", "too_many_choices", {"limit": MOST_CHOICES})]
    labels = field.choice_labels or {}
    said = [labels.get(key, {}).get(one, "") for key in field.choices for one in LANGUAGES]
    if any(not s or len(s) > LONGEST_NAME for s in said):
        return [Problem("choices", "too_long", {"limit": LONGEST_NAME})]
    twice = any(len({s.casefold() for s in said[n::2]}) < len(field.choices) for n in (0, 1))
    return [Problem("choices", "choice_twice")] if twice else []


def _check_bounds(field: Field) -> list[Problem]:
    problems = []
    if field.low is not None and field.high is not None and field.low > field.high:
        problems.append(Problem("high", "bounds_crossed"))
    if len(field.mask) > MAX_TEXT:
        problems.append(Problem("mask", "too_long", {"limit": MAX_TEXT}))
    return problems


def _check_condition(field: Field, others: Sequence[Field], shipped: Shipped) -> list[Problem]:
    if not field.required_when.strip():
        return []
    condition = read(field.required_when)
    if isinstance(condition, Fault):
        return [Problem("required_when", condition.code, {"value": condition.value})]
    known = readable(field.types, others, shipped)
    unknown = sorted(names(condition) - set(known))
    return [Problem("required_when", "condition_unknown_name", {"value": name}) for name in unknown]


def readable(types: Iterable[str], own: Sequence[Field], shipped: Shipped) -> tuple[str, ...]:
    """Names that a condition of a field of these action types, or of these records, may read."""
    keys = [f.key for t in types for f in shipped.get(t, ())]
    keys += [f.key for f in own if not f.retired and set(f.types) & set(types)]
    return (*dict.fromkeys(keys), *(() if set(types) & set(RECORDS) else CONTEXT))


def is_asked(field: Field, values: Mapping[str, Any], known_at: datetime) -> bool:
    """Whether a field must be filled in a record that became known at an instant.

    Args:
        values: the record's fields, with `type` and `outcome`.
    """
    if field.retired or (field.since is not None and known_at < field.since):
        return False
    if field.required or not field.required_when.strip():
        return field.required
    condition = read(field.required_when)
    return not isinstance(condition, Fault) and holds(condition, values)


def check_own(
    field: Field, values: Mapping[str, Any], known_at: datetime, prefix: str
) -> tuple[Problem, ...]:
    """All problems of one of the company's own fields in a record."""
    required = is_asked(field, values, known_at)
    return check_value(field, values.get(field.key), prefix, required=required)


def dated(wanted: Sequence[Field], before: Sequence[Field], now: datetime) -> tuple[Field, ...]:
    """Definitions as they are published: what is newly asked for is asked for from now on, and what
    `before` had and they have not is retired."""
    known = {f.key: f for f in before}
    kept = [replace(f, since=_since(f, known.get(f.key), now)) for f in wanted]
    gone = [replace(f, retired=True) for f in before if f.key not in {k.key for k in kept}]
    return (*kept, *gone)


def _since(field: Field, before: Field | None, now: datetime) -> datetime:
    alike = before is not None and not before.retired and _asks(before) == _asks(field)
    return before.since or now if alike and before else now


def _asks(field: Field) -> tuple[Any, ...]:
    return field.required, field.required_when, frozenset(field.types)


def to_document(field: Field) -> dict[str, Any]:
    """A definition as JSON."""
    document: dict[str, Any] = {}
    for name in (f.name for f in fields(Field)):
        value = getattr(field, name)
        match value:
            case datetime():
                document[name] = value.isoformat()
            case Decimal():
                document[name] = f"{value:f}"
            case tuple():
                document[name] = list(value)
            case _:
                document[name] = value
    return document


def from_document(document: Mapping[str, Any]) -> Field:
    """A definition from its document; parts that this release does not know are ignored."""
    known = {f.name for f in fields(Field)}
    parts = {k: v for k, v in document.items() if k in known}
    parts |= {"kind": Kind(parts["kind"])}
    parts |= {n: tuple(parts.get(n) or ()) for n in ("choices", "types")}
    parts |= {n: None if parts.get(n) is None else Decimal(parts[n]) for n in ("low", "high")}
    since = parts.get("since")
    return Field(**(parts | {"since": datetime.fromisoformat(since) if since else None}))


def value_of(field: Field, kept: Any) -> Any:
    """A stored value in its field's type; what cannot be read stays as it is."""
    try:
        match field.kind:
            case Kind.NUMBER:
                return None if kept is None else Decimal(str(kept))
            case Kind.MONEY if isinstance(kept, Mapping) and kept.get("amount") is not None:
                return {**kept, "amount": Decimal(str(kept["amount"]))}
            case Kind.DATE:
                return date.fromisoformat(kept) if isinstance(kept, str) else kept
            case _:
                return kept
    except (ValueError, InvalidOperation):
        return kept
