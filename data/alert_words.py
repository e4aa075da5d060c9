"""An alert in words, the same on pages, in the inbox and on every channel."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from data.text import LOCALES, has, translate


def alert_words(language: str, rule: str, params: Mapping[str, Any]) -> dict[str, str]:
    """An alert's `name`, `why` and `action`. Stages get their names; days and numbers the language's form."""
    told = {key: shown(language, key, value) for key, value in params.items()}
    words = {}
    for part in ("name", "why", "action"):
        key = f"alerts.{rule}.{part}"
        for other in ("at_least", "ended"):
            if params.get(other) and has(language, f"{key}_{other}"):
                key = f"{key}_{other}"
        words[part] = translate(language, key, **told) if has(language, key) else ""
    return words


def shown(language: str, key: str, value: Any) -> Any:
    """A parameter as people read it: a stage by its name, days and numbers in the language's form."""
    if key == "stage" and has(language, f"terms.stage.{value}"):
        return translate(language, f"terms.stage.{value}")
    if key == "on" and isinstance(value, str):
        return format_date(date.fromisoformat(value), "medium", locale=LOCALES[language])
    return format_decimal(value, locale=LOCALES[language]) if isinstance(value, float) else value
