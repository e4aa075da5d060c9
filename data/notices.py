"""Alerts and notices in words: on pages, in the inbox and on every channel the same."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from data.forecast_words import name_of
from data.text import LOCALES, has, translate


def alert_words(language: str, rule: str, params: Mapping[str, Any]) -> dict[str, str]:
    """An alert's `name`, `why` and `action`. Stages get their names; days and numbers the language's form."""
    shown = {key: _shown(language, key, value) for key, value in params.items()}
    words = {}
    for part in ("name", "why", "action"):
        key = f"alerts.{rule}.{part}"
        words[part] = translate(language, key, **shown) if has(language, key) else ""
    return words


def sentence(language: str, kind: str, params: Mapping[str, Any]) -> tuple[str, str]:
    """Title and body of a notice; one about an alert can name its rule's words."""
    words = {key: _shown(language, key, value) for key, value in params.items()}
    if rule := params.get("rule"):
        words |= alert_words(language, rule, params)
    if "factor" in params:
        words["factor"] = name_of(language, params["factor"])
    title, body = (translate(language, f"notices.{kind}.{part}", **words) for part in ("title", "body"))
    return title, body


def _shown(language: str, key: str, value: Any) -> Any:
    if key == "stage" and has(language, f"terms.stage.{value}"):
        return translate(language, f"terms.stage.{value}")
    if key == "on" and isinstance(value, str):
        return format_date(date.fromisoformat(value), "medium", locale=LOCALES[language])
    return format_decimal(value, locale=LOCALES[language]) if isinstance(value, float) else value
