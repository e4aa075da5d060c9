"""What the offline page says, in both languages: without network a device cannot ask for the other."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from core.fields import Field, Kind
from core.messages import Problem
from core.process.actions import fields_of
from core.process.stages import STAGES
from core.terms import Outcome
from data.text import LANGUAGES, LOCALES, catalogue, has, translate

Said = dict[str, str]
Named = Mapping[Kind, Mapping[int, str]]
AREA = "offline."
BORROWED = (
    "record.quick.tomorrow", "record.quick.three_days", "record.quick.next_week",
    "problems.required", "problems.summary_required", "problems.summary_too_short",
    "problems.next_step_required", "problems.recording_required", "problems.person_without_role",
    "problems.end_before_start",
)  # fmt: skip


def words() -> dict[str, Mapping[str, str]]:
    """The page's own sentences and those that it borrows, by language and key."""
    return {
        language: {k: s for k, s in catalogue(language).items() if k.startswith(AREA) or k in BORROWED}
        for language in LANGUAGES
    }


def form(
    own: Sequence[Field] = (), named: Named | None = None, types: Sequence[str] = STAGES
) -> dict[str, Any]:
    """Action types with their fields and how it may go on: what the form is drawn from.

    Args:
        own: the company's own fields.
        named: colleagues and customers that such a field may name, by kind.
        types: action types that can be recorded.
    """
    return {
        "types": [
            {
                "key": s,
                "label": _term("stage", s),
                "fields": [_field(f, named or {}) for f in fields_of(s, own)],
            }
            for s in types
        ],
        "outcomes": [{"key": str(o), "label": _both(f"record.outcomes.{o}")} for o in Outcome],
    }


def explained(problems: Sequence[Problem], timezone: str) -> list[dict[str, Any]]:
    """Problems as JSON: each with its field and its sentence in every language."""
    return [
        {"field": p.field, "words": {lang: _sentence(lang, p, timezone) for lang in LANGUAGES}}
        for p in problems
    ]


def _field(field: Field, named: Named) -> dict[str, Any]:
    """A field's definition; whether a condition asks for it is the server's to say."""
    return {
        "key": field.key,
        "kind": str(field.kind),
        "required": field.required,
        "label": _name(field),
        "choices": _choices(field, named),
    }


def _name(field: Field) -> Said:
    if field.label is None:
        return _both(f"fields.{field.key}")
    spare = next((name for name in field.label.values() if name), "–")
    return {language: field.label.get(language) or spare for language in LANGUAGES}


def _choices(field: Field, named: Named) -> list[dict[str, Any]]:
    if field.kind in (Kind.PERSON, Kind.CUSTOMER):
        records = named.get(field.kind, {})
        return [{"key": i, "label": dict.fromkeys(LANGUAGES, name)} for i, name in records.items()]
    area, own = ("decision_role" if field.kind is Kind.PEOPLE else field.key), field.choice_labels or {}
    return [{"key": c, "label": _choice(own[c], c) if c in own else _term(area, c)} for c in field.choices]


def _choice(own: Mapping[str, str], key: str) -> Said:
    return {language: own.get(language) or key for language in LANGUAGES}


def _both(key: str) -> Said:
    return {language: translate(language, key) for language in LANGUAGES}


def _term(area: str, key: str) -> Said:
    """A word of the field; a company's own key shows as it is."""
    name = f"terms.{area}.{key}"
    return {lang: translate(lang, name) if has(lang, name) else key for lang in LANGUAGES}


def _sentence(language: str, problem: Problem, timezone: str) -> str:
    shown = {name: _shown(language, value, timezone) for name, value in problem.params.items()}
    return translate(language, f"problems.{problem.code}", **shown)


def _shown(language: str, value: Any, timezone: str) -> Any:
    if not isinstance(value, datetime):
        return value
    pattern = "y年M月d日 HH:mm" if language == "zh" else "d MMM y, HH:mm"
    return format_datetime(value, pattern, tzinfo=ZoneInfo(timezone), locale=LOCALES[language])
