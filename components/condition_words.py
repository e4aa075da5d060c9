"""A condition over fields in the reader's words."""

from collections.abc import Sequence
from decimal import Decimal

from components.action_fields import choice_name, name_of
from components.format import exact
from components.text import language, t
from core.conditions import Both, Compare, Condition, Fault, Filled, Name, Not, read
from core.definitions import CONTEXT
from core.fields import Field
from core.own_records import SHIPPED

_SIGNS = {"=": "is", "!=": "is_not", "<": "less", "<=": "at_most", ">": "more", ">=": "at_least"}


def condition_words(text: str, own: Sequence[Field]) -> str:
    """A condition in the reader's language, fields and choices by their names; as written where it cannot
    be read."""
    found = read(text)
    known = {f.key: f for fields in SHIPPED.values() for f in fields} | {f.key: f for f in own}
    return text if isinstance(found, Fault) else _words(found, known)


def _words(condition: Condition, known: dict[str, Field]) -> str:
    match condition:
        case Filled(name, wanted):
            return t(f"studio.read.{'filled' if wanted else 'empty'}", name=_name(name, known))
        case Not(part):
            return t("studio.read.not", part=_words(part, known))
        case Both(parts, all_):
            joint = t("studio.read.and" if all_ else "studio.read.or")
            said = [_words(p, known) for p in parts]
            return joint.join(
                f"({s})" if isinstance(p, Both) else s for p, s in zip(parts, said, strict=True)
            )
        case Compare(left, sign, right):
            key = _SIGNS.get(sign, "contains")
            return t(f"studio.read.{key}", name=_name(left, known), value=_value(left, right, known))


def _name(name: Name, known: dict[str, Field]) -> str:
    if name.key in CONTEXT:
        return t(f"studio.context_name.{name.key}")
    return name_of(known[name.key]) if name.key in known else name.key


def _value(left: Name, right: Name | Decimal | str, known: dict[str, Field]) -> str:
    if isinstance(right, Name):
        return _name(right, known)
    field = known.get(left.key)
    if field is not None and str(right) in field.choices:
        right = choice_name(field, str(right))
    return exact(right, language()) if isinstance(right, Decimal) else f"“{right}”"
